// SIGTERM in a node of a cluster: the first one ends the dataflow everywhere, in order; the second
// one ends the process at once.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace eagre::actors {

// Keeps SIGTERM from ending the process as long as it exists: it waits for a Termination. Made
// before any other thread is, so that no thread takes the signal.
// Threads: confined to one thread.
class TerminationHold {
 public:
  TerminationHold();
  ~TerminationHold();
  TerminationHold(const TerminationHold&) = delete;
  TerminationHold& operator=(const TerminationHold&) = delete;
};

// Takes SIGTERM as long as it exists.
// Threads: confined to one thread.
class Termination {
 public:
  Termination();
  ~Termination();
  Termination(const Termination&) = delete;
  Termination& operator=(const Termination&) = delete;

  // What the first signal does, on a thread of its own; here and now if it has come already.
  void on_first(std::function<void()> action);

 private:
  void watch();

  std::mutex mutex_;
  std::function<void()> action_;
  bool came_ = false;
  int signals_ = -1;
  int stop_ = -1;
  std::thread thread_;
};

}  // namespace eagre::actors
