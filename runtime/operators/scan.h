// scan: a state machine per key whose state outlives times. Times are taken in lexicographic order,
// and the records of one time in canonical order, so that the output depends on the input alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"
#include "runtime/state/key_table.h"
#include "runtime/state/saved_table.h"

namespace eagre::operators {

// key: const T& -> K. step: (const K&, State&, const T&, give) -> void, give(const Out&).
// Inside a loop the state lives for one epoch.
template <class T, class K, class State, class Out, class KeyOf, class Step>
class Scan final : public dataflow::Unary<T, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  Scan(KeyOf key, Step step) : key_(std::move(key)), step_(std::move(step)) {}

  void on_start() override { this->set_notify_order(dataflow::NotifyOrder::sorted); }
  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) override {
    std::vector<T>& waiting = waiting_.at(input.time(), [&] { this->notify_at(output.retain()); });
    input.for_each([&](const T& record) { waiting.push_back(record); });
  }

  void on_notify(progress::Capability at, dataflow::Output<Out>& output) override {
    std::vector<T> records = waiting_.take(at.time());
    std::sort(records.begin(), records.end(), data::CanonicalLess<T>{});
    auto session = output.session(at);
    auto give = [&session](const Out& record) { session.give(record); };
    states_at(at.time()).update(std::span<const T>(records), key_,
                                [&](const T& record, const K& key, State& state, bool) {
                                  step_(key, state, record, give);
                                });
  }

  bool recovers() const override { return kSaves; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    waiting_.check_done();
    if constexpr (kSaves) {
      save_table(writer, states_);
      writer.value(epoch_);
    }
  }
  void on_restore(data::SnapshotReader& reader) override {
    if constexpr (kSaves) {
      restore_table(reader, states_);
      // Inside a loop states of an epoch that is over are of no use, whichever it was.
      epoch_ = reader.value<std::uint64_t>();
    }
  }

 private:
  static constexpr bool kSaves = data::Record<K> && data::Saveable<State>;

  state::KeyTable<K, State>& states_at(const progress::Time& time) {
    if (time.size() != 1 && time[0] != epoch_) {
      epoch_ = time[0];
      states_.clear();
    }
    return states_;
  }

  KeyOf key_;
  Step step_;
  PerTime<std::vector<T>> waiting_;
  state::KeyTable<K, State> states_;
  // Whose states they are, inside a loop.
  std::uint64_t epoch_ = 0;
};

// The running count of a record's key, for every record, at once: counts do not depend on the
// order inside an epoch, only on epochs being taken in order. Not for loops, whose rounds overlap.
template <class T, class K, class KeyOf>
class RunningCount final : public dataflow::Unary<T, std::pair<K, std::uint64_t>> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  static constexpr bool kEpochsInOrder = true;
  explicit RunningCount(KeyOf key) : key_(std::move(key)) {}

  void on_batch(const dataflow::Input<T>& input,
                dataflow::Output<std::pair<K, std::uint64_t>>& output) override {
    auto session = output.session();
    input.for_each_block(block_, [&](std::span<const T> records) {
      counts_.update(records, key_, [&](const T&, const K& key, std::uint64_t& count, bool) {
        session.give({key, ++count});
      });
    });
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override { save_table(writer, counts_); }
  void on_restore(data::SnapshotReader& reader) override { restore_table(reader, counts_); }

 private:
  KeyOf key_;
  state::KeyTable<K, std::uint64_t> counts_;
  std::vector<T> block_;
};

}  // namespace eagre::operators
