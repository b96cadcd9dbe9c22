#include "runtime/data/column.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "runtime/base/check.h"

namespace eagre::data {

Column::~Column() {
  if (!lent_) {
    std::free(begin_);
  }
}

void Column::grow(std::size_t n) {
  const std::size_t used = size();
  EAGRE_CHECK(!lent_, "a column of {} bytes in a segment was to grow by {} bytes", used, n);
  EAGRE_CHECK(n <= kMaxColumnBytes && used <= kMaxColumnBytes - n,
              "a column of {} bytes was to grow by {} bytes; finish the batch earlier", used, n);
  const auto capacity = static_cast<std::size_t>(limit_ - begin_);
  const std::size_t wanted = std::max({capacity * 2, used + n, std::size_t{512}});
  auto* const moved = static_cast<std::byte*>(std::realloc(begin_, wanted));
  if (moved == nullptr) {
    throw std::bad_alloc();
  }
  begin_ = moved;
  end_ = moved + used;
  limit_ = moved + wanted;
}

void Column::release() {
  std::free(begin_);
  begin_ = end_ = limit_ = nullptr;
}

}  // namespace eagre::data
