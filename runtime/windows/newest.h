// The newest event time of each source in each epoch, when the epoch is complete: what watermarks
// are made of.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "runtime/data/key.h"
#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"

namespace eagre::windows {

// at: const T& -> event time. source_of: const T& -> S.
template <class T, class S, class At, class SourceOf>
class Newest final : public dataflow::Unary<T, std::pair<S, std::int64_t>> {
 public:
  using Out = std::pair<S, std::int64_t>;
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  Newest(At at, SourceOf source_of) : at_(std::move(at)), source_of_(std::move(source_of)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) override {
    BySource& sources = times_.at(input.time(), [&] { this->notify_at(output.retain()); });
    auto last = sources.end();
    input.for_each([&](const T& record) {
      const auto event_time = static_cast<std::int64_t>(at_(record));
      const S source = source_of_(record);
      if (last == sources.end() || data::Canonical<S>::compare(last->first, source) != 0) {
        last = sources.try_emplace(source, event_time).first;
      }
      last->second = std::max(last->second, event_time);
    });
  }

  void on_notify(progress::Capability at, dataflow::Output<Out>& output) override {
    auto session = output.session(at);
    for (const auto& [source, newest] : times_.take(at.time())) {
      session.give({source, newest});
    }
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter&) override { times_.check_done(); }

 private:
  using BySource = std::map<S, std::int64_t, data::CanonicalLess<S>>;

  At at_;
  SourceOf source_of_;
  operators::PerTime<BySource> times_;
};

}  // namespace eagre::windows
