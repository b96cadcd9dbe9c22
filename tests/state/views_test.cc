// The typed views against standard containers: random writes and reads by several workers, as if
// exchanged by key, in epochs that go on, saved at random moments and restored by other numbers of
// workers. Catches a view that forgets, keeps what is too old, or takes back another's keys.
#include "runtime/state/views.h"

#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/random.h"

namespace eagre::state {
namespace {

using Number = std::uint64_t;
using List = std::vector<Number>;
using Map = std::map<std::string, Number>;

struct Spread {
  Number least = ~Number{0};
  Number most = 0;
};
struct Widen {
  void operator()(Spread& spread, const Number& n) const {
    spread.least = std::min(spread.least, n);
    spread.most = std::max(spread.most, n);
  }
};
struct Greater {
  Number operator()(Number a, Number b) const { return std::max(a, b); }
};

// What one worker keeps.
struct Kept {
  explicit Kept(StateOptions options)
      : value(states, "value", options),
        list(states, "list", options),
        map(states, "map", options),
        most(states, "most", options),
        spread(states, "spread", options) {}

  States states;
  ValueState<std::string, Number> value;
  ListState<std::string, Number> list;
  MapState<std::string, std::string, Number> map;
  ReducingState<std::string, Number, Greater> most;
  AggregatingState<std::string, Spread, Widen> spread;
};

// What should be there, and when it was written.
struct Expected {
  std::optional<std::pair<Number, Number>> value;
  std::optional<std::pair<List, Number>> list;
  std::optional<std::pair<Map, Number>> map;
  std::optional<std::pair<Number, Number>> most;
  std::optional<std::pair<std::pair<Number, Number>, Number>> spread;

  void age(Number epoch, Number ttl) {
    const auto drop = [&](auto& entry) {
      if (entry && epoch - entry->second > ttl) {
        entry.reset();
      }
    };
    drop(value);
    drop(list);
    drop(map);
    drop(most);
    drop(spread);
  }
};

template <class T>
T& open(std::optional<std::pair<T, Number>>& entry, Number epoch) {
  if (!entry) {
    entry.emplace();
  }
  entry->second = epoch;
  return entry->first;
}

// All workers, and what they should hold together.
class Model {
 public:
  Model(std::optional<Number> ttl, base::Random& random) : ttl_(ttl), random_(random) { make(2); }

  void act() {
    if (random_.below(8) == 0) {
      epoch_ += random_.below(4);
    }
    const std::string key = fmt::format("the key of number {}", random_.below(40));
    const std::string inner = fmt::format("{}", random_.below(4));
    const Number n = random_.below(1000);
    Expected& should = expect(key);
    Kept& kept = owner(key);
    switch (random_.below(12)) {
      case 0:
        kept.value.set(key, n);
        open(should.value, epoch_) = n;
        break;
      case 1:
        kept.value.at(key) += n;
        open(should.value, epoch_) += n;
        break;
      case 2:
        REQUIRE(kept.value.erase(key) == should.value.has_value());
        should.value.reset();
        break;
      case 3:
        kept.list.append(key, n);
        open(should.list, epoch_).push_back(n);
        break;
      case 4:
        kept.list.set(key, {n, n});
        open(should.list, epoch_) = {n, n};
        break;
      case 5:
        kept.map.set(key, inner, n);
        open(should.map, epoch_)[inner] = n;
        break;
      case 6:
        kept.map.at(key, inner) += n;
        open(should.map, epoch_)[inner] += n;
        break;
      case 7:
        erase_inner(kept, should, key, inner);
        break;
      case 8:
        kept.most.add(key, n);
        should.most = {should.most ? std::max(should.most->first, n) : n, epoch_};
        break;
      case 9:
        kept.spread.add(key, n);
        should.spread = {should.spread ? std::pair(std::min(should.spread->first.first, n),
                                                   std::max(should.spread->first.second, n))
                                       : std::pair(n, n),
                         epoch_};
        break;
      default:
        break;
    }
    compare(key);
  }

