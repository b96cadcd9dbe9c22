#include "runtime/connectors/line_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "runtime/dataflow/failure.h"

namespace eagre::connectors {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;

[[noreturn]] void refuse(const std::string& path, const base::Status& status) {
  throw dataflow::InputError(path, "cannot be read: " + status.message());
}

std::unique_ptr<base::InputFile> open(const std::string& path) {
  base::Result<std::unique_ptr<base::InputFile>> file = base::open_input_file(path);
  if (!file.ok()) {
    refuse(path, file.status());
  }
  return std::move(file.value());
}

}  // namespace

std::vector<FilePart> cut_files(const std::vector<std::string>& paths, std::uint64_t part_bytes) {
  std::vector<FilePart> parts;
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    throw dataflow::InputError("-", "stdin can be read only once");
  }
  for (const std::string& path : paths) {
    const base::Result<std::optional<std::uint64_t>> known = base::input_file_size(path);
    if (!known.ok()) {
      refuse(path, known.status());
    }
    const std::optional<std::uint64_t>& size = known.value();
    if (!size || *size <= part_bytes) {
      parts.push_back({path, 0, std::nullopt, !size.has_value()});
      continue;
    }
    for (std::uint64_t begin = 0; begin < *size; begin += part_bytes) {
      parts.push_back({path, begin, std::min(begin + part_bytes, *size), false});
    }
    // What is appended to the file while it is read belongs to its last part.
    parts.back().end.reset();
  }
  return parts;
}

LineReader::LineReader(FilePart part, std::uint64_t max_line_bytes)
    : part_(std::move(part)),
      max_line_bytes_(max_line_bytes),
      file_(open(part_.path)),
      buffer_(kReadBytes) {
  if (part_.begin != 0) {
    skip_first_fragment();
  }
}

LineReader::LineReader(FilePart part, const LinePosition& position, std::uint64_t max_line_bytes)
    : part_(std::move(part)),
      max_line_bytes_(max_line_bytes),
      file_(open(part_.path)),
      buffer_(kReadBytes),
      offset_(position.offset),
      lines_(position.lines) {
  const std::optional<std::uint64_t> size = file_->size();
  if (!size || *size < offset_) {
    throw dataflow::InputError(
        part_.path, size ? fmt::format("it has {} bytes, of which {} had been read at the last "
                                       "checkpoint: it is not the same file any more",
                                       *size, offset_)
                         : "it cannot be read again from where the last checkpoint was taken; give "
                           "a regular file");
  }
  if (const base::Status status = file_->seek(offset_); !status.ok()) {
    throw dataflow::InputError(part_.path, "cannot be read: " + status.message());
  }
}

// The line that holds the byte before the part belongs to an earlier part.
void LineReader::skip_first_fragment() {
  offset_ = part_.begin - 1;
  if (const base::Status status = file_->seek(offset_); !status.ok()) {
    throw dataflow::InputError(part_.path, "cannot be read: " + status.message());
  }
  while (start_ != end_ || fill()) {
    const char* begin = buffer_.data() + start_;
    const auto* feed = static_cast<const char*>(std::memchr(begin, '\n', end_ - start_));
    const std::size_t skipped =
        feed == nullptr ? end_ - start_ : static_cast<std::size_t>(feed - begin) + 1;
    start_ += skipped;
    offset_ += skipped;
    if (feed != nullptr) {
      return;
    }
  }
}

bool LineReader::fill() {
  if (start_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  if (end_ == buffer_.size()) {
    buffer_.resize(buffer_.size() * 2);
  }
  const base::Result<std::size_t> bytes =
      file_->read(std::span<char>(buffer_.data() + end_, buffer_.size() - end_));
  if (!bytes.ok()) {
    throw dataflow::InputError(part_.path, "reading failed: " + bytes.status().message());
  }
  end_ += bytes.value();
  return bytes.value() != 0;
}

std::optional<std::string_view> LineReader::next() {
  if (part_.end && offset_ >= *part_.end) {
    return std::nullopt;
  }
  std::size_t searched = 0;
  while (true) {
    const char* begin = buffer_.data() + start_;
    const auto* feed =
        static_cast<const char*>(std::memchr(begin + searched, '\n', end_ - start_ - searched));
    if (feed != nullptr) {
      return take(static_cast<std::size_t>(feed - begin), 1);
    }
    searched = end_ - start_;
    // One more byte may be a carriage return.
    if (searched > max_line_bytes_ + 1) {
      refuse_long_line();
    }
    if (!fill()) {
      if (searched == 0) {
        return std::nullopt;
      }
      // The last line has no line feed.
      return take(searched, 0);
    }
  }
}

std::string_view LineReader::take(std::size_t length, std::size_t end) {
  std::string_view line(buffer_.data() + start_, length);
  if (end != 0 && line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.size() > max_line_bytes_) {
    refuse_long_line();
  }
  start_ += length + end;
  offset_ += length + end;
  ++lines_;
  return line;
}

void LineReader::refuse_long_line() {
  ++lines_;
  throw dataflow::InputError(part_.path, line_number(),
                             fmt::format("a line of more than {} bytes", max_line_bytes_),
                             std::string_view(buffer_.data() + start_, end_ - start_));
}

std::uint64_t LineReader::line_number() const {
  if (part_.begin == 0) {
    return lines_;
  }
  std::uint64_t feeds = 0;
  std::uint64_t left = part_.begin;
  const std::unique_ptr<base::InputFile> file = open(part_.path);
  std::array<char, 64 << 10> chunk{};
  bool at_line_start = true;
  while (left != 0) {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, chunk.size()));
    const base::Result<std::size_t> bytes = file->read(std::span<char>(chunk.data(), wanted));
    if (!bytes.ok() || bytes.value() == 0) {
      break;
    }
    feeds += static_cast<std::uint64_t>(std::count(
        chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(bytes.value()), '\n'));
    at_line_start = chunk[bytes.value() - 1] == '\n';
    left -= bytes.value();
  }
  // A line that started before this part is not among its lines.
  return feeds + (at_line_start ? 0 : 1) + lines_;
}

}  // namespace eagre::connectors
