// Sets of elements none of which is at or before another: frontiers (of times) and sets of path
// summaries. An antichain stands for everything at or after one of its elements.
//
// Law: insert keeps exactly the minimal elements of all that was ever inserted.
// Source: Murray et al., "Naiad" (SOSP 2013), section 2.3.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "runtime/progress/path_summary.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

// Elements are kept in the total order Less, which extends less_equal: equal antichains compare
// and print alike. Assignment reuses storage.
// Threads: value.
template <class T, class Less>
class BasicAntichain {
 public:
  BasicAntichain() = default;
  BasicAntichain(std::initializer_list<T> elements) {
    for (const T& element : elements) {
      insert(element);
    }
  }

  // Adds an element unless one at or before it is there; removes those it stands before. Returns
  // whether it was added.
  bool insert(T element) {
    if (less_equal(element)) {
      return false;
    }
    std::erase_if(elements_, [&](const T& e) { return dominates(element, e); });
    elements_.insert(std::upper_bound(elements_.begin(), elements_.end(), element, Less()),
                     std::move(element));
    return true;
  }
  // Takes out an element; returns whether it was there.
  bool erase(const T& element) {
    const auto found = std::find(elements_.begin(), elements_.end(), element);
    if (found == elements_.end()) {
      return false;
    }
    elements_.erase(found);
    return true;
  }
  void clear() { elements_.clear(); }
  // Exactly this element.
  void assign(const T& element) {
    elements_.clear();
    elements_.push_back(element);
  }

  // Some element is at or before `t`.
  bool less_equal(const T& t) const {
    return std::any_of(elements_.begin(), elements_.end(),
                       [&](const T& e) { return dominates(e, t); });
  }
  // Some element is strictly before `t`.
  bool less_than(const T& t) const {
    return std::any_of(elements_.begin(), elements_.end(),
                       [&](const T& e) { return dominates(e, t) && !(e == t); });
  }
  // Every element of `later` has one of this at or before it: what `later` stands for is contained
  // in what this stands for. A frontier may only move to one that its old value dominates.
  bool dominates_all(const BasicAntichain& later) const {
    return std::all_of(later.begin(), later.end(), [&](const T& t) { return less_equal(t); });
  }
  bool contains(const T& t) const {
    return std::find(elements_.begin(), elements_.end(), t) != elements_.end();
  }

  bool empty() const { return elements_.empty(); }
  std::size_t size() const { return elements_.size(); }
  const std::vector<T>& elements() const { return elements_; }
  auto begin() const { return elements_.begin(); }
  auto end() const { return elements_.end(); }

  friend bool operator==(const BasicAntichain&, const BasicAntichain&) = default;

 private:
  static bool dominates(const T& a, const T& b) {
    using eagre::progress::less_equal;
    return less_equal(a, b);
  }

  std::vector<T> elements_;
};

// A frontier: the times at or after which something may still happen. Empty: nothing ever again.
using Antichain = BasicAntichain<Time, LexicographicLess>;
using SummaryAntichain = BasicAntichain<PathSummary, SummaryLess>;

// "{(0, 3), (1, 0)}".
std::string to_string(const Antichain& antichain);
std::string to_string(const SummaryAntichain& antichain);
std::ostream& operator<<(std::ostream& out, const Antichain& antichain);
std::ostream& operator<<(std::ostream& out, const SummaryAntichain& antichain);

}  // namespace eagre::progress
