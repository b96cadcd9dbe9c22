#include "runtime/data/ordered_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace eagre::data {

void OrderedBytes::put_string(std::string_view text) {
  while (!text.empty()) {
    const std::size_t zero = text.find('\0');
    const std::size_t plain = zero == std::string_view::npos ? text.size() : zero;
    put_raw(text.data(), plain);
    text.remove_prefix(plain);
    if (!text.empty()) {
      put(0x00);
      put(0xff);
      text.remove_prefix(1);
    }
  }
  put(0x00);
  put(0x01);
}

void OrderedBytes::grow(std::size_t n) {
  const auto used = static_cast<std::size_t>(end_ - begin_);
  const std::size_t wanted = std::max(2 * static_cast<std::size_t>(limit_ - begin_), used + n);
  auto* const moved = static_cast<std::byte*>(std::malloc(wanted));
  if (moved == nullptr) {
    throw std::bad_alloc();
  }
  std::memcpy(moved, begin_, used);
  if (begin_ != inline_) {
    release();
  }
  begin_ = moved;
  end_ = moved + used;
  limit_ = moved + wanted;
}

void OrderedBytes::release() {
  std::free(begin_);
}

}  // namespace eagre::data
