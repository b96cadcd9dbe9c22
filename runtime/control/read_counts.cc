#include "runtime/control/read_counts.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/base/durable_file.h"

namespace eagre::control {

base::Result<ReadCounts> ReadCounts::create(const std::string& path, std::uint32_t processes,
                                            std::uint64_t before) {
  std::vector<std::byte> bytes((std::size_t{1} + processes) * kSlotBytes);
  std::memcpy(bytes.data(), &before, sizeof(before));
  // Written, not only made longer: memory behind which the disk has no room must not be touched.
  if (base::Status status = base::write_file(path, bytes); !status.ok()) {
    return status;
  }
  return open(path);
}

base::Result<ReadCounts> ReadCounts::open(const std::string& path) {
  const auto refuse = [&](base::Code code, const std::string& why) {
    return base::Status(code, fmt::format("cannot read {}: {}", path, why));
  };
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    return refuse(base::Code::input, std::strerror(errno));
  }
  struct stat about {};
  void* memory = MAP_FAILED;
  std::size_t bytes = 0;
  std::string why;
  if (::fstat(fd, &about) != 0) {
    why = std::strerror(errno);
  } else if (about.st_size < static_cast<off_t>(kSlotBytes) ||
             about.st_size % static_cast<off_t>(kSlotBytes) != 0) {
    why = fmt::format("it has {} bytes", about.st_size);
  } else {
    bytes = static_cast<std::size_t>(about.st_size);
    memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    why = memory == MAP_FAILED ? std::strerror(errno) : "";
  }
  ::close(fd);
  if (memory == MAP_FAILED) {
    return refuse(base::Code::checkpoint, why);
  }
  return ReadCounts(static_cast<std::byte*>(memory), bytes);
}

ReadCounts::ReadCounts(ReadCounts&& other) noexcept
    : slots_(std::exchange(other.slots_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

ReadCounts::~ReadCounts() {
  if (slots_ != nullptr) {
    ::munmap(slots_, bytes_);
  }
}

std::uint64_t& ReadCounts::slot(std::size_t index) const {
  return *reinterpret_cast<std::uint64_t*>(slots_ + index * kSlotBytes);
}

void ReadCounts::add(std::uint32_t process, std::uint64_t records) const {
  EAGRE_CHECK(process < processes(), "process {} of {} counts what it reads", process, processes());
  std::atomic_ref(slot(1 + process)).fetch_add(records, std::memory_order_relaxed);
}

std::uint64_t ReadCounts::total() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= processes(); ++i) {
    sum += std::atomic_ref(slot(i)).load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace eagre::control
