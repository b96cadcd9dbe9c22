// Who may join: every refusal by example, with its whole message.
// Catches: a node that would run something else and is let in, a message that does not say what to
// do, text of another node that gets into a log as it is.

#include "runtime/control/membership.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/support/broken_invariant.h"

namespace eagre::control {
namespace {

Hello node(std::uint32_t index) {
  return {.cluster = "orders",
          .program = "wordcount",
          .plan = 0x1234,
          .options = 0x5678,
          .node = index,
          .nodes = 3,
          .workers = 2,
          .inbox_bytes = 4 << 20,
          .generation = progress::Generation(5)};
}

Membership leader() {
  return Membership(node(0), {{"a", 1}, {"b", 2}, {"::1", 3}});
}

// Why node 1 is refused when it differs in this.
template <class Change>
std::string refusal(Change change) {
  Hello peer = node(1);
  change(peer);
  const base::Status status = leader().judge(peer);
  CHECK(status.code() == base::Code::refused);
  return status.message();
}

TEST_CASE("nodes that say the same join, in any order") {
  Membership nodes = leader();
  CHECK(nodes.waiting_for() == "node 1 (b:2), node 2 ([::1]:3)");
  CHECK_FALSE(nodes.complete());
  REQUIRE(nodes.judge(node(2)).ok());
  nodes.join(node(2));
  CHECK(nodes.joined(2));
  CHECK(nodes.waiting_for() == "node 1 (b:2)");
  REQUIRE(nodes.judge(node(1)).ok());
  nodes.join(node(1));
  CHECK(nodes.complete());
  CHECK(nodes.waiting_for().empty());
  nodes.start();
  CHECK(nodes.started());
}

TEST_CASE("one node alone is complete") {
  Hello alone = node(0);
  alone.nodes = 1;
  CHECK(Membership(alone, {{"a", 1}}).complete());
}

TEST_CASE("the place of a node that is lost before the start is free again") {
  Membership nodes = leader();
  nodes.join(node(1));
  nodes.lose(1);
  CHECK(nodes.waiting_for() == "node 1 (b:2), node 2 ([::1]:3)");
  CHECK(nodes.judge(node(1)).ok());
}

TEST_CASE("another version of the protocol is refused before anything else is looked at") {
  CHECK(refusal([](Hello& peer) { peer = {.protocol = 7}; }) ==
        "the joining node speaks version 7 of the protocol between nodes, node 0 speaks 2: run the "
        "same build of eagre on all nodes");
}

TEST_CASE("another cluster is refused") {
  CHECK(refusal([](Hello& peer) { peer.cluster = "bills"; }) ==
        "the joining node 1 is of cluster \"bills\", node 0 of cluster \"orders\": give all nodes "
        "of a cluster the same cluster id, and check the addresses");
}

TEST_CASE("another program is refused") {
  CHECK(refusal([](Hello& peer) { peer.program = "pagerank"; }) ==
        "the joining node 1 runs program \"pagerank\", node 0 runs \"wordcount\": all nodes run "
        "the same program");
}

TEST_CASE("another plan is refused") {
  CHECK(refusal([](Hello& peer) { peer.plan = 0xabc; }) ==
        "the dataflow of the joining node 1 has fingerprint 0000000000000abc, that of node 0 has "
        "0000000000001234: run the same build with the same arguments on all nodes; --plan json "
        "prints a dataflow, so that two can be compared");
}

TEST_CASE("another number of nodes is refused") {
  CHECK(refusal([](Hello& peer) { peer.nodes = 4; }) ==
        "the joining node 1 knows of 4 nodes, node 0 of 3: give all nodes the same list of nodes");
}

TEST_CASE("a node outside of the cluster is refused") {
  CHECK(refusal([](Hello& peer) { peer.node = 3; }) ==
        "there is no node 3 among 3 nodes: give the joining node a --node from 0 to 2");
}

TEST_CASE("other options are refused") {
  CHECK(refusal([](Hello& peer) { peer.workers = 4; }) ==
        "the joining node 1 has 4 workers, node 0 has 2: give all nodes the same --workers");
  CHECK(refusal([](Hello& peer) { peer.inbox_bytes = 64 << 10; }) ==
        "the joining node 1 has --inbox-bytes 64KiB, node 0 has 4MiB: give all nodes the same");
  CHECK(refusal([](Hello& peer) { peer.options = 1; }) ==
        "the options of the joining node 1 have fingerprint 0000000000000001, those of node 0 have "
        "0000000000005678: run the same command on all nodes but for --node");
}

TEST_CASE("another generation is refused, and it says which of the two is over") {
  CHECK(refusal([](Hello& peer) { peer.generation = progress::Generation(4); }) ==
        "the joining node 1 is of generation 4, which is over, node 0 of 5: start the joining node "
        "again");
  CHECK(refusal([](Hello& peer) { peer.generation = progress::Generation(6); }) ==
        "the joining node 1 is of generation 6, node 0 of 5, which is over: start node 0 again");
}

TEST_CASE("a place that is taken is refused, one's own too") {
  CHECK(refusal([](Hello& peer) { peer.node = 0; }) ==
        "there is a node 0 already (a:1): give the joining node a --node of its own, or end the "
        "other one first");
  Membership nodes = leader();
  nodes.join(node(2));
  CHECK(nodes.judge(node(2)).message() ==
        "there is a node 2 already ([::1]:3): give the joining node a --node of its own, or end "
        "the other one first");
}

TEST_CASE("nobody joins a dataflow that runs") {
  Membership nodes = leader();
  nodes.join(node(1));
  nodes.join(node(2));
  nodes.start();
  nodes.lose(1);
  CHECK(nodes.judge(node(1)).message() ==
        "node 1 joins a dataflow that runs already: nodes join before it begins; start all nodes "
        "again");
}

TEST_CASE("names of another node are shown short and printable") {
  CHECK(refusal([](Hello& peer) {
          peer.program = "a\n\"\x1b[2J";
        }).starts_with("the joining node 1 runs program \"a\\x0a\\x22\\x1b[2J\", node 0"));
  CHECK(refusal([](Hello& peer) { peer.program = std::string(5000, 'x'); }).size() < 300);
}

TEST_CASE("wrong use of a membership is found") {
  using eagre::testing::broken_by;
  Membership nodes = leader();
  CHECK_FALSE(broken_by([&] { nodes.join(node(0)); }).empty());
  CHECK_FALSE(broken_by([&] { nodes.start(); }).empty());
  CHECK_FALSE(broken_by([&] { nodes.lose(1); }).empty());
  CHECK_FALSE(broken_by([] { Membership(node(0), {{"a", 1}}); }).empty());
  CHECK_FALSE(broken_by([] { Membership(node(3), {{"a", 1}, {"b", 1}, {"c", 1}}); }).empty());
}

}  // namespace
}  // namespace eagre::control
