// Laws and pinned values of hashes, random numbers, sums and byte counts (RapidCheck, examples).
// Catches: a hash or random sequence that changes between versions (stored data would no longer
// be found), a sum that depends on the order of its terms, bytes that print as something else than
// they read.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/fixed_sum.h"
#include "runtime/base/hash.h"
#include "runtime/base/random.h"
#include "tests/support/broken_invariant.h"
#include "tests/support/rapidcheck.h"

namespace eagre::base {
namespace {

using eagre::testing::broken_by;
using eagre::testing::check;

std::uint64_t hash_text(std::string_view text) {
  return hash_bytes(std::as_bytes(std::span(text)));
}

TEST_CASE("hashes are pinned: xxh3 with seed 0") {
  CHECK(hash_text("") == 0x2d06800538d394c2);
  CHECK(hash_text("a") == 0xe6c632b61e964e1f);
  CHECK(hash_text("abc") == 0x78af5f94892f3950);
  CHECK(hash_text("the quick brown fox jumps over the lazy dog") == 0xe4541a9cacf545aa);
  CHECK(hash_u64(0) == 0xc77b3abb6f87acd9);
  CHECK(hash_u64(~std::uint64_t{0}) == 0x5111c7e47d784413);
}

TEST_CASE("hash_u64 is hash_bytes of the number's eight bytes") {
  check("the same hash", [](std::uint64_t value) {
    std::array<std::byte, sizeof(value)> bytes;
    std::memcpy(bytes.data(), &value, sizeof(value));
    RC_ASSERT(hash_u64(value) == hash_bytes(bytes));
  });
}

TEST_CASE("random numbers are pinned for a seed") {
  Random random(42);
  CHECK(random() == 1546998764402558742u);
  CHECK(random() == 6990951692964543102u);
  CHECK(random() == 12544586762248559009u);
}

TEST_CASE("random numbers below n are below n and reach every value") {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) {
    ++seen.at(random.below(7));
  }
  for (const int count : seen) {
    CHECK((count > 800 && count < 1200));
  }
  check("below", [](std::uint64_t seed) {
    const auto n = *rc::gen::nonZero<std::uint64_t>();
    RC_ASSERT(Random(seed).below(n) < n);
  });
  CHECK_FALSE(broken_by([&] { random.below(0); }).empty());
}

TEST_CASE("a coin falls as often as it should") {
  Random random(2);
  int heads = 0;
  for (int i = 0; i < 10000; ++i) {
    CHECK_FALSE(random.coin(0));
    CHECK(random.coin(1));
    heads += random.coin(0.3) ? 1 : 0;
  }
  CHECK((heads > 2700 && heads < 3300));
}

// Terms of very different sizes, up to what FixedSum takes.
rc::Gen<double> terms() {
  return rc::gen::apply(
      [](std::int64_t mantissa, int exponent) {
        const double term = std::ldexp(static_cast<double>(mantissa), exponent - 63);
        return term / 1024;
      },
      rc::gen::arbitrary<std::int64_t>(), rc::gen::inRange(-90, 26));
}

TEST_CASE("a fixed sum does not depend on order or grouping") {
  check("order and grouping", [] {
    const auto values = *rc::gen::container<std::vector<double>>(terms());
    FixedSum forward;
    for (const double value : values) {
      forward.add(value);
    }
    std::vector<double> shuffled = values;
    Random random(*rc::gen::arbitrary<std::uint64_t>());
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::array<FixedSum, 3> parts;
    for (const double value : shuffled) {
      parts.at(random.below(3)).add(value);
    }
    parts[2].merge(parts[0]);
    parts[2].merge(parts[1]);
    RC_ASSERT(parts[2] == forward);
    RC_ASSERT(parts[2].value() == forward.value());
  });
}

TEST_CASE("a fixed sum of one term is the term, down to 2^-48") {
  check("exact", [] {
    const double value = *terms();
    FixedSum sum;
    sum.add(value);
    if (std::abs(value) >= 0x1.0p-48) {
      RC_ASSERT(sum.value() == value);
    } else {
      RC_ASSERT(std::abs(sum.value() - value) <= 0x1.0p-101);
    }
    sum.add(-value);
    RC_ASSERT(sum == FixedSum());
  });
}

TEST_CASE("a fixed sum adds what doubles lose") {
  FixedSum sum;
  sum.add(0x1.0p26);
  for (int i = 0; i < 1024; ++i) {
    sum.add(0x1.0p-40);
  }
  sum.add(-0x1.0p26);
  CHECK(sum.value() == 0x1.0p-30);
}

TEST_CASE("a fixed sum refuses what is out of its range") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double bad : {0x1.1p26, -0x1.1p26, kInfinity, std::nan("")}) {
    CHECK_FALSE(FixedSum::in_range(bad));
    CHECK_FALSE(broken_by([&] { FixedSum().add(bad); }).empty());
  }
  FixedSum sum;
  sum.add(0x1.0p26);
  CHECK(broken_by([&] { sum.add(0x1.0p26); }).find("range") != std::string::npos);
  CHECK(sum.value() == 0x1.0p26);
}

TEST_CASE("byte counts read what they print") {
  CHECK(to_string(ByteCount(0)) == "0B");
  CHECK(to_string(4_MiB) == "4MiB");
  CHECK(to_string(ByteCount(1025)) == "1025B");
  CHECK(ByteCount::parse("64 KiB").value() == 64_KiB);
  CHECK(ByteCount::parse("100").value() == 100_B);
  check("parse(to_string(x)) is x", [](std::uint64_t value, std::uint8_t shift) {
    const ByteCount bytes(value << (shift % 64));
    RC_ASSERT(ByteCount::parse(to_string(bytes)).value() == bytes);
  });
}

TEST_CASE("what is no amount of bytes is refused with the reason") {
  for (const char* text : {"", "MiB", "-1", "1.5MiB", "4MB", "4MiBs", "4 Mi B",
                           "18446744073709551616", "18446744073709551615KiB"}) {
    const Result<ByteCount> result = ByteCount::parse(text);
    CAPTURE(text);
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().code() == Code::usage);
    CHECK(result.status().message().find("is not an amount of bytes: ") != std::string::npos);
  }
}

}  // namespace
}  // namespace eagre::base
