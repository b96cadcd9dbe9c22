// top_k: the k first records of a key at a time by the user's order, ties by canonical order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "runtime/data/key.h"

namespace eagre::operators {

// A fold state: keeps the k first records. before(a, b): a comes before b.
template <class T, class Before>
class FirstK {
 public:
  void add(const T& record, std::size_t k, const Before& before) {
    const Order order{before};
    if (k == 0 || (heap_.size() == k && !order(record, heap_.front()))) {
      return;
    }
    if (heap_.size() == k) {
      std::pop_heap(heap_.begin(), heap_.end(), order);
      heap_.pop_back();
    }
    heap_.push_back(record);
    std::push_heap(heap_.begin(), heap_.end(), order);
  }

  // First record first. Leaves it empty.
  std::vector<T> take(const Before& before) {
    std::sort_heap(heap_.begin(), heap_.end(), Order{before});
    return std::move(heap_);
  }

  const std::vector<T>& saved() const { return heap_; }
  void restore(std::vector<T> saved) { heap_ = std::move(saved); }

 private:
  struct Order {
    bool operator()(const T& a, const T& b) const {
      if (before(a, b)) {
        return true;
      }
      return !before(b, a) && data::CanonicalLess<T>{}(a, b);
    }
    const Before& before;
  };

  std::vector<T> heap_;
};

}  // namespace eagre::operators
