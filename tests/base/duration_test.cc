// Durations: what is written is what is read, and what is no span of time is refused with the way
// to write one.
#include "runtime/base/duration.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/support/rapidcheck.h"

namespace eagre::base {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a duration is a whole number and a unit") {
  CHECK(parse_duration("500ms").value() == milliseconds(500));
  CHECK(parse_duration("0s").value() == milliseconds(0));
  CHECK(parse_duration("2s").value() == milliseconds(2000));
  CHECK(parse_duration("3m").value() == milliseconds(180'000));
  CHECK(parse_duration("1h").value() == milliseconds(3'600'000));
}

TEST_CASE("what is no duration is refused, with the way to write one") {
  for (const char* text : {"", "5", "ms", "-1s", "1.5s", "5 s", "5S", "1d", "99999999999999999999s",
                           "9223372036854775807h"}) {
    const Result<milliseconds> duration = parse_duration(text);
    REQUIRE(!duration.ok());
    CHECK(duration.status().code() == Code::usage);
    CHECK(duration.status().message() ==
          "\"" + std::string(text) +
              "\" is no span of time: write a whole number and ms, s, m or h, such as 500ms");
  }
}

TEST_CASE("a duration is read back as it was written") {
  testing::check("what to_string() writes, parse_duration() reads", [](std::uint32_t count) {
    const milliseconds duration(count);
    RC_ASSERT(parse_duration(to_string(duration)).value() == duration);
  });
  CHECK(to_string(milliseconds(1500)) == "1500ms");
  CHECK(to_string(milliseconds(2000)) == "2s");
  CHECK(to_string(milliseconds(0)) == "0ms");
}

}  // namespace
}  // namespace eagre::base
