// sink: the end of a stream, a whole time in canonical order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/key.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"

namespace eagre::operators {

// A sink has no output; Unary's is never connected.
struct Nothing {
  char nothing = 0;
};

// By `less` and, where that says nothing, in canonical order.
template <class T, class Less>
struct SinkOrder {
  bool operator()(const T& a, const T& b) const {
    if (less(a, b)) {
      return true;
    }
    return !less(b, a) && data::CanonicalLess<T>{}(a, b);
  }
  Less& less;
};

// f: (const progress::Time&, const std::vector<T>&) -> void, once a complete time, in the
// lexicographic order of times, the records in SinkOrder. Can be restored if f is Restartable.
template <class T, class Less, class F>
class SortedSink final : public dataflow::Unary<T, Nothing> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  SortedSink(Less less, F f) : less_(std::move(less)), f_(std::move(f)) {}

  void on_start() override { this->set_notify_order(dataflow::NotifyOrder::sorted); }
  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Nothing>& output) override {
    std::vector<T>& waiting = waiting_.at(input.time(), [&] { this->notify_at(output.retain()); });
    input.for_each([&](const T& record) { waiting.push_back(record); });
  }

  void on_notify(progress::Capability at, dataflow::Output<Nothing>&) override {
    std::vector<T> records = waiting_.take(at.time());
    std::sort(records.begin(), records.end(), SinkOrder<T, Less>{less_});
    f_(at.time(), records);
  }

  bool recovers() const override { return data::Restartable<F>; }
  void on_save(data::SnapshotWriter& writer) override {
    waiting_.check_done();
    if constexpr (data::Restartable<F>) {
      f_.save(writer);
    }
  }
  void on_restore(data::SnapshotReader& reader) override {
    if constexpr (data::Restartable<F>) {
      f_.restore(reader);
    }
  }

 private:
  Less less_;
  F f_;
  PerTime<std::vector<T>> waiting_;
};

// The function of a sink that writes lines of text, which others read when the dataflow has ended.
// All instances of the sink have the text, one of them writes it. format: const T& -> std::string.
template <class T, class Format>
class TextLines {
 public:
  TextLines(std::shared_ptr<std::string> text, Format format)
      : text_(std::move(text)), format_(std::move(format)) {}

  void operator()(const progress::Time&, const std::vector<T>& records) {
    writes_ = true;
    for (const T& record : records) {
      text_->append(format_(record));
      text_->push_back('\n');
    }
  }

  void save(data::SnapshotWriter& writer) const {
    writer.section<std::string>([this](auto&& give) {
      for (std::size_t at = 0; writes_ && at < text_->size(); at += kPiece) {
        give(text_->substr(at, kPiece));
      }
    });
  }
  void restore(data::SnapshotReader& reader) {
    reader.section<std::string>([this](const std::string& piece) {
      writes_ = true;
      text_->append(piece);
    });
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 20;

  std::shared_ptr<std::string> text_;
  Format format_;
  bool writes_ = false;
};

}  // namespace eagre::operators
