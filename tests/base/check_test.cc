// Examples of checks, statuses and ids.
// Catches: a check that is silent, formats its message when nothing is wrong, or loses condition
// and place; a Result that hands out a value it has not.

#include "runtime/base/check.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <unordered_set>

#include "runtime/base/ids.h"
#include "runtime/base/status.h"
#include "tests/support/broken_invariant.h"

namespace eagre::base {
namespace {

using eagre::testing::broken_by;

TEST_CASE("a failed check says what, on what, with which value and where") {
  const int held = 3;
  const std::string message = broken_by([&] { EAGRE_CHECK(held == 4, "{} of {}", held, "four"); });
  CHECK(message.starts_with("eagre: broken invariant: 3 of four (held == 4, "));
  CHECK(message.find("check_test.cc:") != std::string::npos);
}

TEST_CASE("a check that holds does not evaluate its message") {
  int evaluated = 0;
  EAGRE_CHECK(true, "{}", ++evaluated);
  CHECK(evaluated == 0);
}

TEST_CASE("EAGRE_FAIL never passes") {
  CHECK(broken_by([] { EAGRE_FAIL("no {}", "way"); }).find("invariant: no way (") !=
        std::string::npos);
}

TEST_CASE("a status prints its code and message") {
  CHECK(Status().ok());
  CHECK(Status().to_string() == "ok");
  const Status refused(Code::refused, "port 80 is taken");
  CHECK_FALSE(refused.ok());
  CHECK(refused.code() == Code::refused);
  CHECK(refused.to_string() == "refused: port 80 is taken");
}

TEST_CASE("a failed status cannot carry the code ok") {
  CHECK(broken_by([] { (void)Status(Code::ok, "fine"); }).find("fine") != std::string::npos);
  CHECK(broken_by([] { (void)Result<int>(Status()); }).find("without a value") !=
        std::string::npos);
}

TEST_CASE("a result is a value or a status") {
  Result<std::unique_ptr<int>> good(std::make_unique<int>(7));
  REQUIRE(good.ok());
  CHECK(good.status().ok());
  CHECK(**good == 7);
  const std::unique_ptr<int> taken = std::move(good).value();
  CHECK(*taken == 7);

  const Result<int> bad(Status(Code::input, "line 3 is empty"));
  CHECK_FALSE(bad);
  CHECK(bad.status().code() == Code::input);
  CHECK(broken_by([&] { (void)bad.value(); }).find("line 3 is empty") != std::string::npos);
  CHECK(Result<int>(bad).value_or(5) == 5);
}

TEST_CASE("ids are ordered, hashed and printed by their number") {
  using A = Id<struct ATag, std::uint32_t>;
  static_assert(sizeof(A) == sizeof(std::uint32_t));
  CHECK(A(3) == A(3));
  CHECK(A(3) < A(4));
  CHECK(A().value() == 0);
  CHECK(to_string(A(12)) == "12");
  const std::unordered_set<A> set = {A(1), A(2), A(1)};
  CHECK(set.size() == 2);
}

}  // namespace
}  // namespace eagre::base
