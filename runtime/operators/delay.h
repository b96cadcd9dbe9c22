// delay: moves records to later times and lets each go when its new time is reached.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// f: (const progress::Time&, const T&) -> progress::Time, at or after the record's own time.
// Records of a time go on when no earlier time is outstanding at the input.
template <class T, class F>
class Delay final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  explicit Delay(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    input.for_each([&](const T& record) {
      const progress::Time time = f_(input.time(), record);
      auto it = waiting_.find(time);
      if (it == waiting_.end()) {
        it = waiting_.try_emplace(time, output.retain(time)).first;
      }
      it->second.records.push_back(record);
    });
  }

  bool on_frontier(dataflow::Output<T>& output) override {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if (output.congested()) {
        return true;
      }
      if (this->frontier().less_than(it->first)) {
        ++it;
        continue;
      }
      auto session = output.session(it->second.capability);
      for (const T& record : it->second.records) {
        session.give(record);
      }
      it = waiting_.erase(it);
    }
    return false;
  }

 private:
  struct Waiting {
    explicit Waiting(progress::Capability held) : capability(std::move(held)) {}
    progress::Capability capability;
    std::vector<T> records;
  };

  F f_;
  std::map<progress::Time, Waiting, progress::LexicographicLess> waiting_;
};

}  // namespace eagre::operators
