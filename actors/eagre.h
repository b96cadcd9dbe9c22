// eagre: a timely dataflow runtime on actors. The one header that a program includes. It includes
// no CAF header; programs that talk to operators as CAF actors include actors/ask.h besides.
#pragma once

#include "actors/execute.h"
#include "actors/options.h"
#include "actors/version.h"
#include "runtime/api/handles.h"
#include "runtime/api/input_handle.h"
#include "runtime/api/probe.h"
#include "runtime/api/read_lines.h"
#include "runtime/api/scope.h"
#include "runtime/api/stream.h"
#include "runtime/api/write_epochs.h"
#include "runtime/base/fixed_sum.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/answering.h"
#include "runtime/dataflow/binary.h"
#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/nary.h"
#include "runtime/dataflow/unary.h"
#include "runtime/operators/source.h"
#include "runtime/progress/antichain.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/event_time.h"
#include "runtime/progress/time.h"
#include "runtime/state/key_table.h"
#include "runtime/state/saved_table.h"
#include "runtime/state/views.h"
#include "runtime/windows/keyed_process.h"

namespace eagre {

using actors::Options;
using api::EventTimed;
using api::Handles;
using api::InputHandle;
using api::InstanceAddress;
using api::Keyed;
using api::Loop;
using api::LoopVariable;
using api::Probe;
using api::read_lines;
using api::Scope;
using api::Session;
using api::Sliding;
using api::Stream;
using api::Tumbling;
using api::UnorderedInputHandle;
using api::write_epochs;
using base::FixedSum;
using base::Result;
using base::Status;
using connectors::Malformed;
using data::SnapshotReader;
using data::SnapshotWriter;
using dataflow::Answering;
using dataflow::Binary;
using dataflow::Input;
using dataflow::InputError;
using dataflow::MisuseError;
using dataflow::Nary;
using dataflow::Output;
using dataflow::Unary;
using operators::SourceOutput;
using progress::Antichain;
using progress::Capability;
using progress::event_time_of;
using progress::Interest;
using progress::Time;
using state::AggregatingState;
using state::KeyTable;
using state::ListState;
using state::MapState;
using state::ReducingState;
using state::restore_table;
using state::save_table;
using state::StateOptions;
using state::ValueState;
using windows::Disorder;
using windows::KeyedProcess;
using windows::Pane;
using windows::Window;

}  // namespace eagre
