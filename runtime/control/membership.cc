#include "runtime/control/membership.h"

#include <fmt/core.h>

#include <string_view>
#include <utility>

#include "runtime/base/bytes.h"
#include "runtime/base/check.h"

namespace eagre::control {

namespace {

// Text from another node, fit for a log: short, printable, on one line.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 100;
  std::string result = "\"";
  for (const char c : text.substr(0, kMost)) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return result + (text.size() > kMost ? "...\"" : "\"");
}

template <class... Args>
base::Status refused(fmt::format_string<Args...> format, Args&&... args) {
  return base::Status(base::Code::refused, fmt::vformat(format, fmt::make_format_args(args...)));
}

// Different things that run.
base::Status other_work(const Hello& peer, const Hello& self) {
  if (peer.cluster != self.cluster) {
    return refused(
        "the joining node {} is of cluster {}, node {} of cluster {}: give all nodes of a cluster "
        "the same cluster id, and check the addresses",
        peer.node, quoted(peer.cluster), self.node, quoted(self.cluster));
  }
  if (peer.program != self.program) {
    return refused(
        "the joining node {} runs program {}, node {} runs {}: all nodes run the same program",
        peer.node, quoted(peer.program), self.node, quoted(self.program));
  }
  if (peer.plan != self.plan) {
    return refused(
        "the dataflow of the joining node {} has fingerprint {:016x}, that of node {} has "
        "{:016x}: run the same build with the same arguments on all nodes; --plan json prints a "
        "dataflow, so that two can be compared",
        peer.node, peer.plan, self.node, self.plan);
  }
  return {};
}

base::Status other_options(const Hello& peer, const Hello& self) {
  if (peer.workers != self.workers) {
    return refused(
        "the joining node {} has {} workers, node {} has {}: give all nodes the same --workers",
        peer.node, peer.workers, self.node, self.workers);
  }
  if (peer.inbox_bytes != self.inbox_bytes) {
    return refused(
        "the joining node {} has --inbox-bytes {}, node {} has {}: give all nodes the same",
        peer.node, to_string(base::ByteCount(peer.inbox_bytes)), self.node,
        to_string(base::ByteCount(self.inbox_bytes)));
  }
  if (peer.options != self.options) {
    return refused(
        "the options of the joining node {} have fingerprint {:016x}, those of node {} have "
        "{:016x}: run the same command on all nodes but for --node",
        peer.node, peer.options, self.node, self.options);
  }
  return {};
}

}  // namespace

Membership::Membership(Hello self, std::vector<Address> addresses)
    : self_(std::move(self)),
      addresses_(std::move(addresses)),
      joined_(self_.nodes),
      missing_(self_.nodes - 1) {
  EAGRE_CHECK(self_.node < self_.nodes, "node {} of {} nodes", self_.node, self_.nodes);
  EAGRE_CHECK(addresses_.size() == self_.nodes, "{} addresses of {} nodes", addresses_.size(),
              self_.nodes);
  joined_[self_.node] = true;
}

void Membership::set_addresses(std::vector<Address> addresses) {
  EAGRE_CHECK(addresses.size() == self_.nodes, "{} addresses of {} nodes", addresses.size(),
              self_.nodes);
  addresses_ = std::move(addresses);
}

base::Status Membership::judge(const Hello& peer) const {
  if (peer.protocol != self_.protocol) {
    return refused(
        "the joining node speaks version {} of the protocol between nodes, node {} speaks {}: run "
        "the same build of eagre on all nodes",
        peer.protocol, self_.node, self_.protocol);
  }
  if (base::Status status = other_work(peer, self_); !status.ok()) {
    return status;
  }
  if (peer.nodes != self_.nodes) {
    return refused(
        "the joining node {} knows of {} nodes, node {} of {}: give all nodes the same list of "
        "nodes",
        peer.node, peer.nodes, self_.node, self_.nodes);
  }
  if (peer.node >= self_.nodes) {
    return refused(
        "there is no node {} among {} nodes: give the joining node a --node from 0 to {}",
        peer.node, self_.nodes, self_.nodes - 1);
  }
  if (base::Status status = other_options(peer, self_); !status.ok()) {
    return status;
  }
  if (peer.generation < self_.generation) {
    return refused(
        "the joining node {} is of generation {}, which is over, node {} of {}: start the joining "
        "node again",
        peer.node, peer.generation.value(), self_.node, self_.generation.value());
  }
  if (peer.generation > self_.generation) {
    return refused(
        "the joining node {} is of generation {}, node {} of {}, which is over: start node {} "
        "again",
        peer.node, peer.generation.value(), self_.node, self_.generation.value(), self_.node);
  }
  if (joined_[peer.node]) {
    return refused(
        "there is a node {} already ({}): give the joining node a --node of its own, or end the "
        "other one first",
        peer.node, to_string(addresses_[peer.node]));
  }
  if (started_) {
    return refused(
        "node {} joins a dataflow that runs already: nodes join before it begins; start all nodes "
        "again",
        peer.node);
  }
  return {};
}

void Membership::join(const Hello& peer) {
  const base::Status status = judge(peer);
  EAGRE_CHECK(status.ok(), "a node joins that must be refused: {}", status.message());
  joined_[peer.node] = true;
  --missing_;
}

void Membership::lose(std::uint32_t node) {
  EAGRE_CHECK(node < self_.nodes && node != self_.node && joined_[node],
              "node {} of {} is lost and was not there", node, self_.nodes);
  joined_[node] = false;
  ++missing_;
}

void Membership::start() {
  EAGRE_CHECK(complete(), "the dataflow begins without {}", waiting_for());
  started_ = true;
}

std::string Membership::waiting_for() const {
  std::string text;
  for (std::uint32_t node = 0; node < self_.nodes; ++node) {
    if (joined_[node]) {
      continue;
    }
    if (!text.empty()) {
      text += ", ";
    }
    text += fmt::format("node {} ({})", node, to_string(addresses_[node]));
  }
  return text;
}

}  // namespace eagre::control
