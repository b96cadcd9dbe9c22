// A source of records parsed from the lines of files.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/connectors/line_reader.h"
#include "runtime/dataflow/failure.h"
#include "runtime/operators/source.h"

namespace eagre::connectors {

// Thrown by a parser for a line that it cannot read; becomes an InputError with file, line number
// and text.
class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The pull function of a worker: reads every workers-th part. parse: (std::string_view line, give)
// -> void, give(const T&) any number of times; may throw Malformed.
// Threads: confined to one actor.
template <class T, class Parse>
class LinePull {
 public:
  LinePull(std::shared_ptr<const std::vector<FilePart>> parts, std::uint32_t worker,
           std::uint32_t workers, Parse parse)
      : parts_(std::move(parts)), next_(worker), step_(workers), parse_(std::move(parse)) {}

  bool operator()(operators::SourceOutput<T>& output) {
    auto give = [&output](const T& record) { output.give(record); };
    while (!output.full()) {
      if (!reader_) {
        if (next_ >= parts_->size()) {
          return false;
        }
        reader_ = std::make_shared<LineReader>((*parts_)[next_]);
        next_ += step_;
      }
      const std::optional<std::string_view> line = reader_->next();
      if (!line) {
        reader_.reset();
        continue;
      }
      try {
        parse_(*line, give);
      } catch (const Malformed& malformed) {
        throw dataflow::InputError(reader_->path(), reader_->line_number(), malformed.what(),
                                   *line);
      }
      output.work(line->size());
    }
    return true;
  }

 private:
  std::shared_ptr<const std::vector<FilePart>> parts_;
  std::size_t next_;
  std::size_t step_;
  Parse parse_;
  std::shared_ptr<LineReader> reader_;
};

}  // namespace eagre::connectors
