// `--processes N`: a program starts N processes of itself on this machine, which form a cluster
// over loopback, and waits for them. Ports are chosen by the system: each process opens one, tells
// it to the one that started it, and is told those of all.
//
// A single process is no cluster: it tells no port.
//
// Laws: a process that was started ends when the one that started it does, however that ends, and
// some seconds after another one has failed at the latest. The exit code is that of the first
// process, unless that one was ended by a signal; then, or if it is 0, that of the first other one
// that failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/checkpoint_folder.h"

namespace eagre::actors {

// Which life of a dataflow that takes checkpoints the processes live.
// Threads: value.
struct Life {
  // 0: it takes none.
  std::uint64_t generation = 0;
  // What it goes on from.
  std::optional<control::CheckpointId> restored{};
  // Input records that lives before this one have read and that are read again, where that is
  // known.
  std::optional<std::uint64_t> replayed{};
  // When what ended the last one was noticed, or the program was started: nanoseconds of
  // std::chrono::steady_clock.
  std::int64_t since = 0;
};

// A process that run_processes() started. Threads: value.
struct Started {
  std::uint32_t node = 0;
  std::uint32_t nodes = 0;
  // Of the other end: where the port is told, those of all are read, and a failure is told.
  int socket = -1;
  Life life{};
};

// How processes that were run ended.
// Threads: value.
struct Outcome {
  int exit_code = 0;
  // Nobody asked them to end, and: the dataflow failed in at least one, which told so; or none, and
  // at least one was killed or lost another one.
  bool failed = false;
  bool lost = false;
  // Why they ended, if either.
  std::string error{};
  // When that was noticed, as Life::since.
  std::int64_t noticed = 0;
};

// Nanoseconds of std::chrono::steady_clock, which all processes of a machine share.
std::int64_t steady_now();

// Whether, and as what, this process was started by run_processes(); none if it was not. Calls
// after the first one give none: the socket has one owner.
std::optional<Started> started_by_another();

// Tells the own port and waits for those of all processes, by index.
base::Result<std::vector<std::uint16_t>> exchange_ports(const Started& started, std::uint16_t port);

// Tells that the dataflow failed and why, after the ports were exchanged. Never waits.
void tell_failure(const Started& started, const std::string& why);

// Runs this program again, `processes` times, with the same arguments, and waits until all have
// ended. Signals that end a program are passed on.
// Threads: the calling thread must be the only one.
Outcome run_processes(std::uint32_t processes, const char* const* argv, const Life& life = {});

}  // namespace eagre::actors
