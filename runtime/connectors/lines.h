// A source of records parsed from the lines of files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/connectors/line_reader.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/failure.h"
#include "runtime/operators/source.h"

namespace eagre::connectors {

// Thrown by a parser for a line that it cannot read; becomes an InputError with file, line number
// and text.
class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The pull function of a worker: reads every workers-th part. Epochs are cut by the input: epoch e
// has lines e*n to e*n + n-1 of every part, n being `epoch_lines`, whoever reads them. parse:
// (std::string_view line, give) -> void, give(const T&) any number of times; may throw Malformed.
// Threads: confined to one actor.
template <class T, class Parse>
class LinePull {
 public:
  // `epoch_lines` 0: everything is at epoch 0, one part after the other.
  LinePull(std::shared_ptr<const std::vector<FilePart>> parts, std::uint32_t worker,
           std::uint32_t workers, std::uint64_t epoch_lines, Parse parse)
      : parts_(std::move(parts)), epoch_lines_(epoch_lines), parse_(std::move(parse)) {
    for (std::size_t part = worker; part < parts_->size(); part += workers) {
      own_.push_back(Part{part, std::nullopt, nullptr, false});
    }
  }

  bool operator()(operators::SourceOutput<T>& output) {
    auto give = [&output](const T& record) { output.give(record); };
    while (!output.full()) {
      if (at_ == own_.size()) {
        if (finished_ == own_.size()) {
          return false;
        }
        at_ = 0;
        output.advance_to(output.epoch() + 1);
        continue;
      }
      Part& part = own_[at_];
      if (part.ended || (epoch_lines_ != 0 && read_ == epoch_lines_)) {
        next_part(part);
        continue;
      }
      LineReader& reader = open(part);
      const std::optional<std::string_view> line = reader.next();
      if (!line) {
        part.ended = true;
        ++finished_;
        continue;
      }
      ++read_;
      try {
        parse_(*line, give);
      } catch (const Malformed& malformed) {
        throw dataflow::InputError(reader.path(), reader.line_number(), malformed.what(), *line);
      }
      output.work(line->size());
    }
    return true;
  }

  // Whether what was read can be read again.
  bool restarts() const {
    return std::none_of(parts_->begin(), parts_->end(),
                        [](const FilePart& part) { return part.passes; });
  }
  // At the end of an epoch: where the next one begins in each part.
  void save(data::SnapshotWriter& writer) const {
    writer.section<Saved>([this](auto&& give) {
      for (const Part& part : own_) {
        const std::optional<LinePosition> place =
            part.reader != nullptr ? part.reader->position() : part.place;
        give({part.index, place.has_value(), place.value_or(LinePosition()), part.ended});
      }
    });
  }
  static constexpr bool kRescales = true;
  void restore(data::SnapshotReader& reader) {
    if (!std::exchange(restored_, true)) {
      own_.clear();
      finished_ = 0;
    }
    reader.section<Saved>([&](const Saved& saved) {
      if (saved.part >= parts_->size()) {
        throw data::ForeignSnapshot();
      }
      if (!reader.owns_part(saved.part)) {
        return;
      }
      own_.push_back(Part{saved.part, saved.begun ? std::optional(saved.place) : std::nullopt,
                          nullptr, saved.ended});
      finished_ += saved.ended ? 1 : 0;
    });
  }

 private:
  // Files that a worker keeps open at once.
  static constexpr std::size_t kMaxOpen = 64;

  struct Part {
    std::size_t index = 0;
    // Where to go on, once begun and while it is not open.
    std::optional<LinePosition> place;
    std::unique_ptr<LineReader> reader;
    bool ended = false;
  };
  struct Saved {
    std::uint64_t part = 0;
    bool begun = false;
    LinePosition place{};
    bool ended = false;
  };

  LineReader& open(Part& part) {
    if (part.reader == nullptr) {
      const FilePart& file = (*parts_)[part.index];
      part.reader = part.place ? std::make_unique<LineReader>(file, *part.place)
                               : std::make_unique<LineReader>(file);
    }
    return *part.reader;
  }

  void next_part(Part& part) {
    if (part.reader != nullptr && (part.ended || own_.size() > kMaxOpen)) {
      part.place = part.reader->position();
      part.reader.reset();
    }
    ++at_;
    read_ = 0;
  }

  std::shared_ptr<const std::vector<FilePart>> parts_;
  std::uint64_t epoch_lines_;
  Parse parse_;
  std::vector<Part> own_;
  // Of own_: which is being read, how many lines of it in this epoch; and how many are finished.
  std::size_t at_ = 0;
  std::uint64_t read_ = 0;
  std::size_t finished_ = 0;
  bool restored_ = false;
};

}  // namespace eagre::connectors
