// Asking operators: from the driving program and from other actors.
// Examples: answers from the state, the instance that holds a key, order after data, unknown
// requests, too many requests, requests at and after the end. Catches lost and early answers,
// promises that are never kept, and handles that keep a dataflow alive.
#include <caf/scoped_actor.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/ask.h"
#include "actors/eagre.h"
#include "actors/operator_actor.h"
#include "runtime/dataflow/host.h"
#include "tests/actors/stage.h"

namespace eagre {
namespace {

using testing::Stage;

// How often it has seen a word.
struct Tally : Answering<Unary<std::string, std::string>, std::string, std::uint64_t> {
  void on_batch(const Input<std::string>& input, Output<std::string>&) override {
    for (const std::string& word : input) {
      if (word == "fail") {
        throw std::runtime_error("told to");
      }
      ++seen_[word];
    }
  }
  std::uint64_t on_ask(const std::string& word) const override {
    if (word == "fail") {
      throw std::runtime_error("asked to");
    }
    const auto it = seen_.find(word);
    return it == seen_.end() ? 0 : it->second;
  }
  std::unordered_map<std::string, std::uint64_t> seen_;
};

struct Tallied {
  std::optional<InputHandle<std::string>> words;
  std::optional<Handles> tally;
  std::optional<Probe> probe;

  explicit Tallied(Scope& scope) {
    words = scope.new_input<std::string>("words");
    auto tallied = words->stream()
                       .exchange([](const std::string& word) { return word; })
                       .apply<Tally>("tally");
    tally = tallied.handles();
    probe = tallied.probe();
  }
  Result<std::uint64_t> ask(const std::string& word) const {
    return tally->ask<std::uint64_t>(word, word);
  }
};

Options workers(std::uint32_t n) {
  Options options;
  options.workers = n;
  return options;
}

const std::vector<std::string> kWords = {"tide", "bore", "tide", "wave", "eagre", "tide"};

TEST_CASE("an operator answers from its state, at the instance that holds the key") {
  for (const std::uint32_t n : {1U, 2U, 5U}) {
    const Define define = [](Scope& scope) {
      scope.drive([t = Tallied(scope)]() mutable {
        for (const std::string& word : kWords) {
          t.words->send(word);
        }
        t.words->advance_to(1);
        t.probe->wait_until(1);
        CHECK(t.ask("tide").value() == 3);
        CHECK(t.ask("eagre").value() == 1);
        CHECK(t.ask("unheard of").value() == 0);
      });
    };
    REQUIRE(run(workers(n), define).to_string() == "ok");
  }
}

TEST_CASE("a dataflow that is complete still answers its driving program") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)]() mutable {
      t.words->send("tide");
      t.words->close();
      t.probe->wait_until(100);
      CHECK(t.probe->done());
      CHECK(t.ask("tide").value() == 1);
    });
  };
  for (int i = 0; i < 50; ++i) {
    REQUIRE(run(workers(2), define).to_string() == "ok");
  }
}

TEST_CASE("any actor can ask an operator") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)]() mutable {
      t.words->send("tide");
      t.words->advance_to(1);
      t.probe->wait_until(1);
      const caf::actor tally = actor_of(t.tally->handle_for(std::string("tide")));
      const caf::scoped_actor self(tally.home_system());
      std::optional<std::uint64_t> count;
      self->request(tally, caf::infinite, eagre::ask(std::string("tide")))
          .receive([&](const Answer& answer) { count = eagre::as<std::uint64_t>(answer).value(); },
                   [](const caf::error&) {});
      CHECK(count == 1);
    });
  };
  REQUIRE(run(workers(3), define).to_string() == "ok");
}

