#include "runtime/state/text_arena.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace eagre::state {

TextArena& TextArena::operator=(TextArena&& other) noexcept {
  chunks_ = std::exchange(other.chunks_, {});
  next_ = std::exchange(other.next_, nullptr);
  left_ = std::exchange(other.left_, 0);
  used_ = std::exchange(other.used_, 0);
  wasted_ = std::exchange(other.wasted_, 0);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

const char* TextArena::store(std::string_view text) {
  if (text.size() > left_) {
    const std::size_t usual = std::clamp(bytes_, kFirst, kMost);
    const std::size_t size = std::max(usual, text.size());
    chunks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    next_ = chunks_.back().data.get();
    left_ = size;
    bytes_ += size;
  }
  char* const at = next_;
  std::memcpy(at, text.data(), text.size());
  next_ += text.size();
  left_ -= text.size();
  used_ += text.size();
  return at;
}

void TextArena::clear() {
  if (chunks_.empty()) {
    return;
  }
  Chunk kept = std::move(chunks_.back());
  chunks_.clear();
  next_ = kept.data.get();
  left_ = bytes_ = kept.size;
  used_ = wasted_ = 0;
  chunks_.push_back(std::move(kept));
}

}  // namespace eagre::state
