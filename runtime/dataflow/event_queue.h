// A queue that costs nothing while it is empty: a dataflow may have ten thousand idle operators,
// and a std::deque allocates 600 bytes for each.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace eagre::dataflow {

// Threads: value.
template <class T>
class EventQueue {
 public:
  bool empty() const { return next_ == items_.size(); }
  std::size_t size() const { return items_.size() - next_; }
  auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(next_); }
  auto end() const { return items_.end(); }

  void push_back(T item) { items_.push_back(std::move(item)); }
  // Puts items before all others, in their order.
  void push_front(std::vector<T> items) {
    items.insert(items.end(), std::make_move_iterator(items_.begin() + offset()),
                 std::make_move_iterator(items_.end()));
    items_ = std::move(items);
    next_ = 0;
  }
  // Takes the first item; there must be one.
  T take() {
    T item = std::move(items_[next_++]);
    if (empty()) {
      items_.clear();
      next_ = 0;
    } else if (next_ >= kSlack && next_ > items_.size() / 2) {
      items_.erase(items_.begin(), items_.begin() + offset());
      next_ = 0;
    }
    return item;
  }

 private:
  static constexpr std::size_t kSlack = 64;
  std::ptrdiff_t offset() const { return static_cast<std::ptrdiff_t>(next_); }

  // Those before next_ are taken.
  std::vector<T> items_;
  std::size_t next_ = 0;
};

}  // namespace eagre::dataflow
