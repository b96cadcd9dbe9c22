// Input handles: how a program hands records to a dataflow, time by time. Batches go to the
// workers in turn. What a handle still holds when the driving function returns is sent, and the
// input is closed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/driver.h"
#include "runtime/data/batch_writer.h"

namespace eagre::api {

template <class T>
class Stream;

// The untyped part: holds, turn-taking, and the rules (no use after close, no going back).
// Threads: confined to the driving thread.
class InputFeed {
 public:
  InputFeed(std::shared_ptr<DriverSlot> slot, std::uint32_t node, std::string name);
  InputFeed(const InputFeed&) = delete;
  InputFeed& operator=(const InputFeed&) = delete;
  virtual ~InputFeed() = default;

  // Sends what is kept and gives up all holds. Idempotent.
  virtual void close() = 0;

 protected:
  // Kept records are handed over when their encoding reaches this size.
  static constexpr std::size_t kBatchBytes = 64 * 1024;

  // Sends the batch to the next worker in turn.
  void feed(data::Batch batch);
  // Changes the holds at all workers, after `batch`, if any, has gone to the next worker in turn.
  void change_holds(const std::vector<dataflow::HoldChange>& holds, data::Batch batch = {});
  // Throws MisuseError: `input "name" <what>`.
  [[noreturn]] void misuse(const std::string& what) const;
  // Names the input if the record is too large to travel.
  template <class T>
  void append(data::BatchWriter<T>& writer, const T& record) const {
    try {
      writer.append(record);
    } catch (const data::RecordTooLarge& error) {
      writer.clear();
      misuse(std::string("was sent ") + error.what());
    }
  }

 private:
  std::shared_ptr<DriverSlot> slot_;
  std::uint32_t node_;
  std::string name_;
  std::uint32_t turn_ = 0;
};

// Records at one epoch after another.
// Threads: confined to the driving thread.
template <class T>
class OrderedInput final : public InputFeed {
 public:
  using InputFeed::InputFeed;

  void send(const T& record) {
    check_open("sent a record");
    append(writer_, record);
    if (writer_.bytes() >= kBatchBytes) {
      flush();
    }
  }
  void flush() {
    check_open("flushed");
    if (data::Batch batch = take()) {
      feed(std::move(batch));
    }
  }
  void advance_to(std::uint64_t epoch) {
    check_open("advanced");
    if (epoch < epoch_) {
      misuse("was advanced backwards, from epoch " + std::to_string(epoch_) + " to " +
             std::to_string(epoch));
    }
    if (epoch == epoch_) {
      return;
    }
    change_holds({{progress::Time{epoch}, +1}, {progress::Time{epoch_}, -1}}, take());
    epoch_ = epoch;
  }
  std::uint64_t epoch() const { return epoch_; }
  void close() override {
    if (open_) {
      open_ = false;
      change_holds({{progress::Time{epoch_}, -1}}, take());
    }
  }

 private:
  // What was sent and is still kept, as a batch; null if there is none.
  data::Batch take() {
    if (writer_.count() == 0) {
      return {};
    }
    data::Header header;
    header.time = progress::Time{epoch_};
    return writer_.finish(header);
  }
  void check_open(const char* what) const {
    if (!open_) {
      misuse(std::string("was closed and then ") + what);
    }
  }

  data::BatchWriter<T> writer_;
  std::uint64_t epoch_ = 0;
  bool open_ = true;
};

// Records at any epochs for which a hold is kept, in any order.
// Threads: confined to the driving thread.
template <class T>
class UnorderedInput final : public InputFeed {
 public:
  using InputFeed::InputFeed;

  void hold(std::uint64_t epoch) {
    check_support(epoch, "asked for a hold");
    ++holds_[epoch];
    change_holds({{progress::Time{epoch}, +1}});
  }
  void release(std::uint64_t epoch) {
    const auto it = holds_.find(epoch);
    if (it == holds_.end()) {
      misuse("released a hold at epoch " + std::to_string(epoch) + " that it does not have");
    }
    if (--it->second == 0) {
      holds_.erase(it);
    }
    change_holds({{progress::Time{epoch}, -1}});
  }
  void send(std::uint64_t epoch, const std::vector<T>& records) {
    check_support(epoch, "sent records");
    for (const T& record : records) {
      append(writer_, record);
      if (writer_.bytes() >= kBatchBytes) {
        flush(epoch);
      }
    }
    if (writer_.count() != 0) {
      flush(epoch);
    }
  }
  void close() override {
    while (!holds_.empty()) {
      release(holds_.begin()->first);
    }
  }

 private:
  void flush(std::uint64_t epoch) {
    data::Header header;
    header.time = progress::Time{epoch};
    feed(writer_.finish(header));
  }
  void check_support(std::uint64_t epoch, const char* what) const {
    if (holds_.empty() || holds_.begin()->first > epoch) {
      misuse(std::string(what) + " at epoch " + std::to_string(epoch) +
             " without a hold at or before it");
    }
  }

  data::BatchWriter<T> writer_;
  std::map<std::uint64_t, std::uint64_t> holds_ = {{0, 1}};
};

// The user's handle on an ordered input. Cheap to copy; copies are one input.
// Threads: confined to the driving thread.
template <class T>
class InputHandle {
 public:
  InputHandle(std::shared_ptr<OrderedInput<T>> input, std::shared_ptr<const Stream<T>> stream)
      : input_(std::move(input)), stream_(std::move(stream)) {}

  // What is sent, as a stream.
  const Stream<T>& stream() const { return *stream_; }

  // One record at the current epoch. May wait while the dataflow's inboxes are full. Throws
  // MisuseError after close.
  void send(const T& record) { input_->send(record); }
  // Hands over what was sent and is still kept for batching.
  void flush() { input_->flush(); }
  // No more records of epochs before `epoch`. Throws MisuseError if that lies behind.
  void advance_to(std::uint64_t epoch) { input_->advance_to(epoch); }
  std::uint64_t epoch() const { return input_->epoch(); }
  // No more records at all.
  void close() { input_->close(); }

 private:
  std::shared_ptr<OrderedInput<T>> input_;
  std::shared_ptr<const Stream<T>> stream_;
};

// The user's handle on an unordered input. Cheap to copy; copies are one input.
// Threads: confined to the driving thread.
template <class T>
class UnorderedInputHandle {
 public:
  UnorderedInputHandle(std::shared_ptr<UnorderedInput<T>> input,
                       std::shared_ptr<const Stream<T>> stream)
      : input_(std::move(input)), stream_(std::move(stream)) {}

  // What is sent, as a stream.
  const Stream<T>& stream() const { return *stream_; }

  // A right to send at `epoch` from now on. Needs a present hold at or before it; at the start
  // there is one at epoch 0.
  void hold(std::uint64_t epoch) { input_->hold(epoch); }
  // Gives a hold up. Without any, the input is closed.
  void release(std::uint64_t epoch) { input_->release(epoch); }
  // Records at `epoch`, which must lie at or after a hold.
  void send(std::uint64_t epoch, const std::vector<T>& records) { input_->send(epoch, records); }
  void close() { input_->close(); }

 private:
  std::shared_ptr<UnorderedInput<T>> input_;
  std::shared_ptr<const Stream<T>> stream_;
};

}  // namespace eagre::api
