// total: how often each key came, once all of the input has been read, whatever its epochs.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/state/key_table.h"
#include "runtime/state/saved_table.h"

namespace eagre::operators {

// key: const T& -> K. The counts leave at the last of all epochs. Not for loops.
template <class T, class K, class KeyOf>
class Total final : public dataflow::Unary<T, std::pair<K, std::uint64_t>> {
 public:
  using Out = std::pair<K, std::uint64_t>;
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  static constexpr std::uint64_t kLastEpoch = std::numeric_limits<std::uint64_t>::max();
  explicit Total(KeyOf key) : key_(std::move(key)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) override {
    if (!at_) {
      at_ = output.retain();
    }
    input.for_each_block(block_, [&](std::span<const T> records) {
      counts_.update(records, key_,
                     [](const T&, const K&, std::uint64_t& count, bool) { ++count; });
    });
  }

  // The right to send stays as early as what may still come.
  bool on_frontier(dataflow::Output<Out>& output) override {
    if (!at_) {
      return false;
    }
    if (!this->frontier().empty()) {
      at_->try_downgrade(this->frontier().elements().front());
      return false;
    }
    auto session = output.session(at_->delayed({kLastEpoch}));
    const bool all = counts_.visit(next_, [&](const K& key, std::uint64_t count) {
      session.give({key, count});
      return !output.congested();
    });
    if (all) {
      at_.reset();
      counts_.clear();
    }
    return !all;
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    save_table(writer, counts_);
    writer.section<data::SavedTime>([this](auto&& give) {
      if (at_) {
        give(data::to_saved(at_->time()));
      }
    });
  }
  void on_restore(data::SnapshotReader& reader) override {
    restore_table(reader, counts_);
    reader.section<data::SavedTime>([this](const data::SavedTime& saved) {
      const progress::Time time = data::from_saved(saved);
      if (!at_ || time[0] < at_->time()[0]) {
        at_ = this->context().initial(0, time);
      }
    });
  }

 private:
  KeyOf key_;
  state::KeyTable<K, std::uint64_t> counts_;
  std::optional<progress::Capability> at_;
  typename state::KeyTable<K, std::uint64_t>::Position next_;
  std::vector<T> block_;
};

}  // namespace eagre::operators
