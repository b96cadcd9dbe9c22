#include "runtime/api/plain_loop.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "runtime/api/loop_audit.h"
#include "runtime/base/check.h"
#include "runtime/base/random.h"
#include "runtime/control/checkpoint_coordinator.h"
#include "runtime/dataflow/event_queue.h"
#include "runtime/dataflow/host.h"
#include "runtime/progress/aggregator.h"

namespace eagre::api {
namespace {

// Messages between one pair, in order.
using Link = dataflow::EventQueue<std::function<void()>>;

int times(Fate fate) {
  return fate == Fate::is_lost ? 0 : fate == Fate::arrives_twice ? 2 : 1;
}

}  // namespace

struct PlainLoop::State {
  // One operator instance and its way to the world.
  struct Instance final : dataflow::Effects {
    Instance(State& owner, std::uint32_t at_node, std::uint32_t on_worker,
             std::unique_ptr<dataflow::Operator> op)
        : state(owner),
          node(at_node),
          worker(on_worker),
          host(owner.deployment->host(at_node, on_worker), std::move(op), *this) {}

    void send(std::uint32_t channel, std::uint32_t to, data::Batch batch) override {
      const plan::Edge& edge = state.deployment->edge(channel);
      Instance& target = state.instance(edge.to, to);
      const progress::Location location = state.deployment->layout().inputs[edge.to][edge.input];
      state.audit->sent(location, batch, !state.closes_loop(edge));
      state.link(id(), target.id()).push_back([this, &target, &edge, location, channel, to, batch] {
        data::Batch arriving = batch;
        Fate fate = Fate::arrives;
        if (state.observer != nullptr) {
          fate = state.observer->data(channel, to, arriving);
        }
        state.audit->arrived(location, batch, !state.closes_loop(edge));
        for (int i = times(fate); i > 0; --i) {
          target.host.deliver(edge.input, worker, arriving);
        }
        state.wake(target);
      });
    }
    void give_credit(std::uint32_t input, std::uint32_t to, std::uint64_t bytes) override {
      const std::uint32_t channel = state.deployment->channel_into(node, input);
      Instance& target = state.instance(state.deployment->edge(channel).from, to);
      const std::uint32_t from = worker;
      state.link(id(), target.id()).push_back([this, &target, channel, from, bytes] {
        const base::Status taken = target.host.credit(channel, from, bytes);
        EAGRE_CHECK(taken.ok(), "{}", taken.message());
        state.wake(target);
      });
    }
    void report(const progress::ProgressBatch& batch) override {
      state.audit->reported(batch);
      state.link(id(), state.hub())
          .push_back([this, batch = progress::ProgressBatch(batch)]() mutable {
            const Fate fate =
                state.observer == nullptr ? Fate::arrives : state.observer->report(batch);
            for (int i = times(fate); i > 0; --i) {
              state.aggregator->apply(batch);
            }
            state.publish_due = true;
          });
    }
    void source_at(std::uint64_t interval, std::uint64_t epoch) override {
      state.link(id(), state.hub()).push_back([this, interval, epoch] {
        if (state.coordinator->answered(id(), interval, epoch).value()) {
          state.announce_boundary();
        }
      });
    }
    void snapshot(std::uint64_t interval, data::Snapshot snapshot) override {
      state.link(id(), state.hub()).push_back([this, interval, snapshot = std::move(snapshot)] {
        if (state.coordinator->open() == interval) {
          state.taking.snapshots.at(id()) = snapshot;
        }
        if (state.coordinator->saved(id(), interval).value() ==
            control::CheckpointCoordinator::Saved::all) {
          state.complete_checkpoint();
        }
      });
    }
    void answer(std::uint64_t ask, base::Result<data::Batch> answer) override {
      state.answers.insert_or_assign(ask, std::move(answer));
    }
    void publish(std::uint32_t probe, const progress::Antichain& frontier) override {
      state.probes.at(probe) = frontier;
    }
    void fed(std::uint64_t bytes) override { fed_bytes -= bytes; }
    void fail(dataflow::Failure failure) override {
      if (state.status.ok()) {
        state.status = dataflow::to_status(failure);
      }
    }

    std::uint32_t id() const { return state.deployment->instance(node, worker); }

    State& state;
    std::uint32_t node;
    std::uint32_t worker;
    bool ready = false;
    // Bytes fed by the driving program that the operator has not taken yet.
    std::uint64_t fed_bytes = 0;
    dataflow::OperatorHost host;
  };

