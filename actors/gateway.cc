#include "actors/gateway.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "actors/operator_actor.h"
#include "actors/progress_actor.h"
#include "actors/uplink.h"
#include "runtime/api/arrivals.h"
#include "runtime/base/log.h"

namespace eagre::actors {
namespace {

// How long a process that fails waits for the others to have heard of it.
constexpr std::chrono::milliseconds kPatience{1000};

}  // namespace

Gateway::Gateway(caf::actor_config& config, Worker* home, control::Membership membership,
                 std::shared_ptr<JoinState> state)
    : Shell(config),
      Pinned(home, false),
      membership_(std::move(membership)),
      state_(std::move(state)),
      peers_(membership_.self().nodes) {
  state_->set_waiting_for(membership_.waiting_for());
}

caf::behavior Gateway::make_behavior() {
  return {
      [this](Packet& packet) { receive(packet); },
      [this](Introduce& message) { membership_.set_addresses(std::move(message.nodes)); },
      [this](Connect& message) {
        watch(message.node, message.gateway);
        send_to(message.gateway, membership_.self());
      },
      [this](Open& message) {
        directory_ = std::move(message.directory);
        for (const Packet& packet : std::exchange(parked_, {})) {
          hand_on(packet, true);
        }
        if (early_end_) {
          end_elsewhere(std::move(*early_end_));
        }
      },
      [this](const TellEnd& message) { tell_end(message.status); },
      [this](Leave) {
        leaving_ = true;
        leave();
      },
      [this](AskThere& message) -> caf::result<Answer> {
        const std::uint64_t id = next_ask_++;
        caf::response_promise promise = make_response_promise();
        const std::uint32_t node = directory_->deployment->process_of(message.worker);
        asks_.emplace(id, AskedThere{node, promise});
        send_to(peers_[node].gateway, control::Ask{generation(), id, message.node, message.worker,
                                                   std::move(message.request)});
        return promise;
      },
      [this](OutOfPatience) { go(); },
  };
}

void Gateway::on_exit() {
  for (auto& [id, asked] : asks_) {
    asked.promise.deliver(
        Answer{base::Status(base::Code::cancelled, "the dataflow has stopped"), {}});
  }
  asks_.clear();
  directory_.reset();
  // The broker has this actor, which was published, and every gateway's proxy has the broker.
  peers_.clear();
  state_.reset();
}

// ---- what comes

void Gateway::receive(Packet& packet) {
  const std::optional<std::uint32_t> from = joined_sender();
  if (!from) {
    hand_on(packet, false);
    return;
  }
  if (packet.node != *from) {
    end_elsewhere(base::Status(
        base::Code::lost, fmt::format("node {} sent something as node {}", *from, packet.node)));
    return;
  }
  if (packet.generation != generation().value()) {
    base::log(base::LogLevel::debug, fmt::format("node {} sent something of generation {}: dropped",
                                                 packet.node, packet.generation));
    return;
  }
  if (directory_ == nullptr && !end_) {
    parked_.push_back(std::move(packet));
    return;
  }
  hand_on(packet, true);
}

// The node that has joined by the gateway that sent the message at hand.
std::optional<std::uint32_t> Gateway::joined_sender() {
  for (std::uint32_t node = 0; node < peers_.size(); ++node) {
    if (peers_[node].joined && peers_[node].gateway == current_sender()) {
      return node;
    }
  }
  return std::nullopt;
}

// `joined`: it comes from the node that it names.
void Gateway::hand_on(const Packet& packet, bool joined) {
  control::PacketReader reader(packet.bytes);
  while (!reader.at_end()) {
    base::Result<control::Message> message = reader.next();
    base::Status status = message.status();
    if (message.ok()) {
      const bool joins = std::holds_alternative<control::Hello>(*message) ||
                         std::holds_alternative<control::Refused>(*message);
      if (joined && !joins) {
        status = check_speaker(packet.node, *message);
      } else if (!joins) {
        status = {base::Code::refused, "it is not what one says who joins"};
      }
      if (status.ok()) {
        status = std::visit([&](auto& content) { return handle(packet.node, content); }, *message);
      }
    }
    if (!status.ok() && !joined) {
      base::log(base::LogLevel::warn,
                fmt::format("a process that has not joined sent something as node {}: dropped: {}",
                            packet.node, status.message()));
      return;
    }
    if (!status.ok()) {
      end_elsewhere(base::Status(
          base::Code::lost,
          fmt::format("what node {} sent makes no sense: {}", packet.node, status.message())));
      return;
    }
  }
}

// Whether `node`, which has joined, may say it now.
base::Status Gateway::check_speaker(std::uint32_t node, const control::Message& message) const {
  const progress::Generation said =
      std::visit([](const auto& content) { return control::generation_of(content); }, message);
  if (said != generation()) {
    return {base::Code::input,
            fmt::format("a message of generation {} in a packet of generation {}", said.value(),
                        generation().value())};
  }
  const bool of_leader = std::holds_alternative<progress::FrontierDelta>(message) ||
                         std::holds_alternative<control::Complete>(message) ||
                         std::holds_alternative<control::Goodbye>(message);
  if (of_leader && node != 0) {
    return {base::Code::input, "what only the leader says"};
  }
  return {};
}

base::Status Gateway::handle(std::uint32_t, control::Hello& hello) {
  const auto from = caf::actor_cast<caf::actor>(current_sender());
  if (!from) {
    return {};
  }
  if (const base::Status status = membership_.judge(hello); !status.ok()) {
    base::log(base::LogLevel::warn,
              fmt::format("node {} was not let in: {}", hello.node, status.message()));
    send_to(from, control::Refused{hello.generation, status});
    return {};
  }
  // One that answers has the address of the node that was looked for.
  for (std::uint32_t node = 0; node < peers_.size(); ++node) {
    if (peers_[node].gateway == from && node != hello.node) {
      state_->settle(base::Status(
          base::Code::refused,
          fmt::format("at {} is node {}, not node {}: give all nodes the same list of nodes",
                      membership_.address(node), hello.node, node)));
      return {};
    }
  }
  if (!peers_[hello.node].gateway) {
    watch(hello.node, from);
    send_to(from, membership_.self());
  }
  join(hello);
  return {};
}

base::Status Gateway::handle(std::uint32_t, control::Refused& refused) {
  state_->settle(base::Status(
      base::Code::refused, "this node was not let into the cluster: " + refused.reason.message()));
  return {};
}

base::Status Gateway::handle(std::uint32_t node, control::Deliver& deliver) {
  if (directory_ == nullptr) {
    return {};
  }
  const api::Deployment& deployment = *directory_->deployment;
  if (base::Status status = api::check_arrival(deployment, node, deliver); !status.ok()) {
    return status;
  }
  const plan::Edge& edge = deployment.edge(deliver.batch.channel());
  give(directory_->operator_at(edge.to, deliver.to),
       Deliver{edge.input, deliver.from, std::move(deliver.batch), deliver.charge});
  return {};
}

base::Status Gateway::handle(std::uint32_t node, control::Credit& credit) {
  if (directory_ == nullptr) {
    return {};
  }
  const api::Deployment& deployment = *directory_->deployment;
  if (base::Status status = api::check_arrival(deployment, node, credit); !status.ok()) {
    return status;
  }
  give(directory_->operator_at(deployment.edge(credit.channel).from, credit.to),
       Credit{credit.channel, credit.from, credit.bytes});
  return {};
}

base::Status Gateway::handle(std::uint32_t node, progress::ProgressSum& sum) {
  if (sum.process.value() != node) {
    return {base::Code::input, fmt::format("progress of node {}", sum.process.value())};
  }
  return directory_ == nullptr ? base::Status() : directory_->tracker->tell(sum);
}

base::Status Gateway::handle(std::uint32_t, progress::FrontierDelta& delta) {
  return directory_ == nullptr ? base::Status() : directory_->tracker->tell(delta);
}

base::Status Gateway::handle(std::uint32_t node, control::Checkpoint& checkpoint) {
  return directory_ == nullptr ? base::Status() : directory_->tracker->tell(node, checkpoint);
}

base::Status Gateway::handle(std::uint32_t node, control::Ask& ask) {
  const auto answer_with = [this, to = peers_[node].gateway, id = ask.id](const Answer& answer) {
    send_to(to, control::Answer{generation(), id, answer.status, answer.batch});
  };
  const bool here = directory_ != nullptr && ask.node < directory_->deployment->nodes() &&
                    ask.worker < directory_->deployment->settings().workers &&
                    directory_->deployment->is_own(ask.worker);
  if (!here) {
    answer_with({base::Status(base::Code::refused, "there is no such operator instance"), {}});
    return {};
  }
  request(directory_->instance(ask.node, ask.worker), caf::infinite, Ask{std::move(ask.request)})
      .then(answer_with, [answer_with](const caf::error&) {
        answer_with({base::Status(base::Code::cancelled, "the dataflow has stopped"), {}});
      });
  return {};
}

base::Status Gateway::handle(std::uint32_t node, control::Answer& answer) {
  const auto asked = asks_.find(answer.id);
  if (asked == asks_.end() || asked->second.node != node) {
    return {base::Code::input,
            fmt::format("an answer to question {}, which it was not asked", answer.id)};
  }
  asked->second.promise.deliver(Answer{std::move(answer.status), std::move(answer.batch)});
  asks_.erase(asked);
  return {};
}

base::Status Gateway::handle(std::uint32_t node, control::Failed& failed) {
  peers_[node].left = true;
  end_elsewhere(std::move(failed.reason));
  leave();
  return {};
}

base::Status Gateway::handle(std::uint32_t, control::Complete&) {
  end_elsewhere(base::Status());
  return {};
}

base::Status Gateway::handle(std::uint32_t node, control::Left&) {
  peers_[node].left = true;
  leave();
  return {};
}

base::Status Gateway::handle(std::uint32_t, control::Goodbye&) {
  said_goodbye_ = true;
  leave();
  return {};
}

// ---- joining

void Gateway::watch(std::uint32_t node, const caf::actor& gateway) {
  peers_[node].gateway = gateway;
  monitor(gateway);
}

void Gateway::join(const control::Hello& hello) {
  peers_[hello.node].joined = true;
  membership_.join(hello);
  base::log(base::LogLevel::info, fmt::format("node {} has joined", hello.node));
  state_->set_waiting_for(membership_.waiting_for());
  if (membership_.complete()) {
    std::vector<caf::actor> gateways;
    for (const Peer& peer : peers_) {
      gateways.push_back(peer.gateway);
    }
    state_->set_gateways(std::move(gateways));
    membership_.start();
    state_->settle(base::Status());
  }
}

// ---- ending

void Gateway::tell_end(const base::Status& status) {
  end_ = status;
  if (!status.ok()) {
    send_to_all(control::Failed{generation(), membership_.self().node, status});
  } else if (leads()) {
    send_to_all(control::Complete{generation()});
  }
}

// Once all actors here have ended: goes as soon as that does not harm the others.
void Gateway::leave() {
  if (!leaving_) {
    return;
  }
  const auto all = [this](auto&& holds) {
    for (std::uint32_t node = 0; node < peers_.size(); ++node) {
      if (node != membership_.self().node && !holds(peers_[node])) {
        return false;
      }
    }
    return true;
  };
  if (!end_->ok()) {
    if (all([](const Peer& peer) { return peer.left || peer.gone; })) {
      go();
    } else if (!patient_) {
      patient_ = true;
      post_later(kPatience, OutOfPatience{});
    }
  } else if (!leads()) {
    if (said_goodbye_) {
      go();
    } else if (!peers_[0].left) {
      peers_[0].left = true;
      send_to(peers_[0].gateway, control::Left{generation(), membership_.self().node});
    }
  } else if (!said_goodbye_) {
    if (all([](const Peer& peer) { return peer.left; })) {
      said_goodbye_ = true;
      send_to_all(control::Goodbye{generation()});
      post_later(kPatience, OutOfPatience{});
      leave();
    }
  } else if (all([](const Peer& peer) { return peer.gone; })) {
    go();
  }
}

void Gateway::go() {
  if (!went_) {
    went_ = true;
    post(directory_->supervisor, Alone{});
  }
}

void Gateway::end_elsewhere(base::Status status) {
  if (directory_ == nullptr) {
    if (!early_end_) {
      early_end_ = std::move(status);
    }
    return;
  }
  // Before it, all must have what they were sent.
  home()->flush();
  post(directory_->supervisor, EndedElsewhere{std::move(status)});
}

void Gateway::on_end_of(const caf::actor_addr& actor, const std::string& reason) {
  for (std::uint32_t node = 0; node < peers_.size(); ++node) {
    Peer& peer = peers_[node];
    if (peer.gateway.address() != actor || peer.gone) {
      continue;
    }
    peer.gone = true;
    // A follower that is gone when the dataflow is complete had said that it has ended, and the
    // leader may have said goodbye to it already.
    const bool may_go = end_ && (!end_->ok() || said_goodbye_ || (leads() ? peer.left : node != 0));
    if (!may_go) {
      base::Status lost(base::Code::lost, fmt::format("node {} ({}) was lost: {}", node,
                                                      membership_.address(node), reason));
      state_->settle(lost);
      end_elsewhere(std::move(lost));
    }
    leave();
  }
}

// ---- sending and handing on

template <class Message>
void Gateway::send_to(const caf::actor& to, const Message& message) {
  // What the worker wrote before leaves before.
  if (directory_ != nullptr) {
    directory_->uplinks[home()->index()]->turn();
  }
  control::PacketWriter packet;
  if (const base::Status status = packet.add(control::Message(message)); !status.ok()) {
    base::log(base::LogLevel::error, "not sent to another node: " + status.message());
    return;
  }
  send(to, Packet{membership_.self().node, generation().value(), packet.take()});
}

template <class Message>
void Gateway::send_to_all(const Message& message) {
  for (const Peer& peer : peers_) {
    if (peer.gateway && !peer.gone) {
      send_to(peer.gateway, message);
    }
  }
}

template <class Message>
void Gateway::give(OperatorActor& to, Message message) {
  if (to.home() == home()) {
    to.tell(std::move(message));
  } else {
    home()->post(to, std::move(message));
  }
}

}  // namespace eagre::actors
