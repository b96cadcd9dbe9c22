// Laws of every pact's router on random batches, times, workers and batch sizes (RapidCheck).
// Catches: records lost, doubled, at the wrong worker, time or channel; empty batches; batches that
// stay open after a flush or grow far beyond their target; copies where the body could be shared.

#include "runtime/data/router.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "runtime/data/pact.h"
#include "tests/data/arbitrary_records.h"
#include "tests/data/batches.h"
#include "tests/support/broken_invariant.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;
using eagre::testing::broken_by;
using eagre::testing::check;

using Word = std::pair<std::string, std::uint32_t>;

struct Sent final : Emit {
  std::vector<std::pair<std::uint32_t, Batch>> batches;
  void emit(std::uint32_t worker, Batch batch) override { batches.emplace_back(worker, batch); }
};

// What went where at which time; a multiset.
using Placed = std::multiset<std::tuple<std::uint32_t, std::uint64_t, std::string, std::uint32_t>>;

struct Run {
  std::vector<Batch> batches;
  RouterOptions options;
  Sent sent;
};

Header header_at(std::uint64_t epoch, std::uint64_t interval) {
  return Header{.generation = 4, .channel = 1, .interval = interval, .time = {epoch}};
}

// Random batches through a router of `pact`.
Run run(const Pact& pact) {
  Run run;
  run.options = {.channel = *rc::gen::element(1u, 9u),
                 .workers = *rc::gen::inRange(1u, 6u),
                 .target_bytes = *rc::gen::element<std::size_t>(0, 1, 30, 1000, 1 << 20),
                 .generation = 4};
  run.options.self = *rc::gen::inRange(0u, run.options.workers);
  const std::unique_ptr<Router> router = pact.make_router(run.options);
  const auto batches = *rc::gen::inRange(0, 8);
  for (int i = 0; i < batches; ++i) {
    const auto epoch = *rc::gen::inRange<std::uint64_t>(0, 3);
    const auto interval = *rc::gen::inRange<std::uint64_t>(0, 2);
    run.batches.push_back(batch_of(any_draw(20).records<Word>(), header_at(epoch, interval)));
    router->route(run.batches.back(), run.sent);
    if (*rc::gen::inRange(0, 4) == 0) {
      router->flush(run.sent);
    }
  }
  router->flush(run.sent);
  const std::size_t sent = run.sent.batches.size();
  router->flush(run.sent);
  RC_ASSERT(run.sent.batches.size() == sent);
  return run;
}

void check_headers(const Run& run) {
  for (const auto& [worker, batch] : run.sent.batches) {
    RC_ASSERT(worker < run.options.workers);
    RC_ASSERT(batch.count() > 0);
    RC_ASSERT(batch.channel() == run.options.channel);
    RC_ASSERT(batch.header().generation == 4u);
  }
}

// Records with time and interval, wherever they were sent.
Placed contents(const std::vector<Batch>& batches) {
  Placed placed;
  for (const Batch& batch : batches) {
    for (const auto& [text, number] : records_of<Word>(batch)) {
      placed.emplace(static_cast<std::uint32_t>(batch.header().interval), batch.time()[0], text,
                     number);
    }
  }
  return placed;
}

Placed sent_to(const Run& run, std::optional<std::uint32_t> only) {
  std::vector<Batch> batches;
  for (const auto& [worker, batch] : run.sent.batches) {
    if (!only || worker == *only) {
      batches.push_back(batch);
    }
  }
  return contents(batches);
}

Pact by_text() {
  return Pact::exchange<Word>([](const Word& word) { return word.first; });
}
Pact by_number() {
  return Pact::partition<Word>([](const Word& word) { return word.second; });
}

TEST_CASE("routing keeps every record once, at its time and interval") {
  for (const Pact& pact :
       {Pact::pipeline(), Pact::gather(), Pact::rebalance<Word>(), by_text(), by_number()}) {
    check(std::string(pact.name()), 200, 100, [&] {
      const Run done = run(pact);
      check_headers(done);
      RC_ASSERT(sent_to(done, std::nullopt) == contents(done.batches));
    });
  }
}

TEST_CASE("broadcast gives everything to every worker and shares the body") {
  check("broadcast", 200, 100, [] {
    const Run done = run(Pact::broadcast());
    check_headers(done);
    for (std::uint32_t worker = 0; worker < done.options.workers; ++worker) {
      RC_ASSERT(sent_to(done, worker) == contents(done.batches));
    }
    std::set<const void*> bodies;
    for (const Batch& batch : done.batches) {
      bodies.insert(batch.body());
    }
    for (const auto& [worker, batch] : done.sent.batches) {
      RC_ASSERT(bodies.contains(batch.body()));
    }
  });
}

