// One operator host alone: events in, effects out.
// Examples: the order of events, credit, requests, generations, failures of every kind and what is
// reported of them, misuse of capabilities and sessions (ends the process, naming the operator).
#include "runtime/dataflow/host.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dataflow/answering.h"
#include "runtime/dataflow/unary.h"
#include "tests/support/broken_invariant.h"

namespace eagre::dataflow {
namespace {

using Number = std::uint64_t;
using progress::Antichain;
using progress::Time;

data::Batch batch_of(const std::vector<Number>& records, Time time, std::uint64_t generation = 1) {
  data::BatchWriter<Number> writer;
  for (const Number record : records) {
    writer.append(record);
  }
  data::Header header;
  header.generation = generation;
  header.time = std::move(time);
  return writer.finish(header);
}

struct Log : Effects {
  void send(std::uint32_t, std::uint32_t, data::Batch batch) override {
    data::BatchReader<Number>(batch).for_each([&](Number n) { sent.push_back(n); });
    events.push_back("send");
  }
  void give_credit(std::uint32_t, std::uint32_t, std::uint64_t bytes) override { credit += bytes; }
  void report(const progress::ProgressBatch& batch) override {
    events.push_back("report");
    reports.push_back(batch);
  }
  void answer(std::uint64_t ask, base::Result<data::Batch> answer) override {
    answers.emplace_back(ask, answer.ok() ? std::to_string(from_single<Number>(*answer).value())
                                          : answer.status().to_string());
  }
  void publish(std::uint32_t, const Antichain&) override {}
  void fed(std::uint64_t) override {}
  void source_at(std::uint64_t, std::uint64_t) override {}
  void snapshot(std::uint64_t, data::Snapshot) override {}
  void fail(Failure failure) override { failures.push_back(to_status(failure).message()); }

