// What an operator keeps, as batches: written at a checkpoint, read when it is restored. A section
// is a run of batches of one record type; sections are read in the order in which they were
// written. Batches are encoded by whoever stores the snapshot, not by the operator.
//
// Law: a reader gets the records of each section, and the sections, in the order of writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/data/batch.h"
#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"
#include "runtime/data/codec.h"
#include "runtime/data/key.h"
#include "runtime/progress/time.h"

namespace eagre::data {

// The header's channel is the number of its section.
using Snapshot = std::vector<Batch>;

// Threads: confined to one actor.
class SnapshotWriter {
 public:
  // fill: (give) -> void, give(const T&) any number of times.
  template <class T, class Fill>
  void section(Fill&& fill) {
    const Header header{.channel = sections_++, .time = progress::Time::minimum(1)};
    BatchWriter<T> writer;
    fill([&](const T& record) {
      writer.append(record);
      if (writer.bytes() >= kBatchBytes) {
        batches_.push_back(writer.finish(header));
      }
    });
    batches_.push_back(writer.finish(header));
  }
  template <class T>
  void value(const T& record) {
    section<T>([&](auto&& give) { give(record); });
  }

  Snapshot take() { return std::move(batches_); }

 private:
  static constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

  Snapshot batches_;
  std::uint32_t sections_ = 0;
};

// What an instance takes back of a snapshot. Where the number of workers has changed, every
// instance reads those of all that were: of what is kept by key it takes the keys that are
// exchanged to it now, of anything else that of every workers-th instance.
struct Share {
  // Whose snapshot it is.
  std::uint32_t from = 0;
  // Who reads it, of how many.
  std::uint32_t worker = 0;
  std::uint32_t workers = 1;
  // Nothing has changed.
  bool everything = true;
};

// The snapshot is not one of the operator that reads it.
class ForeignSnapshot : public std::runtime_error {
 public:
  ForeignSnapshot()
      : ForeignSnapshot(
            "the checkpoint does not hold what this operator keeps: it was taken by "
            "another version of the program") {}
  explicit ForeignSnapshot(const std::string& what) : std::runtime_error(what) {}
};

// Every function throws ForeignSnapshot if what is written is of another type, or missing.
// Threads: confined to one actor.
class SnapshotReader {
 public:
  // The snapshot must outlive the reader.
  explicit SnapshotReader(const Snapshot& snapshot, const Share& share = {})
      : snapshot_(snapshot), share_(share) {}

  // Whether the reading instance takes back what was kept for a key; for part `i` of what is read
  // in parts, by whichever instance; and what belongs to no key or part.
  template <class K>
  bool owns_key(const K& key) const {
    return share_.everything ||
           worker_of_group(key_group(key_hash(key)), share_.workers) == share_.worker;
  }
  bool owns_part(std::uint64_t i) const {
    return share_.everything || i % share_.workers == share_.worker;
  }
  bool owns_rest() const { return owns_part(share_.from); }

  // Whether the reading instance takes back all of it.
  bool owns_all() const { return share_.everything; }

  // f: const T& -> void, for each record of the next section.
  template <class T, class F>
  void section(F&& f) {
    if (at_end()) {
      throw ForeignSnapshot();
    }
    for (; !at_end() && snapshot_[next_].channel() == section_; ++next_) {
      const Batch& batch = snapshot_[next_];
      if (!verify<T>(batch).ok()) {
        throw ForeignSnapshot();
      }
      BatchReader<T>(batch).for_each(f);
    }
    ++section_;
  }
  template <class T>
  T value() {
    T result{};
    bool found = false;
    section<T>([&](const T& record) {
      result = record;
      found = true;
    });
    if (!found) {
      throw ForeignSnapshot();
    }
    return result;
  }
  bool at_end() const { return next_ == snapshot_.size(); }

 private:
  const Snapshot& snapshot_;
  Share share_;
  std::size_t next_ = 0;
  std::uint32_t section_ = 0;
};

// Times and batches in a snapshot.
using SavedTime = std::vector<std::uint64_t>;
inline SavedTime to_saved(const progress::Time& time) {
  return {time.coordinates().begin(), time.coordinates().end()};
}
inline progress::Time from_saved(const SavedTime& time) {
  return progress::Time(time);
}
// In stream framing.
using SavedBatch = std::vector<std::uint8_t>;
SavedBatch to_saved(const Batch& batch);
Batch from_saved(const SavedBatch& batch);

// Something that writes and reads what it has to remember.
template <class F>
concept Restartable = requires(F f, SnapshotWriter& writer, SnapshotReader& reader) {
  f.save(writer);
  f.restore(reader);
};

// One that can take back parts of what several of its kind wrote, when there are more or fewer
// workers than there were: restore() is called for each, and asks SnapshotReader::owns_part.
template <class F>
concept Rescalable = Restartable<F> && F::kRescales;

// A state that says itself how it is saved: saved() gives a record, restore() takes one.
template <class State>
concept SavesItself = requires(State state) {
  requires Record<std::remove_cvref_t<decltype(state.saved())>>;
  state.restore(state.saved());
};
// A state that can be in a snapshot.
template <class State>
concept Saveable = SavesItself<State> || Record<State>;

template <Saveable State>
auto to_record(const State& state) {
  if constexpr (SavesItself<State>) {
    return state.saved();
  } else {
    return state;
  }
}
template <Saveable State>
using SavedAs = decltype(to_record(std::declval<const State&>()));
template <Saveable State>
void from_record(const SavedAs<State>& record, State& state) {
  if constexpr (SavesItself<State>) {
    state.restore(record);
  } else {
    state = record;
  }
}

}  // namespace eagre::data
