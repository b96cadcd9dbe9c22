// How many input records each process of one life of a dataflow has read, in a file that is shared
// memory: what a process counted is there when it has been killed, though not after a power
// failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/base/status.h"

namespace eagre::control {

// Threads: safe from any thread, and from several processes at once.
class ReadCounts {
 public:
  // Writes the file anew. `before`: records that lives before this one have read, and that need not
  // be read again.
  static base::Result<ReadCounts> create(const std::string& path, std::uint32_t processes,
                                         std::uint64_t before);
  // Code::input if it is not there; Code::checkpoint if it has no whole number of slots.
  static base::Result<ReadCounts> open(const std::string& path);
  ReadCounts(ReadCounts&& other) noexcept;
  ReadCounts& operator=(ReadCounts&&) = delete;
  ReadCounts(const ReadCounts&) = delete;
  ReadCounts& operator=(const ReadCounts&) = delete;
  ~ReadCounts();

  std::uint32_t processes() const { return static_cast<std::uint32_t>(bytes_ / kSlotBytes - 1); }
  // `process` has read so many more.
  void add(std::uint32_t process, std::uint64_t records) const;
  // With those before.
  std::uint64_t total() const;

 private:
  // Each in a cache line of its own.
  static constexpr std::size_t kSlotBytes = 64;

  ReadCounts(std::byte* slots, std::size_t bytes) : slots_(slots), bytes_(bytes) {}
  std::uint64_t& slot(std::size_t index) const;

  std::byte* slots_;
  std::size_t bytes_;
};

}  // namespace eagre::control
