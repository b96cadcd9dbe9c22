#include "runtime/data/segment_pool.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>

namespace eagre::data {

namespace {

// Sanitizers see more when every segment is a heap block of its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

constexpr std::size_t kLeast = 256;
constexpr std::size_t kMost = std::size_t{1} << 20;
// Four classes to a doubling: 256, 320, 384, 448, 512, 640, ...
constexpr std::size_t kClasses = 4 * 12 + 1;
constexpr std::size_t kThreadBytes = std::size_t{16} << 20;
constexpr std::size_t kSharedBytes = std::size_t{64} << 20;

constexpr std::size_t class_of(std::size_t bytes) {
  if (bytes <= kLeast) {
    return 0;
  }
  const std::size_t last = bytes - 1;
  const auto doubling = static_cast<std::size_t>(std::bit_width(last)) - 1;
  const std::size_t quarter = (last >> (doubling - 2)) & 3;
  return (doubling - 8) * 4 + quarter + 1;
}

constexpr std::size_t size_of_class(std::size_t index) {
  return ((index & 3) + 4) << ((index >> 2) + 6);
}

static_assert(class_of(kMost) == kClasses - 1 && size_of_class(kClasses - 1) == kMost);
static_assert(size_of_class(class_of(257)) == 320 && size_of_class(class_of(320)) == 320);

struct Free {
  Free* next;
};

// The most blocks of a class in one thread's cache; half of it moves at once.
constexpr std::size_t cache_limit(std::size_t index) {
  const std::size_t share = kThreadBytes / kClasses / size_of_class(index);
  return share < 2 ? 2 : share > 64 ? 64 : share;
}

struct Stack {
  Free* top = nullptr;
  std::size_t count = 0;

  void push(Free* block) {
    block->next = top;
    top = block;
    ++count;
  }
  Free* pop() {
    Free* const block = top;
    top = block->next;
    --count;
    return block;
  }
};

struct Shared {
  std::mutex mutex;
  Stack stack;

  void fill(Stack& cache, std::size_t wanted) {
    const std::lock_guard lock(mutex);
    while (wanted-- != 0 && stack.count != 0) {
      cache.push(stack.pop());
    }
  }
  void take_from(Stack& cache, std::size_t index, std::size_t kept) {
    const std::size_t most = kSharedBytes / kClasses / size_of_class(index);
    Stack surplus;
    {
      const std::lock_guard lock(mutex);
      while (cache.count > kept) {
        (stack.count < most ? stack : surplus).push(cache.pop());
      }
    }
    while (surplus.count != 0) {
      std::free(surplus.pop());
    }
  }
};

// Never destroyed: batches may outlive static objects.
std::array<Shared, kClasses>& shared() {
  static auto& lists = *new std::array<Shared, kClasses>();
  return lists;
}

struct Cache {
  std::array<Stack, kClasses> stacks;
  ~Cache();
};

// Trivial, so that it can still be asked after the thread's cache is gone.
thread_local bool cache_is_gone = false;
thread_local Cache cache;

Cache::~Cache() {
  for (std::size_t i = 0; i < kClasses; ++i) {
    shared()[i].take_from(stacks[i], i, 0);
  }
  cache_is_gone = true;
}

std::byte* allocate(std::size_t bytes) {
  auto* const data = static_cast<std::byte*>(std::malloc(bytes));
  if (data == nullptr) {
    throw std::bad_alloc();
  }
  return data;
}

}  // namespace

std::size_t SegmentPool::rounded(std::size_t bytes) {
  return bytes > kMost ? bytes : size_of_class(class_of(bytes));
}

Segment SegmentPool::take(std::size_t bytes) {
  if (!kPooled || bytes > kMost) {
    return {allocate(bytes), bytes};
  }
  const std::size_t index = class_of(bytes);
  const std::size_t size = size_of_class(index);
  if (cache_is_gone) {
    return {allocate(size), size};
  }
  Stack& stack = cache.stacks[index];
  if (stack.count == 0) [[unlikely]] {
    shared()[index].fill(stack, cache_limit(index) / 2);
    if (stack.count == 0) {
      return {allocate(size), size};
    }
  }
  return {reinterpret_cast<std::byte*>(stack.pop()), size};
}

void SegmentPool::give_back(Segment segment) {
  if (!kPooled || segment.size > kMost || cache_is_gone) {
    std::free(segment.data);
    return;
  }
  const std::size_t index = class_of(segment.size);
  Stack& stack = cache.stacks[index];
  stack.push(::new (segment.data) Free{nullptr});
  if (stack.count > cache_limit(index)) [[unlikely]] {
    shared()[index].take_from(stack, index, cache_limit(index) / 2);
  }
}

}  // namespace eagre::data
