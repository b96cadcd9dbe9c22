// The actor shells under CAF's test scheduler, one schedule at a time.
// Schedules: start barrier, messages that come before the dataflow is built, orderly stop, failure,
// operators that cannot be made or are killed; each would hang, lose data or end early if the
// shells got the order wrong. Every test ends with no actor left (a leak of actors).
#include <caf/send.hpp>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/ask.h"
#include "runtime/api/stream.h"
#include "tests/actors/stage.h"

namespace eagre {
namespace {

using testing::Stage;

using Words = api::InputHandle<std::string>;

// input -> count -> probe, with the driving function given; node 0 is the input.
struct Counting {
  std::optional<Words> words;
  std::optional<api::Probe> probe;
  std::shared_ptr<std::vector<std::pair<std::string, std::uint64_t>>> counts;

  std::function<void(api::Scope&)> define() {
    return [this](api::Scope& scope) {
      words = scope.new_input<std::string>("words");
      auto counted = words->stream().key_by([](const std::string& word) { return word; }).count();
      probe = counted.probe();
      counts = counted.collect();
    };
  }
};

TEST_CASE("no frontier is told before every instance has started") {
  Counting counting;
  Stage stage(counting.define(), 2);
  stage.spawn_all();
  const caf::actor late = stage.instance(0, 1);
  stage.run_all_but(late);
  REQUIRE(stage.drive().ok());  // closes the input
  stage.run_all_but(late);
  CHECK(stage.driver().frontier(0).elements().size() == 1);
  CHECK_FALSE(stage.driver().ended());
  stage.run_all();
  CHECK(stage.driver().frontier(0).empty());
  CHECK(stage.driver().wait().ok());
}

TEST_CASE("what an operator is sent before it has started waits for it") {
  Counting counting;
  Stage stage(counting.define(), 1);
  stage.program().drive = [&] { counting.words->send("tide"); };
  stage.spawn_all();
  const caf::actor counter = stage.instance(1, 0);
  stage.run_all_but(counter);
  REQUIRE(stage.drive().ok());
  stage.run_all_but(counter);
  CHECK(counting.counts->empty());
  stage.run_all();
  CHECK(*counting.counts == std::vector<std::pair<std::string, std::uint64_t>>{{"tide", 1}});
  CHECK(stage.driver().wait().ok());
}

TEST_CASE("a complete dataflow waits for its driving program") {
  Counting counting;
  Stage stage(counting.define(), 2);
  stage.run_all();
  REQUIRE(api::drive(stage.program(), stage.driver()).ok());
  stage.run_all();
  CHECK(stage.driver().frontier(0).empty());
  CHECK_FALSE(stage.driver().ended());
  CHECK(stage.running() == std::size_t{3} + stage.run().deployment->instances());
  actors::post(stage.node(), actors::Release{});
  stage.run_all();
  CHECK(stage.driver().wait().ok());
  CHECK(stage.running() == 0);
}

TEST_CASE("a driving program that is done does not end a dataflow that is not complete") {
  Counting counting;
  Stage stage(counting.define(), 1);
  stage.run_all();
  actors::post(stage.node(), actors::Release{});
  stage.run_all();
  CHECK_FALSE(stage.driver().ended());
  REQUIRE(stage.drive().ok());
  stage.run_all();
  CHECK(stage.driver().wait().ok());
}

// Keeps the frontiers that it is told.
struct Listener : dataflow::Unary<std::string, std::string> {
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit Listener(std::shared_ptr<int> empty_seen) : empty_seen_(std::move(empty_seen)) {}
  void on_batch(const dataflow::Input<std::string>&, dataflow::Output<std::string>&) override {}
  bool on_frontier(dataflow::Output<std::string>&) override {
    *empty_seen_ += frontier().empty() ? 1 : 0;
    return false;
  }
  std::shared_ptr<int> empty_seen_;
};

TEST_CASE("an operator is told the last frontier before it is stopped") {
  std::optional<Words> words;
  const auto empty_seen = std::make_shared<int>(0);
  Stage stage(
      [&](api::Scope& scope) {
        words = scope.new_input<std::string>("words");
        words->stream().apply<Listener>("listen", empty_seen).for_each([](const std::string&) {});
      },
      1);
  stage.spawn_all();
  const caf::actor listener = stage.instance(1, 0);
  stage.run_all();
  REQUIRE(stage.drive().ok());
  // The listener's mailbox fills up while all others go through the whole end.
  stage.run_all_but(listener);
  CHECK(*empty_seen == 0);
  stage.run_all();
  CHECK(*empty_seen == 1);
  CHECK(stage.driver().wait().ok());
}

struct FailsAtTheEnd : Listener {
  FailsAtTheEnd() : Listener(std::make_shared<int>(0)) {}
  bool on_frontier(dataflow::Output<std::string>&) override {
    if (frontier().empty()) {
      throw std::runtime_error("too late");
    }
    return false;
  }
};

TEST_CASE("a failure on the way out is not lost") {
  std::optional<Words> words;
  Stage stage(
      [&](api::Scope& scope) {
        words = scope.new_input<std::string>("words");
        words->stream().apply<FailsAtTheEnd>("late").for_each([](const std::string&) {});
      },
      1);
  stage.spawn_all();
  const caf::actor late = stage.instance(1, 0);
  stage.run_all();
  REQUIRE(stage.drive().ok());
  stage.run_all_but(late);
  stage.run_all();
  CHECK(stage.driver().wait().message() == "operator \"late\" on worker 0 failed: too late");
}

TEST_CASE("a failing operator ends all actors, and the end is told when they are gone") {
  std::optional<Words> words;
  Stage stage(
      [&](api::Scope& scope) {
        words = scope.new_input<std::string>("words");
        words->stream().map([](const std::string& word) -> std::string {
          throw std::runtime_error("cannot take " + word);
        });
      },
      2);
  stage.program().drive = [&] {
    words->advance_to(7);
    words->send("bore");
  };
  stage.spawn_all();
  const caf::actor slow = stage.instance(0, 1);
  stage.run_all_but(slow);
  REQUIRE(stage.drive().ok());
  stage.run_all_but(slow);
  CHECK_FALSE(stage.driver().ended());
  CHECK(stage.running() == 3);  // the slow one, the supervisor, the node
  stage.run_all();
  CHECK(stage.running() == 0);
  CHECK(stage.driver().wait().code() == base::Code::failed);
  CHECK(stage.driver().wait().message() ==
        "operator \"map\" on worker 0 failed at time (7): cannot take bore");
}

TEST_CASE("a cancelled dataflow ends at once") {
  Counting counting;
  Stage stage(counting.define(), 2);
  stage.run_all();
  actors::post(stage.node(), actors::Cancel{base::Status(base::Code::cancelled, "stopped")});
  stage.run_all();
  CHECK(stage.driver().wait().code() == base::Code::cancelled);
  CHECK(stage.running() == 0);
}

TEST_CASE("a dataflow can be cancelled before it has begun") {
  Counting counting;
  Stage stage(counting.define(), 2);
  actors::post(stage.node(), actors::Cancel{base::Status(base::Code::cancelled, "stopped")});
  stage.run_all();
  CHECK(stage.driver().wait().code() == base::Code::cancelled);
  CHECK(stage.running() == 0);
}

struct CannotBeMade : dataflow::Unary<std::string, std::string> {
  explicit CannotBeMade(bool standard) {
    if (standard) {
      throw std::runtime_error("no room");
    }
    throw 7;
  }
  void on_batch(const dataflow::Input<std::string>&, dataflow::Output<std::string>&) override {}
};

TEST_CASE("an operator that cannot be made fails the dataflow") {
  for (const bool standard : {true, false}) {
    Stage stage(
        [&](api::Scope& scope) {
          scope.new_input<std::string>("words").stream().apply<CannotBeMade>("broken", standard);
        },
        2);
    stage.run_all();
    CHECK(stage.driver().wait().message() ==
          (standard ? "an operator could not be made: no room"
                    : "an operator could not be made: an exception that is no std::exception"));
    CHECK(stage.running() == 0);
  }
}

TEST_CASE("a dataflow whose first operator cannot be made ends") {
  Stage stage(
      [](api::Scope& scope) {
        scope.source<int>(
            "broken", [](std::uint32_t, std::uint32_t) -> bool (*)(operators::SourceOutput<int>&) {
              throw std::runtime_error("no such file");
            });
      },
      1);
  stage.run_all();
  CHECK(stage.driver().wait().message() == "an operator could not be made: no such file");
  CHECK(stage.running() == 0);
}

TEST_CASE("an operator that is killed from outside fails the dataflow by its name") {
  Counting counting;
  Stage stage(counting.define(), 2);
  stage.run_all();
  caf::anon_send_exit(stage.instance(1, 1), caf::exit_reason::kill);
  stage.run_all();
  CHECK(stage.driver().wait().message() ==
        "operator \"count\" on worker 1 ended on its own: exit_reason(kill)");
  CHECK(stage.running() == 0);
}

TEST_CASE("messages that an operator does not know are dropped") {
  Counting counting;
  Stage stage(counting.define(), 1);
  stage.run_all();
  caf::anon_send(stage.instance(1, 0), 7, std::string("what is this"));
  stage.run_all();
  REQUIRE(stage.drive().ok());
  stage.run_all();
  CHECK(stage.driver().wait().ok());
}

TEST_CASE("data is handled though the last message in the mailbox is an unknown one") {
  Counting counting;
  Stage stage(counting.define(), 1);
  stage.program().drive = [&] { counting.words->send("tide"); };
  stage.run_all();
  const caf::actor counter = stage.instance(1, 0);
  REQUIRE(stage.drive().ok());
  stage.run_all_but(counter);
  caf::anon_send(counter, 7, std::string("what is this"));
  stage.run_all();
  CHECK(stage.driver().wait().ok());
  CHECK(counting.counts->size() == 1);
}

TEST_CASE("a dataflow without operators is complete") {
  Stage stage([](api::Scope&) {}, 2);
  REQUIRE(stage.drive().ok());
  stage.run_all();
  CHECK(stage.driver().wait().ok());
  CHECK(stage.running() == 0);
}

}  // namespace
}  // namespace eagre
