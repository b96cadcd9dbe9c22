// The gateway: the one actor of a process to which the other processes of a cluster speak. It lets
// them join, hands what they send to the actors of this process, and sees when one of them is gone.
// What goes out does not pass through it (uplink.h), but for joining, asking and leaving.
//
// Laws: nothing is handed on before the dataflow is built here: what comes earlier is parked. A
// process that is lost fails the dataflow, by name. When the dataflow is complete, the leader says
// so; each process ends and tells the leader; when all have, the leader says goodbye, and a link
// that ends after that is no loss. A process that fails tells all others, and goes when all have
// said that they fail too, or are gone, or after a moment. What no node that works sends, or one
// node as another, fails the dataflow by the name of the node that it came from. Source: rules R9,
// R16 and R17 of docs/progress.md.
#pragma once

#include <caf/response_promise.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/directory.h"
#include "actors/join_state.h"
#include "actors/messages.h"
#include "actors/seam.h"
#include "actors/worker.h"
#include "runtime/base/status.h"
#include "runtime/control/membership.h"
#include "runtime/control/packet.h"

namespace eagre::actors {

// Threads: confined to one actor.
class Gateway final : public Shell, public Pinned {
 public:
  // `home` is the first worker. How joining goes is told to `state`.
  Gateway(caf::actor_config& config, Worker* home, control::Membership membership,
          std::shared_ptr<JoinState> state);

  const char* name() const override { return "eagre.gateway"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  void take(Parcel&) override {}
  bool turn() override { return false; }

 private:
  struct Peer {
    caf::actor gateway;
    bool joined = false;
    // It has ended; to a follower, the leader has been told that this process has.
    bool left = false;
    // Its link is no more.
    bool gone = false;
  };

  // A request that a node was sent.
  struct AskedThere {
    std::uint32_t node = 0;
    caf::response_promise promise;
  };

  progress::Generation generation() const { return membership_.self().generation; }
  bool leads() const { return membership_.self().node == 0; }

  void receive(Packet& packet);
  std::optional<std::uint32_t> joined_sender();
  void hand_on(const Packet& packet, bool joined);
  base::Status check_speaker(std::uint32_t node, const control::Message& message) const;

  // What comes from a node, by kind. A Status that is not ok: it cannot have come from a node that
  // works.
  base::Status handle(std::uint32_t node, control::Hello& hello);
  base::Status handle(std::uint32_t node, control::Refused& refused);
  base::Status handle(std::uint32_t node, control::Deliver& deliver);
  base::Status handle(std::uint32_t node, control::Credit& credit);
  base::Status handle(std::uint32_t node, progress::ProgressSum& sum);
  base::Status handle(std::uint32_t node, progress::FrontierDelta& delta);
  base::Status handle(std::uint32_t node, control::Checkpoint& checkpoint);
  base::Status handle(std::uint32_t node, control::Ask& ask);
  base::Status handle(std::uint32_t node, control::Answer& answer);
  base::Status handle(std::uint32_t node, control::Failed& failed);
  base::Status handle(std::uint32_t node, control::Complete& complete);
  base::Status handle(std::uint32_t node, control::Left& left);
  base::Status handle(std::uint32_t node, control::Goodbye& goodbye);

  void watch(std::uint32_t node, const caf::actor& gateway);
  void join(const control::Hello& hello);
  void tell_end(const base::Status& status);
  void leave();
  void go();
  void end_elsewhere(base::Status status);
  void on_end_of(const caf::actor_addr& actor, const std::string& reason) override;

  template <class Message>
  void send_to(const caf::actor& to, const Message& message);
  template <class Message>
  void send_to_all(const Message& message);
  template <class Message>
  void give(OperatorActor& to, Message message);

  control::Membership membership_;
  std::shared_ptr<JoinState> state_;
  std::vector<Peer> peers_;
  // Null until the dataflow is built here; what came before that.
  std::shared_ptr<const Directory> directory_;
  std::vector<Packet> parked_;
  std::optional<base::Status> early_end_;
  // How the dataflow ends, once that is known; whether all actors here have ended; and so on.
  std::optional<base::Status> end_;
  bool leaving_ = false;
  bool said_goodbye_ = false;
  bool patient_ = false;
  bool went_ = false;
  std::unordered_map<std::uint64_t, AskedThere> asks_;
  std::uint64_t next_ask_ = 0;
};

}  // namespace eagre::actors
