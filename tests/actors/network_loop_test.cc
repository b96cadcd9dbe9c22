// A worker that does the network's work, on a real multiplexer.
// Load: what other threads hand in arrives though the worker sleeps in the network and a watchman
// takes events out of it; catches lost wake-ups. Absence: while the worker is busy, the watchman
// looks after the network. End: when the network is given back, the worker goes on.
#include "actors/network_loop.h"

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "actors/seam.h"
#include "actors/worker.h"
#include "runtime/base/random.h"

namespace eagre::actors {
namespace {

using namespace std::chrono_literals;

struct Config : caf::actor_system_config {
  Config() {
    use_caf_scheduler(*this, 1);
    load<caf::io::middleman>();
    set("middleman.manual-multiplexing", true);
  }
};

class Counter final : public Pinned {
 public:
  Counter(Worker* home, std::function<void(std::uint64_t)> on_turn)
      : Pinned(home, false), on_turn_(std::move(on_turn)) {}

  void take(Parcel&) override {
    ++taken_;
    ready();
  }
  bool turn() override {
    on_turn_(taken_);
    taken_seen.store(taken_);
    return false;
  }

  std::atomic<std::uint64_t> taken_seen{0};

 private:
  std::function<void(std::uint64_t)> on_turn_;
  std::uint64_t taken_ = 0;
};

// One worker that looks after the network, on its own thread.
class Site {
 public:
  explicit Site(std::function<void(std::uint64_t)> on_turn)
      : system_(config_), network_(system_.middleman().backend()) {
    workers_.push_back(std::make_unique<Worker>(0, 1, workers_, 0us));
    workers_.front()->look_after(network_);
    counter_ = std::make_unique<Counter>(workers_.front().get(), std::move(on_turn));
    network_.start();
    thread_ = std::thread([this] { workers_.front()->run(); });
  }
  ~Site() {
    network_.stop();
    workers_.front()->stop();
    thread_.join();
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  NetworkLoop& network() { return network_; }
  caf::io::network::multiplexer& multiplexer() { return system_.middleman().backend(); }
  void hand_in() { Worker::post_from_outside(*counter_, Credit{}); }
  bool has_taken(std::uint64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (counter_->taken_seen.load() != count) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

 private:
  Config config_;
  caf::actor_system system_;
  NetworkLoop network_;
  Worker::Peers workers_;
  std::unique_ptr<Counter> counter_;
  std::thread thread_;
};

TEST_CASE("what is handed in wakes a worker that sleeps in the network") {
  constexpr std::uint64_t kEach = 3000;
  constexpr std::uint64_t kSenders = 2;
  base::Random pauses(1);
  Site site([&](std::uint64_t) {
    // Long enough for the watchman to come.
    if (pauses.below(200) == 0) {
      std::this_thread::sleep_for(25ms);
    }
  });
  std::vector<std::thread> senders;
  for (std::uint64_t s = 0; s < kSenders; ++s) {
    senders.emplace_back([&site, s] {
      base::Random random(s);
      for (std::uint64_t i = 0; i < kEach; ++i) {
        site.hand_in();
        if (random.below(4) == 0) {
          std::this_thread::sleep_for(std::chrono::microseconds(random.below(200)));
        }
      }
    });
  }
  for (std::thread& sender : senders) {
    sender.join();
  }
  CHECK(site.has_taken(kSenders * kEach));
}

TEST_CASE("who was rung for does not sleep, though the watchman took the call out of the network") {
  Config config;
  caf::actor_system system(config);
  NetworkLoop network(system.middleman().backend());
  network.start();
  const std::atomic<bool> rung{true};
  // What came before is worked off.
  while (network.look()) {
  }
  auto slept = std::async(std::launch::async, [&] { return network.sleep(rung); });
  const bool returned = slept.wait_for(20s) == std::future_status::ready;
  network.stop();
  CHECK(returned);
  CHECK(slept.get());
}

TEST_CASE("the network is looked after while the worker is busy") {
  std::atomic<bool> came{false};
  Site site([&](std::uint64_t) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!came.load() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
  });
  site.hand_in();
  site.multiplexer().post([&] { came.store(true); });
  CHECK(site.has_taken(1));
  CHECK(came.load());
}

TEST_CASE("a worker goes on when the network was given back") {
  Site site([](std::uint64_t) {});
  site.hand_in();
  REQUIRE(site.has_taken(1));
  site.network().stop();
  for (std::uint64_t i = 2; i < 100; ++i) {
    site.hand_in();
    REQUIRE(site.has_taken(i));
  }
}

}  // namespace
}  // namespace eagre::actors
