// What an operator may do during a call: ask where it is, look at its frontiers, obtain
// capabilities in the two legal ways (at the start, and from the message at work), and reach its
// outputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/dataflow/host_spec.h"
#include "runtime/dataflow/output_port.h"
#include "runtime/progress/antichain.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/frontier_view.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
class Context {
 public:
  // `stages` are those of the spec, made.
  Context(const HostSpec& spec, std::vector<std::unique_ptr<AnyStage>> stages,
          std::shared_ptr<progress::CapabilityLedger> ledger, Effects& effects);

  std::string_view operator_name() const { return spec_.name; }
  std::uint32_t worker() const { return spec_.worker; }
  std::uint32_t workers() const { return spec_.workers; }

  // The latest known frontier of an input: no further message will bear a time that no element of
  // it is <=.
  const progress::Antichain& frontier(std::uint32_t input) const;
  // Whether every input's frontier has passed `time`: nothing more will come at it or before it.
  bool complete(const progress::Time& time) const;
  // Whether nothing more will come at a time at or before `time` in the lexicographic order, which
  // is total: a time that is passed is complete, and so is every time that sorts before it.
  bool passed(const progress::Time& time) const;
  // Whether some input's frontier is told at all (its declared interest).
  bool told_of_frontiers() const;
  // Grows with every move of a frontier.
  std::uint64_t moves() const { return moves_; }

  // The initial capability of an output, at the least time. Only in Operator::start of a
  // source.
  progress::Capability initial(std::uint32_t output);
  // A capability that was held when the checkpoint was taken. Only in Operator::restore.
  progress::Capability initial(std::uint32_t output, const progress::Time& time);
  // A capability at the time of the message at work, moved by the operator's summary from the
  // message's input to `output`. Only in Operator::receive.
  progress::Capability retain(std::uint32_t output);
  // The same at a later time.
  progress::Capability retain(std::uint32_t output, const progress::Time& time);
  // Opens `output` at the time of the message at work.
  void open_at_message(std::uint32_t output);

  OutputPort& output(std::uint32_t output) { return *outputs_.at(output); }
  // Whether an output is over its credit: stop as soon as convenient and go on when called again.
  bool congested() const;

  // Tells holders of the probe `id` how far it has come.
  void publish(std::uint32_t id, const progress::Antichain& frontier) {
    effects_.publish(id, frontier);
  }
  // Has Operator::advance called though no frontier moves: something new is due already.
  void request_advance() { advance_requested_ = true; }
  // How many epochs ahead of its frontier a source may be.
  std::uint64_t lead() const { return lead_; }
  // The first epoch in which a source must not send for now.
  std::uint64_t source_end() const { return source_end_; }
  // How many input records a source may read now.
  std::uint64_t allowance() const { return allowance_; }
  // In a source's poll: it has read so many.
  void count_inputs(std::uint64_t records) {
    inputs_ += records;
    allowance_ -= std::min(records, allowance_);
  }
  // In a source's poll, which has a frontier to wait for.
  void await_frontier() { awaits_frontier_ = true; }
  // Names the time of what is done outside of a message, for the message of a failure.
  void work_at(const progress::Time& time) { work_time_ = time; }
  // Gives room for fed bytes back to the program that feeds this input operator.
  void fed(std::uint64_t bytes) { effects_.fed(bytes); }

 private:
  friend class OperatorHost;

  progress::Time time_at(std::uint32_t output) const;

  const HostSpec& spec_;
  std::shared_ptr<progress::CapabilityLedger> ledger_;
  Effects& effects_;
  std::vector<progress::FrontierView> frontiers_;
  std::uint64_t moves_ = 0;
  bool advance_requested_ = false;
  bool awaits_frontier_ = false;
  std::uint64_t lead_ = 8;
  std::uint64_t source_end_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t inputs_ = 0;
  std::uint64_t allowance_ = std::numeric_limits<std::uint64_t>::max();
  SendBound bound_;
  StageFailure stage_failure_;
  std::vector<std::unique_ptr<OutputPort>> outputs_;
  // The message at work, if any.
  std::uint32_t input_ = 0;
  const progress::Time* message_time_ = nullptr;
  // The time at work, of a message or not; of no size when there is none.
  progress::Time work_time_;
};

}  // namespace eagre::dataflow
