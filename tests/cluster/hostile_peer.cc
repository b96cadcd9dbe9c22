// A node that joins and then breaks the protocol: hostile_peer ATTACK PORT0 PORT1 PORT2
//
// It is node 1 of three that run `cluster_jobs endless` (edge 0: numbers, from every worker to
// every other; one worker a node). It learns from node 2, which connects to it, what nodes say of
// themselves, joins both, and attacks node 0 or node 2. Without arguments: the names of attacks.
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/seam.h"
#include "runtime/control/packet.h"
#include "runtime/data/batch_writer.h"

namespace {

using eagre::actors::Packet;
namespace control = eagre::control;
namespace data = eagre::data;
namespace progress = eagre::progress;

constexpr progress::Generation kNow{1};
constexpr std::uint32_t kSelf = 1;

template <class T>
data::Batch batch_of(const T& record, const progress::Time& time) {
  data::BatchWriter<T> writer;
  writer.append(record);
  return writer.finish({.generation = 1, .time = time});
}

control::Message records(data::Batch batch, std::uint32_t to) {
  return control::Deliver{kSelf, to, std::move(batch), 1};
}

control::Message sum(std::uint64_t sequence, std::vector<progress::Change> changes) {
  return progress::ProgressSum{kNow, progress::ProcessId(kSelf), sequence, std::move(changes)};
}

struct Attack {
  std::uint32_t on = 0;
  std::vector<control::Message> messages;
  // As whom it is sent.
  std::uint32_t as = kSelf;
};

const std::map<std::string, Attack>& attacks() {
  using Number = std::uint64_t;
  using Step = control::Checkpoint::Step;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const progress::Time zero{0};
  static const std::map<std::string, Attack> all = {
      {"time", {0, {records(batch_of(Number{1}, {0, 0}), 0)}}},
      {"layout", {0, {records(batch_of(std::string("one"), {0}), 0)}}},
      {"edge",
       {0, {records(batch_of(Number{1}, {0}).with_header({.generation = 1, .channel = 99}), 0)}}},
      {"credit", {0, {control::Credit{kNow, 0, kSelf, 0, std::uint64_t{1} << 40}}}},
      {"generation", {0, {control::Credit{progress::Generation(2), 0, kSelf, 0, 1}}}},
      {"speaker", {0, {control::Goodbye{kNow}}, 2}},
      {"leader", {2, {control::Complete{kNow}}}},
      {"frontiers", {2, {progress::FrontierDelta{kNow, 1, {}}}}},
      {"sequence", {0, {sum(7, {})}}},
      {"pointstamp", {0, {sum(0, {{progress::Location(0), {0, 0, 0}, 1}})}}},
      {"overflow",
       {0,
        {sum(0, {{progress::Location(0), zero, kMost}}),
         sum(1, {{progress::Location(0), zero, kMost}})}}},
      {"answer", {0, {control::Answer{kNow, 5, {eagre::base::Code::failed, "no"}, {}}}}},
      {"checkpoint", {0, {control::Checkpoint{.generation = kNow, .step = Step::saved}}}},
  };
  return all;
}

// Threads: confined to one actor.
class Peer : public caf::event_based_actor {
 public:
  Peer(caf::actor_config& config, Attack attack, std::uint16_t leader)
      : caf::event_based_actor(config), attack_(std::move(attack)), leader_(leader) {}

  caf::behavior make_behavior() override {
    return {[this](const Packet& packet) { take(packet); }};
  }

 private:
  void take(const Packet& packet) {
    control::PacketReader reader(packet.bytes);
    const auto message = reader.next();
    const auto* const hello =
        message.ok() ? std::get_if<control::Hello>(&message.value()) : nullptr;
    if (hello == nullptr) {
      return;
    }
    const bool first = nodes_.empty();
    nodes_[hello->node] = caf::actor_cast<caf::actor>(current_sender());
    control::Hello self = *hello;
    self.node = kSelf;
    if (hello->node == 2) {
      say(2, self, kSelf);
    }
    if (first) {
      const auto leader = system().middleman().remote_actor("127.0.0.1", leader_);
      if (!leader) {
        std::exit(2);
      }
      nodes_[0] = *leader;
      say(0, self, kSelf);
    } else if (hello->node == 0) {
      // Before that it would be what somebody says who has not joined.
      for (const control::Message& each : attack_.messages) {
        say(attack_.on, each, attack_.as);
      }
    }
  }

  void say(std::uint32_t to, const control::Message& message, std::uint32_t as) {
    control::PacketWriter packet;
    if (!packet.add(message).ok()) {
      std::exit(2);
    }
    send(nodes_[to], Packet{as, kNow.value(), packet.take()});
  }

  Attack attack_;
  std::uint16_t leader_;
  std::map<std::uint32_t, caf::actor> nodes_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    for (const auto& [name, attack] : attacks()) {
      std::printf("%s %u\n", name.c_str(), attack.on);
    }
    return 0;
  }
  caf::actor_system_config config;
  eagre::actors::use_network(config, std::chrono::milliseconds(500), std::chrono::seconds(10));
  config.load<caf::io::middleman>();
  caf::actor_system system(config);
  const auto port = [&](int node) { return static_cast<std::uint16_t>(std::atoi(argv[2 + node])); };
  const auto peer = system.spawn<Peer>(attacks().at(argv[1]), port(0));
  if (!system.middleman().publish(peer, port(1), "127.0.0.1", true)) {
    return 2;
  }
  system.await_all_actors_done();  // until it is killed
}