TEST_CASE("actors ask from many sides while data flows") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)]() mutable {
      const caf::actor tally = actor_of(t.tally->handle_for(std::string("tide")));
      std::vector<caf::actor> askers;
      for (int i = 0; i < 4; ++i) {
        askers.push_back(
            tally.home_system().spawn([tally](caf::event_based_actor* self) -> caf::behavior {
              return {[self, tally](int asks, std::uint64_t before) {
                self->request(tally, caf::infinite, eagre::ask(std::string("tide")))
                    .then([self, asks, before](const Answer& answer) {
                      const std::uint64_t now = eagre::as<std::uint64_t>(answer).value();
                      EAGRE_CHECK(now >= before, "a count went back from {} to {}", before, now);
                      if (asks == 1) {
                        self->quit();
                      } else {
                        self->send(self, asks - 1, now);
                      }
                    });
              }};
            }));
        caf::anon_send(askers.back(), 200, std::uint64_t{0});
      }
      for (std::uint64_t epoch = 1; epoch <= 200; ++epoch) {
        t.words->send("tide");
        t.words->advance_to(epoch);
      }
      const caf::scoped_actor self(tally.home_system());
      self->wait_for(askers);
      t.probe->wait_until(200);
      CHECK(t.ask("tide").value() == 200);
    });
  };
  REQUIRE(run(workers(2), define).to_string() == "ok");
}

TEST_CASE("a request of another type is answered with an error") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)] {
      CHECK(t.tally->ask<std::uint64_t>(std::string("tide"), 7).status().code() ==
            base::Code::usage);
      CHECK(t.tally->ask<std::string>(std::string("tide"), std::string("tide")).status().code() ==
            base::Code::usage);
    });
  };
  REQUIRE(run(workers(2), define).to_string() == "ok");
}

TEST_CASE("requests beyond the limit are refused, and those that wait at the end are cancelled") {
  std::optional<Tallied> tallied;
  Stage stage([&](Scope& scope) { tallied.emplace(scope); }, 1);
  // An instance that nobody starts: it takes requests down and answers none.
  actors::InstanceCounters counters;
  const caf::actor tally = stage.system().spawn<actors::OperatorActor>(
      nullptr, stage.run().deployment->host(1, 0), 1U, stage.run().factories[1](0, 1), counters);
  int refused = 0;
  int cancelled = 0;
  int bounced = 0;
  const std::size_t limit = dataflow::OperatorHost::kMaxAsks;
  const caf::actor asker = stage.system().spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](std::size_t times) {
      for (std::size_t i = 0; i < times; ++i) {
        self->request(tally, caf::infinite, eagre::ask(std::string("tide")))
            .then(
                [&](const Answer& answer) {
                  refused += answer.status.code() == base::Code::refused ? 1 : 0;
                  cancelled += answer.status.code() == base::Code::cancelled ? 1 : 0;
                },
                [&](const caf::error&) { ++bounced; });
      }
    }};
  });
  caf::anon_send(asker, limit + 10);
  stage.run_all();
  CHECK(refused == 10);
  CHECK(cancelled == 0);
  actors::stop(tally);
  stage.run_all();
  CHECK(cancelled == static_cast<int>(limit));
  // Of an actor that is gone, the actor system says so.
  caf::anon_send(asker, std::size_t{1});
  stage.run_all();
  CHECK(bounced == 1);
  actors::stop(asker);
  stage.run_all();
}

TEST_CASE("a request after a failure is cancelled") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)]() mutable {
      t.words->send("fail");
      t.words->flush();
      Status status;
      while (status.code() != base::Code::cancelled) {  // at first it may still be answered
        status = t.ask("tide").status();
      }
    });
  };
  const Status status = run(workers(2), define);
  CHECK(status.code() == base::Code::failed);
  CHECK(status.message().find("operator \"tally\"") != std::string::npos);
}

TEST_CASE("an operator that throws when asked fails the dataflow") {
  const Define define = [](Scope& scope) {
    scope.drive([t = Tallied(scope)] { CHECK_FALSE(t.ask("fail").ok()); });
  };
  CHECK(run(workers(2), define).message().find("asked to") != std::string::npos);
}

TEST_CASE("an address that outlives its dataflow does no harm") {
  InstanceAddress kept;
  const Define define = [&](Scope& scope) {
    scope.drive([&kept, t = Tallied(scope)] { kept = t.tally->on(0); });
  };
  REQUIRE(run(workers(2), define).ok());
  CHECK(actor_of(kept));
  CHECK_FALSE(actor_of(InstanceAddress()));
}

}  // namespace
}  // namespace eagre
