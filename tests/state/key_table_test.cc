// Laws of keyed tables on random keys and calls (RapidCheck), each against a std::map.
// Catches: keys lost or doubled by growing, erasing or clearing; values given to the wrong key;
// keys that are equal and told apart, or the other way round; batches that differ from single
// calls; entries in a wrong key group.

#include "runtime/state/key_table.h"

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/rapidcheck.h"

namespace eagre::state {
namespace {

using eagre::testing::check;

struct Padded {
  std::uint8_t small = 0;
  std::uint64_t large = 0;
};

// Keys that are likely to meet: few of each kind, those among them that are hard to tell apart.
template <class K>
K any_key();

template <>
std::uint64_t any_key() {
  return *rc::gen::inRange<std::uint64_t>(0, 400);
}
template <>
std::uint8_t any_key() {
  return *rc::gen::arbitrary<std::uint8_t>();
}
template <>
double any_key() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return *rc::gen::element(0.0, -0.0, nan, -nan, std::bit_cast<double>(0x7ff8000000000001), 1.0,
                           -1.0, std::numeric_limits<double>::infinity());
}
template <>
std::string any_key() {
  // Around the length up to which they lie in the slot, with zeros in them.
  const auto size = *rc::gen::element<std::size_t>(0, 1, 2, 11, 12, 13, 14, 200);
  std::string text(size, '\0');
  if (size != 0) {
    text.back() = static_cast<char>(*rc::gen::inRange(0, 20));
  }
  return text;
}
template <>
Padded any_key() {
  Padded key;
  std::memset(static_cast<void*>(&key), *rc::gen::arbitrary<int>(), sizeof(key));
  key.small = *rc::gen::inRange<std::uint8_t>(0, 4);
  key.large = *rc::gen::inRange<std::uint64_t>(0, 20);
  return key;
}
template <>
std::optional<std::string> any_key() {
  if (*rc::gen::arbitrary<bool>()) {
    return std::nullopt;
  }
  return any_key<std::string>();
}
template <>
std::pair<double, std::string> any_key() {
  return {any_key<double>(), any_key<std::string>()};
}

template <class K>
using Oracle = std::map<K, std::uint64_t, data::CanonicalLess<K>>;

template <class K>
Oracle<K> contents(KeyTable<K, std::uint64_t>& table) {
  Oracle<K> all;
  table.for_each(
      [&](const K& key, std::uint64_t value) { RC_ASSERT(all.emplace(key, value).second); });
  RC_ASSERT(all.size() == table.size());
  RC_ASSERT(table.empty() == all.empty());
  return all;
}

template <class K>
bool same(const Oracle<K>& a, const Oracle<K>& b) {
  const data::CanonicalLess<K> less;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& x, const auto& y) {
    return !less(x.first, y.first) && !less(y.first, x.first) && x.second == y.second;
  });
}

template <class F>
void for_key_kinds(F f) {
  f.template operator()<std::uint64_t>("u64");
  f.template operator()<std::uint8_t>("u8");
  f.template operator()<double>("double");
  f.template operator()<std::string>("string");
  f.template operator()<Padded>("padded");
  f.template operator()<std::optional<std::string>>("optional");
  f.template operator()<std::pair<double, std::string>>("pair");
}

TEST_CASE("a keyed table is a map, whatever its keys are and is done with them") {
  for_key_kinds([]<class K>(const char* kind) {
    check(kind, 50, 100, [] {
      KeyTable<K, std::uint64_t> table;
      Oracle<K> oracle;
      const auto steps = *rc::gen::inRange(0, 400);
      const auto erasures = *rc::gen::element(0, 3, 12);
      for (int step = 0; step < steps; ++step) {
        const K key = any_key<K>();
        const auto what = *rc::gen::inRange(0, 20);
        if (what < erasures) {
          RC_ASSERT(table.erase(key) == (oracle.erase(key) != 0));
        } else if (what < 16) {
          const auto add = static_cast<std::uint64_t>(step);
          RC_ASSERT((table.at(key) += add) == (oracle[key] += add));
        } else if (what == 19 && *rc::gen::inRange(0, 30) == 0) {
          table.clear();
          oracle.clear();
        }
        const auto found = oracle.find(key);
        const std::uint64_t* const value = std::as_const(table).find(key);
        RC_ASSERT((value == nullptr) == (found == oracle.end()));
        if (value != nullptr) {
          RC_ASSERT(*value == found->second);
        }
      }
      RC_ASSERT(same(contents(table), oracle));
      KeyTable<K, std::uint64_t> moved = std::move(table);
      RC_ASSERT(same(contents(moved), oracle));
    });
  });
}