TEST_CASE("each pact sends to the workers it says") {
  check("pipeline stays", 100, 100, [] {
    const Run done = run(Pact::pipeline());
    for (const auto& [worker, batch] : done.sent.batches) {
      RC_ASSERT(worker == done.options.self);
    }
  });
  check("gather goes to worker 0", 100, 100, [] {
    const Run done = run(Pact::gather());
    for (const auto& [worker, batch] : done.sent.batches) {
      RC_ASSERT(worker == 0u);
    }
  });
  check("exchange goes to the worker of the key's group", 100, 100, [] {
    const Run done = run(by_text());
    for (const auto& [worker, batch] : done.sent.batches) {
      for (const Word& word : records_of<Word>(batch)) {
        RC_ASSERT(worker == worker_of_group(key_group(key_hash(word.first)), done.options.workers));
      }
    }
  });
  check("partition goes where the function says, modulo workers", 100, 100, [] {
    const Run done = run(by_number());
    for (const auto& [worker, batch] : done.sent.batches) {
      for (const Word& word : records_of<Word>(batch)) {
        RC_ASSERT(worker == word.second % done.options.workers);
      }
    }
  });
}

TEST_CASE("rebalance gives each worker the same number of records, but for one") {
  check("even", 100, 100, [] {
    const auto workers = *rc::gen::inRange(2u, 6u);
    const auto router = Pact::rebalance<Word>().make_router({.channel = 1, .workers = workers});
    Sent sent;
    for (int i = 0; i < 5; ++i) {
      router->route(batch_of(any_draw(60).records<Word>(), Header{.time = {1}}), sent);
    }
    router->flush(sent);
    std::vector<std::uint64_t> counts(workers);
    for (const auto& [worker, batch] : sent.batches) {
      counts[worker] += batch.count();
    }
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    RC_ASSERT(*most - *least <= 1u);
  });
}

TEST_CASE("records of a worker keep their order within a time") {
  check("first in, first out", 100, 100, [] {
    const auto router = by_number().make_router({.workers = 3, .target_bytes = 64});
    Sent sent;
    std::vector<std::uint64_t> expected;
    std::vector<Word> words(100);
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      words[i] = {std::to_string(i), i % 7};
    }
    router->route(batch_of(words), sent);
    router->flush(sent);
    std::map<std::uint32_t, int> last;
    for (const auto& [worker, batch] : sent.batches) {
      for (const Word& word : records_of<Word>(batch)) {
        const int number = std::stoi(word.first) + 1;
        RC_ASSERT(number > last[worker]);
        last[worker] = number;
      }
    }
  });
}

TEST_CASE("an open batch is sent when it reaches its target") {
  const auto router = by_number().make_router({.workers = 2, .target_bytes = 100});
  Sent sent;
  router->route(batch_of(std::vector<Word>(9, Word("12345678901234567890", 0))), sent);
  REQUIRE(sent.batches.size() == 2);  // 28 bytes a record: four to a batch
  CHECK(sent.batches[0].second.count() == 4);
  router->flush(sent);
  REQUIRE(sent.batches.size() == 3);
  CHECK(sent.batches[2].second.count() == 1);
}

TEST_CASE("with one worker, batches pass as they are") {
  const Batch batch = batch_of(std::vector<Word>{{"a", 1}}, Header{.channel = 5, .time = {1}});
  for (const Pact& pact : {Pact::pipeline(), Pact::gather(), Pact::broadcast(),
                           Pact::rebalance<Word>(), by_text(), by_number()}) {
    CAPTURE(pact.name());
    Sent sent;
    pact.make_router({.channel = 6})->route(batch, sent);
    REQUIRE(sent.batches.size() == 1);
    CHECK(sent.batches[0].second.body() == batch.body());
    CHECK(sent.batches[0].second.channel() == 6);
  }
}

TEST_CASE("a batch of another generation is a broken invariant") {
  const Batch batch = batch_of(std::vector<Word>{{"a", 1}});
  Sent sent;
  for (const std::uint32_t workers : {1u, 2u}) {
    const auto router = by_text().make_router({.workers = workers, .generation = 2});
    CHECK(broken_by([&] { router->route(batch, sent); }).find("generation 0") != std::string::npos);
  }
  CHECK_FALSE(broken_by([] { (void)Pact::gather().make_router({.workers = 0}); }).empty());
}

}  // namespace
}  // namespace eagre::data
