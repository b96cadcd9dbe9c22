// `--checkpoint-dir`: a program runs as processes that this one starts, watches and starts again
// from the last checkpoint when one of them is lost, whatever ended it.
//
// Laws: every life of the dataflow has a generation of its own, which is claimed in the folder
// before anything runs; one run uses a folder at a time. When the dataflow has ended well its
// checkpoints are removed.
#pragma once

#include <string>

#include "actors/options.h"
#include "runtime/base/status.h"
#include "runtime/control/checkpoint_folder.h"

namespace eagre::actors {

// Runs the program again as `own.processes` processes with the same arguments until they have
// ended, well or in a way that another life would not change. `own`: what manifests of this
// dataflow say. Returns the exit code; what goes wrong here is told on stderr, after `name`.
// Threads: the calling thread must be the only one.
int run_recovering(const std::string& name, const control::Manifest& own,
                   const CheckpointOptions& options, const char* const* argv);

// Whether a checkpoint is one of this dataflow: Code::checkpoint, and why, if not.
base::Status check_manifest(const control::CheckpointFolder& folder,
                            const control::Manifest& manifest, const control::Manifest& own);

}  // namespace eagre::actors
