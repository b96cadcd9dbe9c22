// Reads the lines of a part of a file. A file is cut into parts at fixed offsets; a part owns the
// lines that start in it, so the parts of a file own every line exactly once, whoever reads them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/input_file.h"

namespace eagre::connectors {

// Larger files are cut into parts of this size.
inline constexpr std::uint64_t kPartBytes = std::uint64_t{64} << 20;
// A longer line is refused.
inline constexpr std::uint64_t kMaxLineBytes = std::uint64_t{256} << 20;

// The lines that start in [begin, end) of a file; no end: all that follow.
struct FilePart {
  std::string path;
  std::uint64_t begin = 0;
  std::optional<std::uint64_t> end;
  // A pipe, or stdin: what was read cannot be read again.
  bool passes = false;
};

// The parts of a list of files, in order. Throws InputError for a file that is missing, unreadable
// or a folder. A pipe, and stdin ("-"), is one part.
std::vector<FilePart> cut_files(const std::vector<std::string>& paths,
                                std::uint64_t part_bytes = kPartBytes);

// A place between two lines of a part: the byte at which the next one starts, and how many of the
// part's came before.
struct LinePosition {
  std::uint64_t offset = 0;
  std::uint64_t lines = 0;
};

// Threads: confined to one actor.
class LineReader {
 public:
  // Opens the file; throws InputError.
  explicit LineReader(FilePart part, std::uint64_t max_line_bytes = kMaxLineBytes);
  // The same, and goes on from a place that position() gave; throws InputError if the file cannot
  // be read from there.
  LineReader(FilePart part, const LinePosition& position,
             std::uint64_t max_line_bytes = kMaxLineBytes);

  // The next line, without its line feed or the carriage return before that; valid until the next
  // call. Empty at the end. Throws InputError if reading fails or the line is above the limit.
  std::optional<std::string_view> next();

  LinePosition position() const { return {offset_, lines_}; }
  const std::string& path() const { return part_.path; }
  // Number of the line that next() gave last, in the whole file, from 1. Reads the file again up
  // to this part: for messages only.
  std::uint64_t line_number() const;

 private:
  // Reads more behind what is unread; false at the end of the file.
  bool fill();
  // The next `length` bytes as a line, `end` bytes of line end behind it not counted.
  std::string_view take(std::size_t length, std::size_t end);
  [[noreturn]] void refuse_long_line();
  void skip_first_fragment();

  FilePart part_;
  std::uint64_t max_line_bytes_;
  std::unique_ptr<base::InputFile> file_;
  std::vector<char> buffer_;
  // The unread bytes are buffer_[start_, end_); buffer_[start_] is at offset_ in the file.
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace eagre::connectors
