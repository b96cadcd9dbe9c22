// Identifiers as types: two kinds of number that must not be mixed get two types at no cost.
//   struct WorkerTag;  using WorkerId = base::Id<WorkerTag, std::uint32_t>;
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace eagre::base {

// Trivially copyable, of the size of Int; ordered and hashed by its number.
// Threads: value.
template <class Tag, class Int>
class Id {
 public:
  using Value = Int;

  constexpr Id() = default;
  constexpr explicit Id(Int value) : value_(value) {}

  constexpr Int value() const { return value_; }

  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;

  friend std::string to_string(Id id) { return std::to_string(id.value_); }

 private:
  Int value_ = 0;
};

}  // namespace eagre::base

template <class Tag, class Int>
struct std::hash<eagre::base::Id<Tag, Int>> {
  std::size_t operator()(eagre::base::Id<Tag, Int> id) const noexcept {
    return std::hash<Int>{}(id.value());
  }
};
