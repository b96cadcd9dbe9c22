// Windows that do not overlap: each is one slice, which leaves as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/windows/window_operator.h"

namespace eagre::windows {

template <class T, class K, class KeyOf, class At, class Fold>
class TumblingWindows final : public WindowOperator<T, K, KeyOf, At, Fold> {
  using Base = WindowOperator<T, K, KeyOf, At, Fold>;

 public:
  using Base::Base;
  using typename Base::Out;

 private:
  using typename Base::State;
  using typename Base::Table;
  struct Leaving {
    Slice slice;
    Table table;
    typename Table::Position next;
  };

  std::int64_t first_due(const Slice& slice) const override { return slice.last; }
  std::optional<std::int64_t> next_due() const override {
    return this->open().empty() ? std::nullopt : std::optional(this->open().first().last);
  }

  bool release(std::optional<std::int64_t> least, dataflow::Output<Out>& output) override {
    while (!leaving_ || emit_some(output)) {
      if (this->open().empty() || (least && *least <= this->open().first().last)) {
        return true;
      }
      auto [slice, table] = this->open().take_first();
      leaving_.emplace(Leaving{slice, std::move(table), {}});
    }
    return false;
  }

  // Whether everything left.
  bool emit_some(dataflow::Output<Out>& output) {
    const Window window = this->slicing().window(this->slicing().last_at(leaving_->slice.first));
    auto session = output.session(this->held().at(leaving_->slice.last));
    const bool all = leaving_->table.visit(leaving_->next, [&](const K& key, State& state) {
      session.give({key, window, this->fold().result(state)});
      return !output.congested();
    });
    if (all) {
      this->open().give_back(std::move(leaving_->table));
      leaving_.reset();
    }
    return all;
  }

  std::optional<Leaving> leaving_;
};

}  // namespace eagre::windows
