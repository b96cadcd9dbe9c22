// Laws of key hashes and of the canonical order on random values (RapidCheck), and pinned values.
// Catches: a hash that sees padding, tells -0.0 from 0.0 or one NaN from another, an encoding that
// does not order as the values do, and hashes that change between versions: saved state would then
// be looked for at another worker.

#include "runtime/data/key.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>

#include "tests/data/arbitrary_records.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;
using eagre::testing::check;

template <class T>
std::vector<std::byte> encoded(const T& value) {
  std::vector<std::byte> bytes;
  canonical_encode(value, bytes);
  return bytes;
}

bool starts_with(const std::vector<std::byte>& text, const std::vector<std::byte>& start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}

// Two values that are often equal or nearly so.
template <class T>
std::pair<T, T> draw_two(Draw& draw) {
  T a = draw.any<T>();
  T b = draw.any<bool>() ? a : draw.any<T>();
  return {std::move(a), std::move(b)};
}

// Two values as their canonical forms see them.
struct Compared {
  std::vector<std::byte> a;
  std::vector<std::byte> b;
  bool a_less;
  bool b_less;
  bool same_hash;
};

template <class T>
Compared compare_two(Draw& draw) {
  const auto [a, b] = draw_two<T>(draw);
  const CanonicalLess<T> less;
  return {encoded(a), encoded(b), less(a, b), less(b, a), key_hash(a) == key_hash(b)};
}

void check_law_of_order(Compared (*compare)(Draw&)) {
  check_records("the order of the encodings", 300, 15, [&](Draw& draw) {
    const Compared two = compare(draw);
    RC_ASSERT(two.a_less == std::ranges::lexicographical_compare(two.a, two.b));
    RC_ASSERT(two.b_less == std::ranges::lexicographical_compare(two.b, two.a));
    // Not the beginning of another: fields that follow cannot change the order.
    if (two.a != two.b) {
      RC_ASSERT(!starts_with(two.a, two.b));
      RC_ASSERT(!starts_with(two.b, two.a));
    } else {
      RC_ASSERT(two.same_hash);
    }
  });
}

template <class T>
void check_order() {
  check_law_of_order(&compare_two<T>);
}

TEST_CASE("values order as their encodings, and equal encodings hash alike") {
  check_order<std::uint64_t>();
  check_order<std::int16_t>();
  check_order<char>();
  check_order<bool>();
  check_order<Colour>();
  check_order<double>();
  check_order<float>();
  check_order<std::chrono::microseconds>();
  check_order<std::string>();
  check_order<std::optional<std::optional<std::int8_t>>>();
  check_order<std::vector<std::uint8_t>>();
  check_order<std::vector<std::string>>();
  check_order<std::pair<std::string, std::string>>();
  check_order<std::tuple<std::string, double, std::vector<bool>>>();
  check_order<std::array<std::string, 2>>();
  check_order<Point>();
  check_order<Padded>();
  check_order<Order>();
}

TEST_CASE("numbers order numerically, strings bytewise") {
  check("integers", [](std::int64_t a, std::int64_t b) {
    RC_ASSERT(CanonicalLess<std::int64_t>()(a, b) == (a < b));
  });
  check_records("floating point", 300, 1, [](Draw& draw) {
    const auto [a, b] = draw_two<double>(draw);
    if (!std::isnan(a) && !std::isnan(b)) {
      RC_ASSERT(CanonicalLess<double>()(a, b) == (a < b));
    }
    if (std::isnan(a)) {
      RC_ASSERT(!CanonicalLess<double>()(a, b));
    }
  });
  check("strings", [](const std::string& a, const std::string& b) {
    RC_ASSERT(CanonicalLess<std::string>()(a, b) == (a < b));
  });
  CHECK(CanonicalLess<std::string>()("a", std::string("a\0", 2)));
  CHECK(CanonicalLess<std::string>()("z", "\xc3\xa9"));
}

TEST_CASE("the canonical order is a total order") {
  check_records("transitive, and sorting gives one result", 100, 30, [](Draw& draw) {
    std::vector<Order> orders = draw.records<Order>();
    std::vector<std::vector<std::byte>> encodings;
    encodings.reserve(orders.size());
    for (const Order& order : orders) {
      encodings.push_back(encoded(order));
    }
    std::sort(encodings.begin(), encodings.end());
    std::sort(orders.begin(), orders.end(), CanonicalLess<Order>());
    for (std::size_t i = 0; i < orders.size(); ++i) {
      RC_ASSERT(encoded(orders[i]) == encodings[i]);
    }
  });
}

struct Mixed {
  std::uint8_t small;
  double number;
  bool operator==(const Mixed&) const = default;
};

TEST_CASE("padding, the sign of zero and the kind of NaN are no part of a key") {
  check("padding", [](std::uint8_t small, unsigned char fill) {
    alignas(Mixed) unsigned char memory[sizeof(Mixed)];
    std::memset(memory, fill, sizeof(memory));
    auto& dirty = *reinterpret_cast<Mixed*>(memory);
    dirty.small = small;
    dirty.number = 1.5;
    RC_ASSERT(key_hash(dirty) == key_hash(Mixed{small, 1.5}));
    RC_ASSERT(encoded(dirty) == encoded(Mixed{small, 1.5}));
  });
  CHECK(key_hash(-0.0) == key_hash(0.0));
  CHECK(key_hash(-0.0f) == key_hash(0.0));
  CHECK(key_hash(Mixed{1, -0.0}) == key_hash(Mixed{1, 0.0}));
  CHECK(encoded(-0.0) == encoded(0.0));
  const double quiet = std::nan("1");
  const double other = -std::nan("77");
  CHECK(key_hash(quiet) == key_hash(other));
  CHECK(key_hash(Mixed{1, quiet}) == key_hash(Mixed{1, other}));
  CHECK(key_hash(Mixed{1, quiet}) != key_hash(Mixed{1, 0.0}));
}