  State(Program built, const PlainLoopOptions& loop_options, LoopObserver* watcher)
      : program(std::move(built)),
        options(loop_options),
        observer(watcher),
        random(loop_options.seed),
        last(loop_options.restored) {
    if (options.checkpoint_every != 0 || options.restored != nullptr) {
      options.run.checkpoints = last == nullptr
                                    ? CheckpointStart{}
                                    : CheckpointStart{last->interval + 1, last->epoch + 1};
    }
    base::Result<Deployment> made = Deployment::make(program.plan, options.run);
    if (!made.ok()) {
      status = made.status();
      return;
    }
    deployment.emplace(std::move(made.value()));
    if (const base::Status believed = make_aggregator(); !believed.ok()) {
      status = believed;
      return;
    }
    audit.emplace(deployment->layout(), deployment->instances());
    // What every instance knows before it is told.
    for (const std::uint32_t coordinates : program.probes) {
      probes.emplace_back().insert(progress::Time::minimum(coordinates));
    }
    for (std::uint32_t node = 0; node < deployment->nodes(); ++node) {
      for (std::uint32_t worker = 0; worker < options.run.workers; ++worker) {
        try {
          std::unique_ptr<dataflow::Operator> op =
              program.factories[node](worker, options.run.workers);
          if (options.run.checkpoints) {
            status = check_recovers(*deployment, node, *op, options.restored.get());
          }
          if (!status.ok()) {
            return;
          }
          instances.push_back(std::make_unique<Instance>(*this, node, worker, std::move(op)));
        } catch (...) {
          status = operator_not_made();
          return;
        }
      }
    }
    // Instances start in any order, and others may already send to those that did not.
    for (const auto& instance : instances) {
      Instance* starting = instance.get();
      link(hub(), starting->id()).push_back([this, starting] {
        if (options.restored == nullptr) {
          starting->host.start();
        } else {
          const dataflow::Restored parts =
              deployment->restored(*options.restored, starting->node, starting->worker);
          starting->host.start(&parts);
        }
        wake(*starting);
      });
    }
  }

  base::Status make_aggregator() {
    plan::Plan believed = program.plan;
    if (observer != nullptr) {
      observer->plan(believed);
    }
    base::Result<plan::Layout> layout =
        plan::lay_out(believed, options.run.checkpoints ? plan::Clock::epochs : plan::Clock::none);
    if (layout.ok()) {
      aggregator.emplace(std::move(layout.value().topology), options.run.generation,
                         deployment->reporters());
      if (options.run.checkpoints) {
        aggregator->keep_to(deployment->clock());
        // Each instance saves its part, and answers for itself if it is a source.
        std::vector<std::uint32_t> sources(deployment->instances());
        for (const std::uint32_t source : deployment->sources()) {
          sources[source] = 1;
        }
        coordinator.emplace(std::move(sources), options.run.checkpoints->interval);
      }
    }
    return layout.status();
  }

  // In the order of everything else that comes from where the tracker is.
  template <class F>
  void tell(std::uint32_t id, F f) {
    Instance* const target = instances.at(id).get();
    link(hub(), id).push_back([this, target, f] {
      f(target->host);
      wake(*target);
    });
  }
  template <class F>
  void tell_all(F f) {
    for (const auto& each : instances) {
      tell(each->id(), f);
    }
  }

  void begin_checkpoint() {
    progress::EpochClock& clock = *aggregator->clock();
    if (!aggregator->started() || !clock.epoch() || !coordinator->begin()) {
      return;
    }
    const std::uint64_t interval = *coordinator->open();
    taking = Checkpoint();
    taking.interval = interval;
    taking.workers = options.run.workers;
    taking.snapshots.resize(deployment->instances());
    clock.hold();
    for (const std::uint32_t source : deployment->sources()) {
      tell(source, [interval](dataflow::OperatorHost& host) { host.ask_epoch(interval); });
    }
  }

  void announce_boundary() {
    std::uint64_t epoch = coordinator->decide(*aggregator->clock()->epoch());
    if (observer != nullptr) {
      observer->boundary(epoch);
    }
    taking.epoch = epoch;
    tell_all([interval = taking.interval, epoch](dataflow::OperatorHost& host) {
      host.boundary(interval, epoch);
    });
    // All that hear of frontiers beyond it have heard of it.
    aggregator->raise_clock(epoch + 1);
    publish_due = true;
  }

