// Laws of byte credit: a sender and a receiver in a plain loop, in any order (RapidCheck).
// Catches: bytes lost or made up, a pair that stops for ever, more under way than allowed.

#include "runtime/data/credit.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include "tests/support/rapidcheck.h"

namespace eagre::data {
namespace {

using namespace eagre::base::literals;
using eagre::testing::check;

TEST_CASE("all batches arrive, whatever their sizes, with at most a window and a batch under way") {
  check("a loop of sender and receiver", [] {
    const auto window = *rc::gen::inRange<std::uint64_t>(0, 200);
    const auto sizes =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 500));
    const auto choices = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
    CreditSender sender{base::ByteCount(window)};
    CreditReceiver receiver{base::ByteCount(window)};
    std::deque<std::uint64_t> inbox;
    std::deque<std::uint64_t> returned;
    std::size_t next = 0;
    std::uint64_t consumed = 0;
    const std::uint64_t largest = sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end());
    const auto give_back = [&](std::optional<std::uint64_t> bytes) {
      if (bytes) {
        returned.push_back(*bytes);
      }
    };
    const auto send = [&] {
      if (next == sizes.size() || sender.blocked()) {
        return false;
      }
      sender.take(sizes[next]);
      inbox.push_back(sizes[next++]);
      return true;
    };
    const auto receive = [&] {
      if (inbox.empty()) {
        return false;
      }
      const std::uint64_t bytes = inbox.front();
      inbox.pop_front();
      consumed += bytes;
      give_back(receiver.consumed(bytes));
      return true;
    };
    const auto settle = [&] {
      if (returned.empty()) {
        return false;
      }
      RC_ASSERT(sender.give_back(returned.front()).ok());
      returned.pop_front();
      return true;
    };
    for (const bool choice : choices) {
      if (choice) {
        send();
      } else {
        (void)(receive() || settle());
      }
      RC_ASSERT(sender.outstanding() <= window + largest);
    }
    // However it began, it ends.
    while (send() || receive() || settle()) {
      RC_ASSERT(sender.outstanding() <= window + largest);
    }
    RC_ASSERT(next == sizes.size());
    RC_ASSERT(inbox.empty());
    RC_ASSERT(!sender.blocked());
    RC_ASSERT(sender.outstanding() == receiver.pending());
  });
}

TEST_CASE("a batch larger than the window passes alone") {
  CreditSender sender(64_KiB);
  CHECK_FALSE(sender.blocked());
  sender.take(1 << 20);
  CHECK(sender.blocked());
  CreditReceiver receiver(64_KiB);
  const std::optional<std::uint64_t> back = receiver.consumed(1 << 20);
  REQUIRE(back);
  REQUIRE(sender.give_back(*back).ok());
  CHECK_FALSE(sender.blocked());
}

TEST_CASE("credit comes back by half windows") {
  CreditReceiver receiver(100_B);
  CHECK_FALSE(receiver.consumed(30));
  CHECK(receiver.consumed(30) == 60u);
  CHECK_FALSE(receiver.consumed(49));
  CHECK(receiver.pending() == 49u);
  CHECK(receiver.consumed(1) == 50u);
  CHECK(receiver.pending() == 0u);
}

TEST_CASE("more credit than was taken cannot come back") {
  CreditSender sender(100_B);
  sender.take(10);
  CHECK(sender.give_back(11) ==
        base::Status(base::Code::input, "11 bytes of credit came back where 10 were outstanding"));
  CHECK(sender.outstanding() == 10);
}

}  // namespace
}  // namespace eagre::data
