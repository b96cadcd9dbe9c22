#include "runtime/state/list_arena.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::state {
namespace {

constexpr std::size_t kLeastChunk = std::size_t{1} << 10;
constexpr std::size_t kMostChunk = std::size_t{256} << 10;

}  // namespace

std::byte* BlockArena::take(std::uint32_t n) {
  EAGRE_CHECK(n < free_.size(), "a list of 2^{} elements", n);
  if (Free* const block = free_[n]) {
    free_[n] = block->next;
    return reinterpret_cast<std::byte*>(block);
  }
  const std::size_t size = element_bytes_ << n;
  if (size > left_) {
    const std::size_t chunk = std::max(std::clamp(bytes_, kLeastChunk, kMostChunk), size);
    chunks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[chunk]));
    next_ = chunks_.back().get();
    left_ = chunk;
    bytes_ += chunk;
  }
  left_ -= size;
  return std::exchange(next_, next_ + size);
}

void BlockArena::give_back(std::byte* block, std::uint32_t n) {
  free_[n] = ::new (block) Free{free_[n]};
}

}  // namespace eagre::state