  void complete_checkpoint() {
    coordinator->complete();
    last = std::make_shared<const Checkpoint>(std::move(taking));
    close_checkpoint();
  }

  void abort_checkpoint() {
    if (const std::optional<std::uint64_t> interval = coordinator->abort()) {
      tell_all([interval = *interval](dataflow::OperatorHost& host) { host.abort(interval); });
      close_checkpoint();
    }
  }

  void close_checkpoint() {
    aggregator->clock()->let_go();
    publish_due = true;
  }

  std::uint32_t hub() const { return deployment->instances(); }
  Instance& instance(std::uint32_t node, std::uint32_t worker) {
    return *instances.at(deployment->instance(node, worker));
  }

  Link& link(std::uint32_t from, std::uint32_t to) {
    const std::uint64_t key = (std::uint64_t{from} << 32) | to;
    auto [it, added] = links.try_emplace(key);
    if (it->second.queue.empty() && !it->second.listed) {
      it->second.listed = true;
      busy.push_back(&it->second);
    }
    return it->second.queue;
  }

  void wake(Instance& target) {
    if (!target.ready) {
      target.ready = true;
      ready.push_back(&target);
    }
  }

  // Nothing happens any more, unless sources that wait may go on.
  bool go_further() {
    bool any = false;
    for (const std::unique_ptr<Instance>& each : instances) {
      if (each->host.go_further()) {
        wake(*each);
        any = true;
      }
    }
    return any;
  }

  // One event, drawn from all that could happen now. Returns whether there was one.
  bool step() {
    if (busy.empty() && ready.empty() && !publish_due && !go_further()) {
      return false;
    }
    const std::size_t choices = busy.size() + ready.size() + (publish_due ? 1 : 0);
    ++steps;
    if (options.stop_after != 0 && steps >= options.stop_after) {
      status = base::Status(base::Code::cancelled, "the loop was stopped, as it was told to be");
      stopped = true;
      return false;
    }
    if (options.checkpoint_every != 0 && steps % options.checkpoint_every == 0) {
      begin_checkpoint();
    }
    if (options.abort_one_in != 0 && coordinator->open() &&
        random.below(options.abort_one_in * options.checkpoint_every) == 0) {
      abort_checkpoint();
    }
    if (options.audit_every != 0 && steps % options.audit_every == 0) {
      check_audit();
    }
    std::uint64_t choice = random.below(choices);
    if (choice < busy.size()) {
      LinkState* chosen = busy[choice];
      const std::function<void()> message = chosen->queue.take();
      if (chosen->queue.empty()) {
        chosen->listed = false;
        busy[choice] = busy.back();
        busy.pop_back();
      }
      message();
      return true;
    }
    choice -= busy.size();
    if (choice < ready.size()) {
      Instance* chosen = ready[choice];
      ready[choice] = ready.back();
      ready.pop_back();
      chosen->ready = false;
      if (chosen->host.run()) {
        wake(*chosen);
      }
      return true;
    }
    publish_due = false;
    aggregator->publish([this](progress::ReporterId to, const progress::FrontierUpdate& update) {
      Instance* target = instances.at(to.value()).get();
      link(hub(), target->id()).push_back([this, target, told = update]() mutable {
        const Fate fate = observer == nullptr
                              ? Fate::arrives
                              : observer->frontier(target->node, target->worker, told);
        for (int i = times(fate); i > 0; --i) {
          target->host.frontier(told);
        }
        wake(*target);
      });
    });
    return true;
  }

  bool closes_loop(const plan::Edge& edge) const { return program.plan.nodes[edge.to].feedback; }

  base::Status stands_still() const {
    return base::Status(base::Code::failed,
                        "the dataflow stands still: " + aggregator->describe_blocked());
  }

  void check_audit() {
    std::vector<const dataflow::OperatorHost*> hosts;
    for (const auto& each : instances) {
      hosts.push_back(&each->host);
    }
    most_bytes_under_way = std::max(most_bytes_under_way, audit->bytes_under_way(hosts));
    base::Status found = audit->check(hosts, aggregator->complete());
    if (status.ok() && !found.ok()) {
      status = std::move(found);
    }
  }

  struct LinkState {
    Link queue;
    bool listed = false;
  };