  std::vector<Number> sent;
  std::vector<std::string> events;
  std::vector<progress::ProgressBatch> reports;
  std::vector<std::pair<std::uint64_t, std::string>> answers;
  std::vector<std::string> failures;
  std::uint64_t credit = 0;
};

HostSpec spec(std::uint64_t window = 0) {
  const auto identity = progress::PathSummary::identity(1);
  HostSpec spec;
  spec.name = "probe me";
  spec.worker = 2;
  spec.workers = 3;
  spec.generation = progress::Generation(1);
  spec.inputs = {{progress::Location(0), progress::Interest::always, window}};
  spec.outputs = {{progress::Location(1),
                   {{0, progress::Location(2), data::Pact::pipeline(), identity, window}}}};
  spec.internals = {{0, 0, identity}};
  return spec;
}

// Does what the test says, and answers with the sum of what it has seen.
struct Scripted : Answering<Unary<Number, Number>, Number, Number> {
  using Script = std::function<void(Scripted&, const Input<Number>&, Output<Number>&)>;
  explicit Scripted(Script s) : script(std::move(s)) {}
  void on_batch(const Input<Number>& input, Output<Number>& output) override {
    for (const Number n : input) {
      sum += n;
    }
    script(*this, input, output);
  }
  Number on_ask(const Number& request) const override {
    if (request == 13) {
      throw std::runtime_error("no answer to 13");
    }
    return sum + request;
  }
  Script script;
  Number sum = 0;
  progress::Capability kept;
  std::unique_ptr<Session<Number>> session;
};

struct Fixture {
  explicit Fixture(
      Scripted::Script script = [](auto&, const auto& input,
                                   auto& output) { output.forward(input.batch()); },
      HostSpec host_spec = spec())
      : host(std::move(host_spec), std::make_unique<Scripted>(std::move(script)), log) {
    host.start();
  }
  Log log;
  OperatorHost host;
};

void frontier(OperatorHost& host, std::uint64_t version, Antichain frontier) {
  host.frontier({progress::Generation(1), version, 0, std::move(frontier)});
}

TEST_CASE("starting registers the instance, and data is sent before its report") {
  Fixture f;
  REQUIRE(f.log.reports.size() == 1);
  REQUIRE(f.log.reports[0].changes.empty());
  f.host.deliver(0, 2, batch_of({1, 2}, Time{0}));
  REQUIRE(f.log.events == std::vector<std::string>{"report"});
  REQUIRE_FALSE(f.host.run());
  REQUIRE(f.log.events == std::vector<std::string>{"report", "send", "report"});
  REQUIRE(f.log.reports[1].changes ==
          std::vector<progress::Change>{{progress::Location(0), Time{0}, -2},
                                        {progress::Location(2), Time{0}, +2}});
}

TEST_CASE("what comes before the start waits for it, and an idle host does not work") {
  Log log;
  OperatorHost host(spec(), std::make_unique<Scripted>([](auto&, const auto&, auto&) {}), log);
  host.deliver(0, 2, batch_of({1}, Time{0}));
  REQUIRE_FALSE(host.run());
  REQUIRE(host.activations() == 0);
  REQUIRE(log.reports.empty());
  host.start();
  host.run();
  REQUIRE(host.activations() == 1);
  host.run();
  host.run();
  REQUIRE(host.activations() == 1);
  REQUIRE(log.reports.size() == 2);
}

TEST_CASE("a batch of another generation is dropped and counted") {
  Fixture f;
  f.host.deliver(0, 2, batch_of({1}, Time{0}, 0));
  f.host.run();
  REQUIRE(f.log.sent.empty());
  REQUIRE(f.log.reports.size() == 1);
  REQUIRE(f.host.stale() == 1);
}

TEST_CASE("a congested host takes no data until credit comes back") {
  Fixture f([](auto&, const auto& input, auto& output) { output.forward(input.batch()); },
            spec(1000));
  const data::Batch batch = batch_of({1, 2, 3}, Time{0});
  const std::uint64_t bytes = batch.footprint();
  const std::uint64_t fit = (1000 + bytes - 1) / bytes;
  for (int i = 0; i < 100; ++i) {
    f.host.deliver(0, 2, batch);
  }
  REQUIRE_FALSE(f.host.run());
  REQUIRE(f.log.sent.size() == 3 * fit);
  // What was taken is given back, in steps of half a window; not what waits.
  REQUIRE(f.log.credit <= fit * bytes);
  REQUIRE(f.log.credit + 500 > fit * bytes);
  REQUIRE_FALSE(f.host.run());
  REQUIRE(f.host.credit(0, 2, bytes).ok());
  f.host.run();
  REQUIRE(f.log.sent.size() == 3 * (fit + 1));
  REQUIRE(f.host.credit(0, 2, fit * bytes).ok());
  f.host.run();
  REQUIRE(f.log.sent.size() == 3 * (2 * fit + 1));
}

TEST_CASE("credit that nothing is outstanding for is refused, and changes nothing") {
  Fixture f([](auto&, const auto& input, auto& output) { output.forward(input.batch()); },
            spec(1000));
  const auto refusal = [](Fixture& of, std::uint32_t channel, std::uint32_t worker) {
    const base::Status status = of.host.credit(channel, worker, 1);
    REQUIRE(status.code() == base::Code::input);
    return status.message();
  };
  CHECK(refusal(f, 0, 2) == "1 bytes of credit came back where 0 were outstanding");
  CHECK(refusal(f, 7, 2) == "credit for edge 7, which does not leave from operator \"probe me\"");
  CHECK(refusal(f, 0, 3) == "credit came back from worker 3 on edge 0, which takes none of it");
  Fixture without;
  CHECK(refusal(without, 0, 2) ==
        "credit came back from worker 2 on edge 0, which takes none of it");
}

// As it comes from another process.
data::Batch from_outside(const data::Batch& batch) {
  std::vector<std::byte> wire;
  batch.append_wire(wire);
  return data::Batch::from_wire(wire).value();
}

TEST_CASE("records of another layout from another process fail the dataflow by their sender") {
  Fixture f;
  data::BatchWriter<std::string> writer;
  writer.append("one");
  f.host.deliver(0, 1, from_outside(writer.finish({.generation = 1, .time = {0}})));
  REQUIRE_FALSE(f.host.run());
  REQUIRE(f.host.dead());
  REQUIRE(f.log.failures.size() == 1);
  CHECK(f.log.failures[0].find("what worker 1 sent makes no sense: a batch on channel 0 has "
                               "layout 0x") != std::string::npos);
}

TEST_CASE("a request that is malformed is refused, and fails nothing") {
  Fixture f;
  data::BatchWriter<std::string> writer;
  writer.append("one");
  f.host.ask(1, from_outside(writer.finish({})));
  f.host.run();
  REQUIRE_FALSE(f.host.dead());
  CHECK(f.log.answers.at(0).second == "usage: a message of another type than the operator takes");
}

TEST_CASE("a boundary that no leader that works gives fails the dataflow") {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  for (const auto& [interval, epoch] :
       {std::pair<std::uint64_t, std::uint64_t>(1, 9), {0, 5}, {0, kMost}}) {
    HostSpec checkpointed = spec();
    checkpointed.checkpoints = true;
    Fixture f([](auto&, const auto&, auto&) {}, checkpointed);
    frontier(f.host, 1, {Time{7}});
    f.host.boundary(interval, epoch);
    REQUIRE(f.host.dead());
    CHECK(f.log.failures.at(0).find("what the leader sent makes no sense: epoch " +
                                    std::to_string(epoch)) != std::string::npos);
  }
}

TEST_CASE("a request is answered after the data that came before it, and before what came after") {
  Fixture f;
  f.host.deliver(0, 2, batch_of({1, 2}, Time{0}));
  f.host.ask(7, single<Number>(100));
  f.host.deliver(0, 2, batch_of({4}, Time{0}));
  f.host.ask(8, single<Number>(100));
  f.host.ask(9, single<std::string>("text"));
  f.host.run();
  using Answers = std::vector<std::pair<std::uint64_t, std::string>>;
  REQUIRE(f.log.answers ==
          Answers{{7, "103"},
                  {8, "107"},
                  {9, "usage: a message of another type than the operator takes"}});
}

TEST_CASE("requests are bounded in number") {
  Fixture f;
  for (std::size_t i = 0; i < OperatorHost::kMaxAsks + 2; ++i) {
    f.host.ask(i, single<Number>(1));
  }
  REQUIRE(f.log.answers.size() == 2);
  REQUIRE(f.log.answers[0].second ==
          "refused: operator \"probe me\" has too many requests waiting; ask again later");
  while (f.host.run()) {
  }
  REQUIRE(f.log.answers.size() == OperatorHost::kMaxAsks + 2);
  f.host.ask(1, single<Number>(1));
  f.host.run();
  REQUIRE(f.log.answers.back().second == "1");
}

TEST_CASE("a notification asked for after its time was complete comes without another frontier") {
  struct Late : Unary<Number, Number> {
    void on_batch(const Input<Number>&, Output<Number>& output) override {
      if (!kept.valid()) {
        kept = output.retain();
      } else {
        notify_at(std::move(kept));
      }
    }
    void on_notify(progress::Capability at, Output<Number>& output) override {
      output.session(at).give(at.time()[0]);
    }
    progress::Capability kept;
  };
  Log log;
  OperatorHost host(spec(), std::make_unique<Late>(), log);
  host.start();
  host.deliver(0, 2, batch_of({1}, Time{3}));
  host.run();
  frontier(host, 1, Antichain({Time{5}}));
  host.run();
  REQUIRE(log.sent.empty());
  host.deliver(0, 2, batch_of({1}, Time{5}));
  REQUIRE_FALSE(host.run());
  REQUIRE(log.sent == std::vector<Number>{3});
}

TEST_CASE(
    "an operator that throws fails once, with its name, worker and time, and reports nothing") {
  const auto throwing = [](auto throw_it) {
    return [throw_it](auto&, const Input<Number>& input, Output<Number>& output) {
      output.session().give(1);
      if (input.size() == 2) {
        throw_it();
      }
    };
  };
  const std::vector<std::pair<Scripted::Script, std::string>> cases = {
      {throwing([] { throw std::runtime_error("too hot"); }), "too hot"},
      {throwing([] { throw 42; }), "an exception that is no std::exception"},
      {throwing([] { throw data::RecordTooLarge(300 << 20); }),
       data::RecordTooLarge(300 << 20).what()}};
  for (const auto& [script, what] : cases) {
    Fixture f(script);
    f.host.deliver(0, 2, batch_of({1}, Time{3}));
    f.host.deliver(0, 2, batch_of({1, 2}, Time{4}));
    f.host.ask(1, single<Number>(1));
    f.host.deliver(0, 2, batch_of({1}, Time{5}));
    REQUIRE_FALSE(f.host.run());
    REQUIRE(f.log.failures == std::vector<std::string>{
                                  "operator \"probe me\" on worker 2 failed at time (4): " + what});
    REQUIRE(f.host.dead());
    REQUIRE(f.log.reports.size() == 1);
    // Whoever asks is told, before and after.
    f.host.ask(2, single<Number>(1));
    f.host.run();
    REQUIRE(f.log.answers.size() == 2);
    REQUIRE(f.log.answers[0].second == "refused: operator \"probe me\" has failed");
    REQUIRE(f.log.answers[1].second == f.log.answers[0].second);
    REQUIRE(f.log.failures.size() == 1);
  }
}

TEST_CASE("a notification that was due before is not overtaken by one that is due now") {
  // Takes one notification a move of the frontier, and says at which time.
  struct OneAtATime : Unary<Number, Number> {
    void on_batch(const Input<Number>&, Output<Number>& output) override {
      notify_at(output.retain());
    }
    bool on_frontier(Output<Number>& output) override {
      if (std::optional<progress::Capability> at = next_notification()) {
        output.session(*at).give(10 * at->time()[0] + at->time()[1]);
      }
      return false;
    }
  };
  HostSpec nested = spec();
  const auto identity = progress::PathSummary::identity(2);
  nested.coordinates = 2;
  nested.outputs[0].edges[0].summary = identity;
  nested.internals = {{0, 0, identity}};
  Log log;
  OperatorHost host(std::move(nested), std::make_unique<OneAtATime>(), log);
  host.start();
  for (const Time& time : {Time{0, 7}, Time{0, 8}, Time{1, 5}}) {
    host.deliver(0, 2, batch_of({0}, time));
  }
  host.run();
  // Both times of epoch 0 are due, then that of epoch 1, too.
  frontier(host, 1, {{0, 9}, {1, 2}});
  host.run();
  frontier(host, 2, {{0, 9}, {1, 6}});
  host.run();
  frontier(host, 3, {});
  host.run();
  REQUIRE(log.sent == std::vector<Number>{7, 8, 15});
}

TEST_CASE("a failure while nothing is at work names no time, and one of a notification its own") {
  Fixture f;
  f.host.deliver(0, 2, batch_of({1}, Time{3}));
  f.host.run();
  f.host.ask(5, single<Number>(13));
  f.host.run();
  REQUIRE(f.log.failures ==
          std::vector<std::string>{"operator \"probe me\" on worker 2 failed: no answer to 13"});
  REQUIRE(f.log.answers.size() == 1);

  struct Notified : Unary<Number, Number> {
    void on_batch(const Input<Number>&, Output<Number>& output) override {
      notify_at(output.retain());
    }
    void on_notify(progress::Capability, Output<Number>&) override {
      throw std::runtime_error("late");
    }
  };
  Log log;
  OperatorHost host(spec(), std::make_unique<Notified>(), log);
  host.start();
  host.deliver(0, 2, batch_of({1}, Time{3}));
  host.run();
  frontier(host, 1, Antichain{Time{4}});
  host.run();
  REQUIRE(log.failures ==
          std::vector<std::string>{"operator \"probe me\" on worker 2 failed at time (3): late"});
}

// What the check says that ends the process; under the test's handler it arrives as a failure.
std::string misuse(const Scripted::Script& script) {
  std::string what;
  const std::string broken = testing::broken_by([&] {
    Fixture f(script);
    f.host.deliver(0, 2, batch_of({1}, Time{3}));
    f.host.run();
    f.host.deliver(0, 2, batch_of({1, 2}, Time{4}));
    f.host.run();
    what = f.log.failures.empty() ? "" : f.log.failures[0];
  });
  return broken.empty() ? what : broken;
}

bool says(const std::string& message, const std::string& text) {
  CAPTURE(message, text);
  CHECK(message.find("probe me") != std::string::npos);
  return message.find(text) != std::string::npos;
}

TEST_CASE("misuse of capabilities and sessions ends the process and names the operator") {
  REQUIRE(says(misuse([](Scripted& op, const Input<Number>&, Output<Number>& output) {
                 op.kept = output.retain();
                 op.kept.drop();
                 output.session(op.kept).give(1);
               }),
               "after it was dropped"));
  REQUIRE(says(misuse([](Scripted&, const Input<Number>&, Output<Number>& output) {
                 output.retain(Time{2});
               }),
               "no declared path leads"));
  REQUIRE(says(misuse([](Scripted&, const Input<Number>&, Output<Number>& output) {
                 output.retain().downgrade(Time{1});
               }),
               "cannot be downgraded"));
  REQUIRE(says(misuse([](Scripted& op, const Input<Number>& input, Output<Number>& output) {
                 if (input.size() == 1) {
                   op.session = std::make_unique<Session<Number>>(output.session());
                 } else {
                   op.session->give(5);
                 }
               }),
               "gave records to a session that was over"));
}

TEST_CASE("a notification that could never come is misuse") {
  HostSpec deaf = spec();
  deaf.inputs[0].interest = progress::Interest::never;
  const std::string broken = testing::broken_by([&] {
    Fixture f([](Scripted& op, const Input<Number>&,
                 Output<Number>& output) { op.notify_at(output.retain()); },
              deaf);
    f.host.deliver(0, 2, batch_of({1}, Time{3}));
    f.host.run();
    // The host takes what a check handler throws for the operator's own failure.
    throw testing::BrokenInvariant(f.log.failures.empty() ? "" : f.log.failures[0]);
  });
  REQUIRE(says(broken, "declared no interest"));
}

}  // namespace
}  // namespace eagre::dataflow