TEST_CASE("equal values hash alike in every form") {
  check("strings", [](const std::string& text) {
    RC_ASSERT(key_hash(text) == key_hash(std::string_view(text)));
    if (text.find('\0') == std::string::npos) {
      RC_ASSERT(key_hash(text) == key_hash(text.c_str()));
    }
  });
  check("integers of any width", [](std::int8_t value) {
    const std::uint64_t hash = key_hash(value);
    RC_ASSERT(key_hash(static_cast<std::int16_t>(value)) == hash);
    RC_ASSERT(key_hash(static_cast<std::int64_t>(value)) == hash);
    RC_ASSERT(key_hash(static_cast<std::uint64_t>(value)) == hash);
    RC_ASSERT(key_hash(base::Id<struct SomeTag, std::int32_t>(value)) == hash);
    RC_ASSERT(key_hash(static_cast<float>(value)) == key_hash(static_cast<double>(value)));
  });
  CHECK(key_hash("key") == key_hash(std::string("key")));
  CHECK(key_hash(Colour::blue) == key_hash(2));
}

TEST_CASE("key hashes are pinned") {
  CHECK(key_hash(0) == 0xc77b3abb6f87acd9);
  CHECK(key_hash(std::uint64_t{42}) == 0xd5a6f8c838df27c8);
  CHECK(key_hash(-1) == 0x5111c7e47d784413);
  CHECK(key_hash(true) == 0x2fbc593564db792e);
  CHECK(key_hash(1.5) == 0xa6adab8826c48a82);
  CHECK(key_hash(std::nan("")) == 0x5111c7e47d784413);
  CHECK(key_hash("") == 0x2d06800538d394c2);
  CHECK(key_hash("eagre") == 0x30cff26614c57c2d);
  CHECK(key_hash(Point{3, -4}) == 0x36b1b496cb06899b);
  CHECK(key_hash(Padded{'x', 7, true, -2}) == 0x7f6c99507c0bd19c);
  CHECK(key_hash(std::pair<std::string, std::uint32_t>("a", 1)) == 0x2f78138cad3941a7);
  CHECK(key_hash(std::tuple<std::int32_t>(5)) == 0x13bf06a354aa2a9);
  CHECK(key_hash(std::optional<std::int32_t>(5)) == 0xe5b70887a1487b83);
  CHECK(key_hash(std::optional<std::int32_t>()) == 0xc44bdff4074eecdb);
  CHECK(key_hash(std::vector<std::uint16_t>{1, 2, 3}) == 0x14efc388480bda0d);
  CHECK(key_hash(Order{"a", {}, "note", {{1, "x"}}, Point{1, 2}, true}) == 0xc125c0090efbe258);
}

TEST_CASE("encodings are pinned: big-endian with the sign flipped, marks before optional parts") {
  const auto bytes = [](std::initializer_list<int> values) {
    std::vector<std::byte> made;
    for (const int value : values) {
      made.push_back(static_cast<std::byte>(value));
    }
    return made;
  };
  CHECK(encoded(std::int32_t{5}) == bytes({0x80, 0, 0, 5}));
  CHECK(encoded(std::int16_t{-1}) == bytes({0x7f, 0xff}));
  CHECK(encoded(1.0) == bytes({0xbf, 0xf0, 0, 0, 0, 0, 0, 0}));
  CHECK(encoded(std::string("a\0b", 3)) == bytes({'a', 0, 0xff, 'b', 0, 1}));
  CHECK(encoded(std::optional<bool>(true)) == bytes({1, 1}));
  CHECK(encoded(std::vector<std::uint8_t>{7, 8}) == bytes({1, 7, 1, 8, 0}));
  CHECK(key_hash(std::tuple<std::int32_t>(5)) == base::hash_bytes(bytes({0x80, 0, 0, 5})));
}

TEST_CASE("groups cover all workers in contiguous ranges, as evenly as they can") {
  for (std::uint32_t workers = 1; workers <= 300; ++workers) {
    std::vector<int> groups(workers);
    std::uint32_t previous = 0;
    for (std::uint32_t group = 0; group < kKeyGroups; ++group) {
      const std::uint32_t worker = worker_of_group(group, workers);
      REQUIRE(worker < workers);
      REQUIRE(worker >= previous);
      previous = worker;
      ++groups[worker];
    }
    const auto [least, most] = std::minmax_element(groups.begin(), groups.end());
    REQUIRE(*most - *least <= 1);
  }
}

TEST_CASE("keys spread over the groups") {
  std::vector<int> groups(kKeyGroups);
  for (int i = 0; i < 128 * 1000; ++i) {
    ++groups.at(key_group(key_hash(i)));
  }
  const auto [least, most] = std::minmax_element(groups.begin(), groups.end());
  CHECK(*least > 850);
  CHECK(*most < 1150);
}

}  // namespace
}  // namespace eagre::data
