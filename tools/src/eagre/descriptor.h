// Owns a file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace eagre::tool {

// Threads: value.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { reset(); }

  bool open() const { return number_ >= 0; }
  // -1 if it is not open.
  int get() const { return number_; }
  void reset() {
    if (open()) {
      close(std::exchange(number_, -1));
    }
  }

 private:
  int number_ = -1;
};

}  // namespace eagre::tool
