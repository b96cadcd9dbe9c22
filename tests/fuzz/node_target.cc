// Fuzz target: a follower as a plain loop, with all of its operators and what consolidates
// progress, and what joined nodes, the leader too, send to it. Numbers in sequence are put in, so
// that what is sent gets past them. Nothing breaks an invariant; what makes no sense is refused or
// fails the dataflow.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/api/arrivals.h"
#include "runtime/dataflow/host.h"
#include "runtime/progress/consolidator.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/node_program.h"

namespace {

using namespace eagre;

constexpr std::uint32_t kSelf = 1;
// Turns of a loop that never ends.
constexpr int kMostTurns = 400;

class Node {
 public:
  Node()
      : program_(api::testing::node_program()),
        deployment_(api::testing::node_deployment(program_, kSelf)),
        consolidator_(deployment_.layout().topology, deployment_.settings().generation,
                      progress::ProcessId(kSelf), deployment_.reporters()) {
    hosts_.resize(deployment_.instances());
    for (std::uint32_t node = 0; node < deployment_.nodes(); ++node) {
      for (std::uint32_t worker = deployment_.first_worker(); deployment_.is_own(worker);
           ++worker) {
        hosts_[deployment_.instance(node, worker)] = std::make_unique<Place>(*this, node, worker);
      }
    }
    for_all([](dataflow::OperatorHost& host) { host.start(); });
    work();
  }

  void take(control::Deliver& deliver) {
    data::Header header = deliver.batch.header();
    header.generation = deployment_.settings().generation.value();
    deliver.batch = deliver.batch.with_header(header);
    deliver.from %= 4;
    deliver.to %= 4;
    if (api::check_arrival(deployment_, 0, deliver).ok()) {
      const plan::Edge& edge = deployment_.edge(header.channel);
      host(edge.to, deliver.to)
          .deliver(edge.input, deliver.from, std::move(deliver.batch), deliver.charge);
    }
  }
  void take(const control::Credit& credit) {
    if (api::check_arrival(deployment_, 0, credit).ok()) {
      ended_ |= !host(deployment_.edge(credit.channel).from, credit.to)
                     .credit(credit.channel, credit.from, credit.bytes)
                     .ok();
    }
  }
  void take(progress::FrontierDelta& delta) {
    delta.generation = deployment_.settings().generation;
    delta.version = ++version_;
    ended_ |= !consolidator_.apply(delta).ok();
  }
  void take(const control::Checkpoint& step) {
    for_all([&](dataflow::OperatorHost& host) {
      if (step.step == control::Checkpoint::Step::ask) {
        if (host.spec().polls) {
          host.ask_epoch(step.interval);
        }
      } else if (step.step == control::Checkpoint::Step::boundary) {
        host.boundary(step.interval, step.epoch);
      } else if (step.step == control::Checkpoint::Step::abort) {
        host.abort(step.interval);
      }
    });
  }
  void take(const control::Ask& ask) {
    const std::uint32_t worker = deployment_.first_worker() + ask.worker % 2;
    host(ask.node % deployment_.nodes(), worker).ask(ask.id, ask.request);
  }
  template <class Other>
  void take(const Other&) {}

  // Until nothing is left to do.
  void work() {
    for (int turns = 0; turns < kMostTurns && !ended_; ++turns) {
      bool more = !queue_.empty();
      for (auto queue = std::exchange(queue_, {}); !queue.empty(); queue.pop_front()) {
        queue.front()();
      }
      for_all([&](dataflow::OperatorHost& host) { more |= host.run(); });
      consolidator_.flush();
      consolidator_.publish([&](progress::ReporterId to, const progress::FrontierUpdate& update) {
        more = true;
        hosts_[to.value()]->host.frontier(update);
      });
      if (!more && queue_.empty()) {
        return;
      }
    }
  }
  bool ended() const { return ended_; }

 private:
  struct Place final : dataflow::Effects {
    Place(Node& owner, std::uint32_t at, std::uint32_t on)
        : all(owner),
          node(at),
          worker(on),
          host(owner.deployment_.host(at, on), owner.program_.factories[at](on, 4), *this) {}

    void send(std::uint32_t channel, std::uint32_t to, data::Batch batch) override {
      if (all.deployment_.is_own(to)) {
        const plan::Edge& edge = all.deployment_.edge(channel);
        all.queue_.push_back([this, &edge, to, batch = std::move(batch)] {
          all.host(edge.to, to).deliver(edge.input, worker, batch);
        });
      }
    }
    void give_credit(std::uint32_t input, std::uint32_t to, std::uint64_t bytes) override {
      if (all.deployment_.is_own(to)) {
        const std::uint32_t channel = all.deployment_.channel_into(node, input);
        all.queue_.push_back([this, channel, to, bytes] {
          const auto status =
              all.host(all.deployment_.edge(channel).from, to).credit(channel, worker, bytes);
          EAGRE_CHECK(status.ok(), "{}", status.message());
        });
      }
    }
    void report(const progress::ProgressBatch& batch) override { all.consolidator_.apply(batch); }
    void answer(std::uint64_t, base::Result<data::Batch>) override {}
    void publish(std::uint32_t, const progress::Antichain&) override {}
    void fed(std::uint64_t) override {}
    void source_at(std::uint64_t, std::uint64_t) override {}
    void snapshot(std::uint64_t, data::Snapshot) override {}
    void fail(dataflow::Failure) override { all.ended_ = true; }

    Node& all;
    std::uint32_t node;
    std::uint32_t worker;
    dataflow::OperatorHost host;
  };

  dataflow::OperatorHost& host(std::uint32_t node, std::uint32_t worker) {
    return hosts_[deployment_.instance(node, worker)]->host;
  }
  template <class F>
  void for_all(F f) {
    for (const std::unique_ptr<Place>& place : hosts_) {
      if (place) {
        f(place->host);
      }
    }
  }

  api::Program program_;
  api::Deployment deployment_;
  progress::Consolidator consolidator_;
  std::vector<std::unique_ptr<Place>> hosts_;
  // What goes from one operator to another.
  std::deque<std::function<void()>> queue_;
  std::uint64_t version_ = 0;
  bool ended_ = false;
};

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Node node;
  for (control::Message& message : control::testing::messages_of(data, size)) {
    std::visit([&](auto& content) { node.take(content); }, message);
    node.work();
    if (node.ended()) {
      break;
    }
  }
  return 0;
}