TEST_CASE("a batch does what its records do one by one, in order") {
  for_key_kinds([]<class K>(const char* kind) {
    check(kind, 30, 100, [] {
      KeyTable<K, std::uint64_t> batched;
      KeyTable<K, std::uint64_t> single;
      for (int batch = 0; batch < 3; ++batch) {
        std::vector<std::pair<K, std::uint64_t>> records(
            static_cast<std::size_t>(*rc::gen::inRange(0, 700)));
        for (auto& [key, number] : records) {
          key = any_key<K>();
          number = *rc::gen::inRange<std::uint64_t>(0, 9);
        }
        std::vector<std::pair<std::uint64_t, bool>> given;
        const auto by_value = [](const auto& record) { return record.first; };
        const auto by_reference = [](const auto& record) -> const K& { return record.first; };
        const auto f = [&](const auto& record, const K& key, std::uint64_t& value, bool added) {
          RC_ASSERT(data::key_hash(key) == data::key_hash(record.first));
          value = value * 3 + record.second;
          given.emplace_back(value, added);
        };
        const std::span<const std::pair<K, std::uint64_t>> span(records);
        if (batch % 2 == 0) {
          batched.update(span, by_value, f);
        } else {
          batched.update(span, by_reference, f);
        }
        RC_ASSERT(given.size() == records.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
          const bool added = single.find(records[i].first) == nullptr;
          std::uint64_t& value = single.at(records[i].first);
          value = value * 3 + records[i].second;
          RC_ASSERT(given[i] == std::pair(value, added));
        }
      }
      RC_ASSERT(same(contents(batched), contents(single)));

      std::vector<K> keys(static_cast<std::size_t>(*rc::gen::inRange(0, 300)));
      for (K& key : keys) {
        key = any_key<K>();
      }
      const auto itself = [](const K& key) -> const K& { return key; };
      std::size_t looked = 0;
      batched.look_up(std::span<const K>(keys), itself,
                      [&](const K& record, const K& key, const std::uint64_t* value) {
                        RC_ASSERT(&record == &keys[looked++] && &key == &record);
                        const std::uint64_t* const expected = single.find(key);
                        RC_ASSERT((value == nullptr) == (expected == nullptr));
                        if (value != nullptr) {
                          RC_ASSERT(*value == *expected);
                        }
                      });
      RC_ASSERT(looked == keys.size());
    });
  });
}

TEST_CASE("entries are visited by key group, and a visit goes on where it stopped") {
  check("groups", 30, 100, [] {
    KeyTable<std::string, std::uint64_t> table;
    Oracle<std::string> oracle;
    for (auto left = *rc::gen::inRange(0, 600); left != 0; --left) {
      const std::string key = std::to_string(left * 7919);
      table.at(key) = oracle[key] = static_cast<std::uint64_t>(left);
    }
    Oracle<std::string> by_group;
    for (std::uint32_t group = 0; group < data::kKeyGroups; ++group) {
      table.for_each_in(group, [&](const std::string& key, std::uint64_t value) {
        RC_ASSERT(data::key_group(data::key_hash(key)) == group);
        RC_ASSERT(by_group.emplace(key, value).second);
      });
    }
    RC_ASSERT(by_group == oracle);

    Oracle<std::string> visited;
    typename KeyTable<std::string, std::uint64_t>::Position at;
    const auto at_once = *rc::gen::inRange<std::size_t>(1, 50);
    for (bool done = false; !done;) {
      std::size_t left = at_once;
      done = table.visit(at, [&](const std::string& key, std::uint64_t value) {
        RC_ASSERT(visited.emplace(key, value).second);
        return --left != 0;
      });
    }
    RC_ASSERT(visited == oracle);
  });
}

TEST_CASE("a table grows to many keys, and gives memory back when it is cleared after few") {
  constexpr std::uint64_t kKeys = 300'000;
  KeyTable<std::uint64_t, std::uint32_t> table;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    ++table.at(key * key);
  }
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    REQUIRE(table.find(key * key) != nullptr);
  }
  CHECK(table.size() == kKeys);
  const std::size_t full = table.bytes();
  CHECK(full < kKeys * 34);
  table.clear();
  CHECK(table.empty());
  CHECK(table.bytes() == full);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ++table.at(key);
  }
  table.clear();
  CHECK(table.bytes() < full / 10);
}

TEST_CASE("values that own memory are destroyed once") {
  auto counted = std::make_shared<int>(0);
  {
    KeyTable<std::uint64_t, std::shared_ptr<int>> table;
    for (std::uint64_t key = 0; key < 1000; ++key) {
      table.at(key) = counted;
    }
    CHECK(counted.use_count() == 1001);
    for (std::uint64_t key = 0; key < 1000; key += 2) {
      table.erase(key);
    }
    CHECK(counted.use_count() == 501);
    table.clear();
    CHECK(counted.use_count() == 1);
    table.at(7) = counted;
  }
  CHECK(counted.use_count() == 1);
}

TEST_CASE("long keys that were erased do not fill the memory") {
  KeyTable<std::string, std::uint64_t> table;
  const std::string kept(100, 'k');
  table.at(kept) = 1;
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::string key = std::string(100, 'x') + std::to_string(i);
    table.at(key) = i;
    most = std::max(most, table.bytes());
    REQUIRE(table.erase(key));
  }
  CHECK(most < 200'000);
  CHECK(table.size() == 1);
  REQUIRE(table.find(kept) != nullptr);
  CHECK(*table.find(kept) == 1);
}

TEST_CASE("a set is a table without values") {
  static_assert(sizeof(NoValue) == 1);
  KeyTable<std::uint64_t, NoValue> set;
  const std::vector<std::uint64_t> records = {1, 2, 1, 3, 2};
  std::vector<std::uint64_t> first;
  const auto itself = [](const std::uint64_t& record) -> const std::uint64_t& { return record; };
  set.update(std::span<const std::uint64_t>(records), itself,
             [&](const std::uint64_t& record, const std::uint64_t&, NoValue, bool added) {
               if (added) {
                 first.push_back(record);
               }
             });
  CHECK(first == std::vector<std::uint64_t>{1, 2, 3});
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    set.at(key);
  }
  CHECK(set.bytes() < 10'000 * 18);
}

}  // namespace
}  // namespace eagre::state