  // All are stopped dead, and as many as `workers` go on.
  void restore(std::uint32_t workers) {
    std::vector<data::Snapshot> snapshots;
    const auto before = static_cast<std::uint32_t>(workers_.size());
    for (std::uint32_t worker = 0; worker < before; ++worker) {
      data::SnapshotWriter writer;
      workers_[worker]->states.save(writer, worker, before);
      snapshots.push_back(writer.take());
    }
    make(workers);
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      for (std::uint32_t from = 0; from < before; ++from) {
        if (workers == before && from != worker) {
          continue;
        }
        data::SnapshotReader reader(snapshots[from], {from, worker, workers, workers == before});
        workers_[worker]->states.restore(reader);
        REQUIRE(reader.at_end());
      }
    }
  }

  void compare_all() {
    std::size_t values = 0;
    for (const auto& worker : workers_) {
      worker->states.set_epoch(epoch_);
      worker->value.for_each([&](const std::string&, Number) { ++values; });
    }
    for (int i = 0; i < 40; ++i) {
      const std::string key = fmt::format("the key of number {}", i);
      compare(key);
      values -= expect(key).value ? 1 : 0;
    }
    REQUIRE(values == 0);
  }

 private:
  void make(std::uint32_t workers) {
    workers_.clear();
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      workers_.push_back(std::make_unique<Kept>(StateOptions{.ttl_epochs = ttl_}));
    }
  }

  Kept& owner(const std::string& key) {
    Kept& kept = *workers_[data::worker_of_group(data::key_group(data::key_hash(key)),
                                                 static_cast<std::uint32_t>(workers_.size()))];
    kept.states.set_epoch(epoch_);
    return kept;
  }
  Expected& expect(const std::string& key) {
    Expected& should = expected_[key];
    if (ttl_) {
      should.age(epoch_, *ttl_);
    }
    return should;
  }

  void erase_inner(Kept& kept, Expected& should, const std::string& key, const std::string& inner) {
    const bool there = should.map && should.map->first.contains(inner);
    REQUIRE(kept.map.erase(key, inner) == there);
    if (there) {
      open(should.map, epoch_).erase(inner);
      if (should.map->first.empty()) {
        should.map.reset();
      }
    }
  }

  void compare(const std::string& key) {
    const Expected& should = expect(key);
    Kept& kept = owner(key);
    REQUIRE(kept.value.get(key, 7) == (should.value ? should.value->first : 7));
    REQUIRE(kept.list.size(key) == (should.list ? should.list->first.size() : 0));
    REQUIRE((kept.list.find(key) == nullptr ? List{} : *kept.list.find(key)) ==
            (should.list ? should.list->first : List{}));
    Map map;
    kept.map.for_each_of(key, [&](const std::string& inner, Number n) { map.emplace(inner, n); });
    REQUIRE(map == (should.map ? should.map->first : Map{}));
    REQUIRE(kept.map.size(key) == map.size());
    REQUIRE(kept.map.contains(key) == should.map.has_value());
    REQUIRE(kept.map.contains(key, "1") == map.contains("1"));
    const Number* const most = kept.most.find(key);
    REQUIRE((most == nullptr ? 0 : *most) == (should.most ? should.most->first : 0));
    const Spread* const spread = kept.spread.find(key);
    REQUIRE((spread != nullptr) == should.spread.has_value());
    if (spread != nullptr) {
      REQUIRE(std::pair(spread->least, spread->most) == should.spread->first);
    }
  }

  std::optional<Number> ttl_;
  base::Random& random_;
  Number epoch_ = 0;
  std::vector<std::unique_ptr<Kept>> workers_;
  std::map<std::string, Expected> expected_;
};

void check(bool ages) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    base::Random random(seed);
    Model model(ages ? std::optional(random.below(6)) : std::nullopt, random);
    for (int i = 0; i < 300; ++i) {
      model.act();
      if (random.below(60) == 0) {
        model.restore(static_cast<std::uint32_t>(1 + random.below(4)));
      }
    }
    model.compare_all();
  }
}

