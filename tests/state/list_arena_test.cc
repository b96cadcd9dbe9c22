// Lists in an arena against vectors, on random pushes (RapidCheck).
// Catches: elements lost when a list moves, blocks given to two lists, memory that grows although
// blocks are free.

#include "runtime/state/list_arena.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/rapidcheck.h"

namespace eagre::state {
namespace {

using eagre::testing::check;

template <class E, class Make>
void lists_are_vectors(const char* kind, Make make) {
  check(kind, 50, 100, [&] {
    BlockArena arena(List<E>::kBytes);
    std::vector<List<E>> lists(5);
    std::vector<std::vector<E>> oracle(lists.size());
    for (auto left = *rc::gen::inRange(0, 2000); left != 0; --left) {
      const auto list = *rc::gen::inRange<std::size_t>(0, lists.size());
      oracle[list].push_back(make(left));
      lists[list].push(oracle[list].back(), arena);
    }
    for (std::size_t i = 0; i < lists.size(); ++i) {
      RC_ASSERT(std::ranges::equal(lists[i].elements(), oracle[i]));
    }
  });
}

TEST_CASE("lists in an arena hold what was pushed, in order") {
  static_assert(std::is_same_v<List<char>, ArenaList<char>>);
  static_assert(std::is_same_v<List<std::string>, OwningList<std::string>>);
  lists_are_vectors<char>("bytes", [](int i) { return static_cast<char>(i); });
  lists_are_vectors<std::pair<std::uint64_t, std::uint32_t>>("pairs", [](int i) {
    return std::pair<std::uint64_t, std::uint32_t>(static_cast<std::uint64_t>(i), 7);
  });
  lists_are_vectors<std::string>("strings",
                                 [](int i) { return std::string(30, 'x') + std::to_string(i); });
}

TEST_CASE("blocks that lists have left are used again") {
  BlockArena arena(8);
  std::size_t most = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::byte* const block = arena.take(4);
    std::byte* const other = arena.take(2);
    arena.give_back(block, 4);
    arena.give_back(other, 2);
    most = std::max(most, arena.bytes());
  }
  CHECK(most <= 4096);
  // Every size up to a list of a million.
  List<std::uint64_t> list;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    list.push(i, arena);
  }
  CHECK(list.elements().back() == 999'999);
  CHECK(arena.bytes() < std::size_t{8} * 1'000'000 * 5 / 2 + (1 << 20));
}

}  // namespace
}  // namespace eagre::state
