// Watermarks: how far event time is taken to have come. A frontier is a guarantee, a watermark is a
// guess at what the world outside will still send; what proves it wrong is late.
//
// Law: the watermark of an epoch depends on the records of the epochs before it alone, so it is the
// same on every worker and in every run. It never moves back.
// Source: Akidau et al., "The Dataflow Model" (VLDB 2015), section 2.3; that it moves with epochs,
// and not with each record, is this library's own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/key.h"
#include "runtime/data/snapshot.h"
#include "runtime/progress/event_time.h"

namespace eagre::windows {

// What is expected of the order of records.
struct Disorder {
  // A record is at most so much older than the newest one of its source in earlier epochs. In units
  // of event time, 0 or more. 0: each epoch goes on where the one before ended.
  std::int64_t bound = 0;
  // A source of which no record came in so many epochs holds the others back no longer, until it
  // comes again. None: it does for ever.
  std::optional<std::uint64_t> idle_epochs{};
};

// S: what names a source of records, a record itself.
// Threads: value.
template <class S>
class Watermark {
 public:
  explicit Watermark(Disorder disorder) : disorder_(disorder) {}

  // The newest record of a source in the epoch of the last call of at().
  void saw(const S& source, std::int64_t newest) { coming_.emplace_back(source, newest); }

  // The watermark of `epoch`; everything of the epochs before has been seen. Epochs are asked for
  // in order.
  std::int64_t at(std::uint64_t epoch) {
    if (epoch <= epoch_) {
      return watermark_;
    }
    for (const auto& [source, newest] : std::exchange(coming_, {})) {
      Source& of = sources_.try_emplace(source, Source{newest, epoch_}).first->second;
      of.newest = std::max(of.newest, newest);
      of.epoch = epoch_;
    }
    // Between the two epochs nothing came: the watermark changes where a source becomes idle.
    move_on(epoch_ + 1);
    if (disorder_.idle_epochs) {
      std::vector<std::uint64_t> idle_from;
      for (const auto& [name, source] : sources_) {
        idle_from.push_back(idle_from_of(source));
      }
      std::sort(idle_from.begin(), idle_from.end());
      for (const std::uint64_t from : idle_from) {
        if (from > epoch_ && from <= epoch) {
          move_on(from);
        }
      }
    }
    epoch_ = epoch;
    return watermark_;
  }

  void save(data::SnapshotWriter& writer) const {
    writer.section<Saved>([this](auto&& give) {
      for (const auto& [name, source] : sources_) {
        give({name, source.newest, source.epoch});
      }
    });
    writer.value(std::pair(epoch_, watermark_));
  }
  // All instances have saved the same.
  void restore(data::SnapshotReader& reader) {
    reader.section<Saved>([this](const Saved& saved) {
      const auto& [name, newest, epoch] = saved;
      sources_.insert_or_assign(name, Source{newest, epoch});
    });
    std::tie(epoch_, watermark_) = reader.value<std::pair<std::uint64_t, std::int64_t>>();
  }

 private:
  struct Source {
    std::int64_t newest = 0;
    // The last one in which it came.
    std::uint64_t epoch = 0;
  };
  using Saved = std::tuple<S, std::int64_t, std::uint64_t>;

  // The first epoch in which it is idle.
  std::uint64_t idle_from_of(const Source& source) const {
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - 1;
    return std::min(*disorder_.idle_epochs, most - source.epoch) + source.epoch + 1;
  }

  // To what the sources say that are not idle at `epoch`.
  void move_on(std::uint64_t epoch) {
    std::optional<std::int64_t> least;
    for (const auto& [name, source] : sources_) {
      if (!disorder_.idle_epochs || epoch < idle_from_of(source)) {
        least = std::min(least.value_or(source.newest), source.newest);
      }
    }
    if (!least) {
      return;
    }
    const bool reaches = *least >= progress::kFirstEventTime + disorder_.bound;
    watermark_ =
        std::max(watermark_, reaches ? *least - disorder_.bound : progress::kFirstEventTime);
  }

  Disorder disorder_;
  std::map<S, Source, data::CanonicalLess<S>> sources_;
  std::vector<std::pair<S, std::int64_t>> coming_;
  std::uint64_t epoch_ = 0;
  std::int64_t watermark_ = progress::kFirstEventTime;
};

// All records are of one source.
struct OneSource {
  template <class T>
  std::uint8_t operator()(const T&) const {
    return 0;
  }
};

}  // namespace eagre::windows