TEST_CASE("views hold what standard containers do, whoever restores them") {
  check(false);
}
TEST_CASE("what is too old is gone by epoch, whoever restores it") {
  check(true);
}

TEST_CASE("what is too old takes no place") {
  States states;
  ValueState<Number, Number> state(states, "counts", {.ttl_epochs = 2});
  for (Number epoch = 0; epoch < 1000; ++epoch) {
    states.set_epoch(epoch);
    for (Number i = 0; i < 10; ++i) {
      state.set(epoch * 10 + i, 1);
    }
    REQUIRE(state.held() <= 60);
  }
  data::SnapshotWriter writer;
  states.save(writer, 0, 1);
  std::size_t saved = 0;
  for (const data::Batch& batch : writer.take()) {
    saved += batch.count();
  }
  REQUIRE(saved == 1 + 30);
}

TEST_CASE("a time to live needs epochs in order") {
  States states;
  ValueState<Number, Number> state(states, "counts", {.ttl_epochs = 2});
  states.set_epoch(5);
  state.set(1, 1);
  states.set_epoch(4);
  REQUIRE_THROWS_WITH(state.contains(1),
                      "state \"counts\" with a time to live was used in epoch 4 after epoch 5, so "
                      "that what is gone would depend on the schedule: say kEpochsInOrder, or use "
                      "it in on_notify only");
}

TEST_CASE("a name is one state's") {
  States states;
  const ValueState<Number, Number> first(states, "counts");
  using Second = ListState<Number, Number>;
  REQUIRE_THROWS_WITH(Second(states, "counts"),
                      "two states of one operator are named \"counts\": the name is how a state is "
                      "found in a checkpoint, so each needs one of its own");
}

// What restoring says to a snapshot of a ValueState<Number, Number> "counts".
template <class View>
std::string refusal(const std::string& name, const data::Share& share = {}) {
  States states;
  ValueState<Number, Number> saved(states, "counts");
  for (Number n = 0; n < 20; ++n) {
    saved.set(n, n);
  }
  data::SnapshotWriter writer;
  states.save(writer, 0, 2);
  const data::Snapshot snapshot = writer.take();
  States others;
  const View view(others, name);
  data::SnapshotReader reader(snapshot, share);
  try {
    others.restore(reader);
  } catch (const data::ForeignSnapshot& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a state is only restored as what it was") {
  using Same = ValueState<Number, Number>;
  CHECK(refusal<Same>("counts").empty());
  CHECK(refusal<Same>("sums") ==
        "the checkpoint holds a state \"counts\", and this operator keeps none of that name");
  CHECK(refusal<ListState<Number, Number>>("counts") ==
        "state \"counts\" is a list state here, and in the checkpoint a value state");
  CHECK(refusal<ValueState<Number, std::string>>("counts") ==
        "state \"counts\" is a value state here, and in the checkpoint a value state of other "
        "types");
  CHECK(refusal<ReducingState<Number, Number, Greater>>("counts") ==
        "state \"counts\" is a reducing state here, and in the checkpoint a value state");
  CHECK(refusal<Same>("counts", {0, 1, 3, false}) ==
        "state \"counts\" was kept by keys that were not exchanged to their worker, so it can only "
        "be restored with as many workers as before: exchange the operator's input by the key of "
        "the state");
}

TEST_CASE("a state that came later is not in the checkpoint") {
  data::SnapshotWriter writer;
  {
    States states;
    const ValueState<Number, Number> counts(states, "counts");
    states.save(writer, 0, 1);
  }
  States states;
  const ValueState<Number, Number> counts(states, "counts");
  const ValueState<Number, Number> sums(states, "sums");
  const data::Snapshot snapshot = writer.take();
  data::SnapshotReader reader(snapshot);
  REQUIRE_THROWS_WITH(states.restore(reader), "the checkpoint holds no state \"sums\"");
}

}  // namespace
}  // namespace eagre::state