  Program program;
  PlainLoopOptions options;
  LoopObserver* observer;
  base::Random random;
  std::optional<Deployment> deployment;
  std::optional<progress::Aggregator> aggregator;
  std::optional<LoopAudit> audit;
  std::vector<std::unique_ptr<Instance>> instances;
  std::unordered_map<std::uint64_t, LinkState> links;
  std::vector<LinkState*> busy;
  std::vector<Instance*> ready;
  bool publish_due = false;
  std::vector<progress::Antichain> probes;
  std::map<std::uint64_t, base::Result<data::Batch>> answers;
  std::uint64_t next_ask = 0;
  std::optional<control::CheckpointCoordinator> coordinator;
  // The open checkpoint, as far as it has been saved.
  Checkpoint taking;
  std::shared_ptr<const Checkpoint> last;
  bool stopped = false;
  base::Status status;
  std::uint64_t steps = 0;
  std::uint64_t most_bytes_under_way = 0;
};

PlainLoop::PlainLoop(Program program, const PlainLoopOptions& options, LoopObserver* observer)
    : state_(std::make_unique<State>(std::move(program), options, observer)) {}

PlainLoop::~PlainLoop() = default;

base::Status PlainLoop::run() {
  State& state = *state_;
  if (!state.status.ok()) {
    return state.status;
  }
  base::Status driven = drive(state.program, *this);
  if (state.status.ok() && !driven.ok()) {
    state.status = std::move(driven);
  }
  while (state.status.ok() && state.step()) {
  }
  if (state.status.ok() && !state.aggregator->complete()) {
    state.status = state.stands_still();
  }
  if (state.status.ok() && state.options.audit_every != 0) {
    state.check_audit();
  }
  return state.status;
}

std::shared_ptr<const Checkpoint> PlainLoop::last_checkpoint() const {
  return state_->last;
}

bool PlainLoop::was_stopped() const {
  return state_->stopped;
}

std::uint32_t PlainLoop::workers() const {
  return state_->options.run.workers;
}

void PlainLoop::feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) {
  State& state = *state_;
  State::Instance& target = state.instance(node, worker);
  if (feed.batch) {
    while (target.fed_bytes >= state.options.run.inbox_bytes) {
      if (!state.status.ok() || !state.step()) {
        throw DataflowStopped();
      }
    }
    target.fed_bytes += feed.batch.footprint();
  }
  state.link(state.hub(), target.id()).push_back([&state, &target, feed = std::move(feed)] {
    target.host.feed(feed);
    state.wake(target);
  });
}

const progress::Antichain& PlainLoop::frontier(std::uint32_t probe) {
  return state_->probes.at(probe);
}

void PlainLoop::wait_until(std::uint32_t probe, const progress::Time& time) {
  State& state = *state_;
  while (state.probes.at(probe).less_than(time)) {
    if (state.status.ok() && !state.step()) {
      state.status = state.stands_still();
    }
    if (!state.status.ok()) {
      throw DataflowStopped();
    }
  }
}

std::shared_ptr<const void> PlainLoop::actor(std::uint32_t, std::uint32_t) {
  return nullptr;
}

base::Result<data::Batch> PlainLoop::ask(std::uint32_t node, std::uint32_t worker,
                                         data::Batch request) {
  State& state = *state_;
  const std::uint64_t id = state.next_ask++;
  State::Instance& target = state.instance(node, worker);
  state.link(state.hub(), target.id()).push_back([&state, &target, id, request] {
    target.host.ask(id, request);
    state.wake(target);
  });
  while (!state.answers.contains(id)) {
    if (!state.status.ok() || !state.step()) {
      return base::Status(base::Code::cancelled, "the dataflow has stopped");
    }
  }
  base::Result<data::Batch> answer = std::move(state.answers.at(id));
  state.answers.erase(id);
  return answer;
}

std::uint64_t PlainLoop::activations(std::uint32_t node) const {
  std::uint64_t sum = 0;
  for (std::uint32_t worker = 0; worker < workers(); ++worker) {
    sum += state_->instance(node, worker).host.activations();
  }
  return sum;
}

std::uint64_t PlainLoop::steps() const {
  return state_->steps;
}

std::uint64_t PlainLoop::most_bytes_under_way() const {
  return state_->most_bytes_under_way;
}

}  // namespace eagre::api
