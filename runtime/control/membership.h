// Who belongs to a cluster, as one node sees it: it knows what it is itself, judges what others say
// they are, and waits until all are there.
//
// Laws: a node is let in only if it would run the same dataflow in the same way, its place is free,
// and the dataflow does not run yet. A refusal names the first thing that differs with both values
// and what to do about it; it is written to be read on both sides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/address.h"
#include "runtime/control/handshake.h"

namespace eagre::control {

// Threads: value.
class Membership {
 public:
  // `addresses`: of all nodes, for people; self.nodes of them.
  Membership(Hello self, std::vector<Address> addresses);

  const Hello& self() const { return self_; }
  // Where they are, if that was not known at first.
  void set_addresses(std::vector<Address> addresses);
  std::string address(std::uint32_t node) const { return to_string(addresses_[node]); }

  // Whether a node that says this may join now: Code::refused with the reason.
  base::Status judge(const Hello& peer) const;
  // Lets it in. judge(peer) must be ok.
  void join(const Hello& peer);
  // Node `node`, which had joined, is gone: its place is free.
  void lose(std::uint32_t node);
  // The dataflow runs; all nodes must have joined. From now on nobody may join.
  void start();

  bool joined(std::uint32_t node) const { return joined_[node]; }
  // All nodes have joined.
  bool complete() const { return missing_ == 0; }
  bool started() const { return started_; }
  // Who has not joined: "node 1 (10.0.0.2:4711), node 3 (10.0.0.4:4711)". Empty if complete().
  std::string waiting_for() const;

 private:
  Hello self_;
  std::vector<Address> addresses_;
  // By node, this one included.
  std::vector<bool> joined_;
  std::uint32_t missing_;
  bool started_ = false;
};

}  // namespace eagre::control
