// What goes by mailbox (requests, the orderly stop) must not overtake what was sent before it by
// parcel (records, frontiers).
// Schedules: a worker is held up between taking parcels in and running mailboxes, while one of each
// is sent to an instance of it, in that order; and the same programs under CAF's own scheduler.
// Catches a request that is answered before the records sent before it, and an operator that is
// stopped before it has seen the last frontier.
#include <atomic>
#include <caf/scoped_actor.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/ask.h"
#include "actors/eagre.h"
#include "actors/pinned_scheduler.h"
#include "actors/seam.h"
#include "runtime/base/check.h"

namespace eagre::testing {

// A message to a Plug: it holds up its worker until `until` is ready.
struct HoldUp {
  std::shared_ptr<std::promise<void>> begun;
  std::shared_future<void> until;
};

}  // namespace eagre::testing

EAGRE_PROCESS_MESSAGE(eagre::testing::HoldUp)

namespace eagre {
namespace {

using namespace std::chrono_literals;

using actors::Scheduler;
using testing::HoldUp;

// Nothing that goes right takes that long.
constexpr auto kPatience = 30s;

Options two_workers(Scheduler scheduler) {
  Options options;
  options.workers = 2;
  options.scheduler = scheduler;
  return options;
}

// An actor that lives on a worker.
class Plug final : public actors::Shell, public actors::Pinned {
 public:
  Plug(caf::actor_config& config, actors::Worker* home)
      : actors::Shell(config), actors::Pinned(home, false) {}
  caf::behavior make_behavior() override {
    return {[this](const HoldUp& message) {
      message.begun->set_value();
      EAGRE_CHECK(message.until.wait_for(kPatience) == std::future_status::ready,
                  "nobody let a worker go on that was held up");
      quit();
    }};
  }
  void take(actors::Parcel&) override {}
  bool turn() override { return false; }
};

// Tells when another actor has ended, on a worker of its choice.
class Watch final : public actors::Shell, public actors::Pinned {
 public:
  Watch(caf::actor_config& config, actors::Worker* home, const caf::actor& watched,
        std::function<void()> on_end)
      : actors::Shell(config), actors::Pinned(home, false), on_end_(std::move(on_end)) {
    monitor(watched);
  }
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
  void on_end_of(const caf::actor_addr&, const std::string&) override {
    on_end_();
    quit();
  }
  void take(actors::Parcel&) override {}
  bool turn() override { return false; }

 private:
  std::function<void()> on_end_;
};

// Keeps a worker from its mailboxes, and from the turns of its actors, until it is released.
class HeldUp {
 public:
  HeldUp(caf::actor_system& system, std::size_t worker) {
    actors::Worker& home = actors::Workers::of(system)->worker(worker);
    const caf::actor plug = system.spawn<Plug>(&home);
    const auto begun = std::make_shared<std::promise<void>>();
    actors::post(plug, HoldUp{begun, until_.get_future().share()});
    begun->get_future().wait();
  }
  void release() { until_.set_value(); }

 private:
  std::promise<void> until_;
};

// Whether one worker can be held up while another goes on.
bool has_two_loops(caf::actor_system& system) {
  const actors::Workers* const workers = actors::Workers::of(system);
  return workers != nullptr && workers->count() > 1;
}

// Passes words on, and counts them.
struct Count : Answering<Unary<std::string, std::string>, std::string, std::uint64_t> {
  void on_batch(const Input<std::string>& input, Output<std::string>& output) override {
    auto session = output.session();
    for (const std::string& word : input) {
      session.give(word);
      ++seen_;
    }
  }
  std::uint64_t on_ask(const std::string&) const override { return seen_; }
  std::uint64_t seen_ = 0;
};

std::uint64_t count_at(const caf::actor& counter, const std::function<void()>& when_sent) {
  const caf::scoped_actor self(counter.home_system());
  auto request = self->request(counter, caf::infinite, eagre::ask(std::string()));
  when_sent();
  std::uint64_t count = 0;
  request.receive([&](const Answer& answer) { count = as<std::uint64_t>(answer).value(); },
                  [](const caf::error&) {});
  return count;
}

TEST_CASE("a request is answered after the records that were sent before it") {
  for (const Scheduler scheduler : {Scheduler::pinned, Scheduler::caf}) {
    CAPTURE(static_cast<int>(scheduler));
    const Define define = [](Scope& scope) {
      auto words = scope.new_input<std::string>("words");
      auto sent = words.stream().boundary().apply<Count>("near");
      auto near = sent.handles();
      auto far = sent.route([](const std::string&) { return 1U; }).apply<Count>("far").handles();
      scope.drive([=]() mutable {
        const caf::actor sender = actor_of(near.on(0));
        const caf::actor receiver = actor_of(far.on(1));
        std::optional<HeldUp> held;
        if (has_two_loops(sender.home_system())) {
          held.emplace(sender.home_system(), 1);
        }
        words.send("tide");
        words.send("bore");
        words.flush();  // to worker 0
        // The answer after the one that counts both comes from an activation after theirs: what
        // that sent is out of the sender's hands.
        while (count_at(sender, [] {}) < 2) {
        }
        REQUIRE(count_at(sender, [] {}) == 2);
        CHECK(count_at(receiver, [&] {
                if (held) {
                  held->release();
                }
              }) == 2);
      });
    };
    REQUIRE(run(two_workers(scheduler), define).to_string() == "ok");
  }
}

// Counts how often it sees an empty frontier.
struct Listen : Unary<std::string, std::string> {
  static constexpr Interest kInterest = Interest::always;
  explicit Listen(std::atomic<int>* empty_seen) : empty_seen_(empty_seen) {}
  void on_batch(const Input<std::string>&, Output<std::string>&) override {}
  bool on_frontier(Output<std::string>&) override {
    *empty_seen_ += frontier().empty() ? 1 : 0;
    return false;
  }
  std::atomic<int>* empty_seen_;
};

TEST_CASE("on every worker an operator sees the last frontier before it is stopped") {
  for (const Scheduler scheduler : {Scheduler::pinned, Scheduler::caf}) {
    CAPTURE(static_cast<int>(scheduler));
    std::atomic<int> empty_seen{0};
    std::optional<HeldUp> far;
    caf::actor watch;  // which would be gone if nobody knew it
    const Define define = [&](Scope& scope) {
      auto words = scope.new_input<std::string>("words");
      auto listened = words.stream().boundary().apply<Listen>("listen", &empty_seen);
      auto last = listened.boundary().apply<Count>("last").handles();
      scope.drive([&far, &watch, last, words]() mutable {
        const caf::actor near_last = actor_of(last.on(0));
        const caf::actor far_last = actor_of(last.on(1));
        caf::actor_system& system = near_last.home_system();
        // All have started once the last ones answer.
        count_at(near_last, [] {});
        count_at(far_last, [] {});
        if (!has_two_loops(system)) {
          return;
        }
        // The far worker reports the end of its input to the near one, where progress is, and can
        // hear what follows from it only with the news that it is to stop.
        HeldUp near(system, 0);
        words.close();
        count_at(far_last, [] {});
        far.emplace(system, 1);
        watch = system.spawn<Watch>(&actors::Workers::of(system)->worker(0), near_last,
                                    [&far] { far->release(); });
        near.release();
      });
    };
    REQUIRE(run(two_workers(scheduler), define).to_string() == "ok");
    CHECK(empty_seen == 2);
  }
}

}  // namespace
}  // namespace eagre
