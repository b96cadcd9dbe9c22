// The exchange protocol as the paper states it, in plain values: an executable reference without
// batches, sequence numbers, ledgers or incremental frontiers.
//   caps[w]     pointstamps that instance w holds
//   in flight   messages sent and not yet consumed, counted at their target
//   temp[w]     changes that w has made and not yet sent
//   fifo[w][r]  changes sent by w that reader r has not yet applied, in order
//   glob[r]     the sum of what reader r has applied
// rec() = all capabilities + all messages in flight is the truth that nobody sees.
// Source: Brun et al., "Verified progress tracking for timely dataflow" (ITP 2021), section 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/progress/change_batch.h"
#include "runtime/progress/reachability.h"
#include "tests/progress/random_topology.h"

namespace eagre::progress {

// What an audit found: the protocol did not keep its promise.
struct AuditFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool condition, const std::string& text) {
  if (!condition) {
    throw AuditFailure(text);
  }
}

// Signed counts; zeros are taken out.
using Counts = std::map<Pointstamp, std::int64_t>;
void add(Counts& counts, const Pointstamp& p, std::int64_t diff);
std::string to_string(const Counts& counts);
Counts to_counts(const std::vector<Change>& changes);
std::vector<Pointstamp> positive(const Counts& counts);

class ExchangeModel {
 public:
  ExchangeModel(const Topology& topology, std::size_t instances, std::size_t readers);

  // Acts. Those of the protocol throw std::logic_error where it does not allow them: a test that
  // breaks the rules says so with `allowed` false.
  void initially_hold(std::size_t w, const Pointstamp& p);
  // From a held capability or from `message`, a pointstamp in flight to w.
  void hold(std::size_t w, const Pointstamp& p, const Pointstamp* message, bool allowed = true);
  void release(std::size_t w, const Pointstamp& p);
  void send(std::size_t w, const Pointstamp& target, std::int64_t count);
  void consume(std::size_t w, const Pointstamp& target, std::int64_t count);

  // w sends `changes` to all readers; the rest of temp[w] stays. `changes` need not be a part of
  // temp[w] (a broken instance).
  void flush(std::size_t w, const Counts& changes);
  // Whether what is in temp[w] may stay there.
  bool justified(std::size_t w) const;
  // Reader r applies the oldest changes of w.
  void apply(std::size_t r, std::size_t w);

  const Counts& temp(std::size_t w) const { return temp_[w]; }
  const Counts& caps(std::size_t w) const { return caps_[w]; }
  const Counts& glob(std::size_t r) const { return glob_[r]; }
  Counts rec() const;
  // Reader r has applied something of every instance.
  bool initialised(std::size_t r) const;

 private:
  bool before(const Pointstamp& a, const Pointstamp& b) const {
    return !(a == b) && at_or_before(a, b);
  }
  bool at_or_before(const Pointstamp& a, const Pointstamp& b) const {
    return reachability_.could_result_in(a.at, a.time, b.at, b.time);
  }

  Reachability reachability_;
  std::vector<Counts> caps_;
  Counts in_flight_;
  std::vector<Counts> temp_;
  std::vector<std::vector<std::deque<Counts>>> fifo_;
  std::vector<std::vector<bool>> heard_;
  std::vector<Counts> glob_;
};

}  // namespace eagre::progress
