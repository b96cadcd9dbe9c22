#include "tools/src/bench/baselines.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace eagre::bench {
namespace {

using Clock = std::chrono::steady_clock;

template <class F>
Baseline timed(F&& f) {
  const auto start = Clock::now();
  Baseline loop = f();
  loop.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return loop;
}

Baseline one_pass_scalar(std::uint64_t n) {
  Baseline loop;
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::uint64_t x = i + 1;
    if (x % 2 == 0) {
      ++loop.count;
      loop.sum += x * 3;
    }
  }
  return loop;
}

Baseline one_pass_branchless(std::uint64_t n) {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::uint64_t x = i + 1;
    const std::uint64_t even = ~x & 1;
    count += even;
    sum += (x * 3) & (0 - even);
  }
  return {0, count, sum};
}

Baseline one_pass_blocks(std::uint64_t n) {
  std::array<std::uint64_t, 1024> block{};
  Baseline loop;
  for (std::uint64_t begin = 0; begin < n; begin += block.size()) {
    const std::uint64_t size = std::min<std::uint64_t>(block.size(), n - begin);
    for (std::uint64_t i = 0; i < size; ++i) {
      block[i] = begin + i + 1;
    }
    std::uint64_t kept = 0;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t x = block[i];
      block[kept] = x;
      kept += x % 2 == 0 ? 1 : 0;
    }
    for (std::uint64_t i = 0; i < kept; ++i) {
      loop.sum += block[i] * 3;
    }
    loop.count += kept;
  }
  return loop;
}

}  // namespace

std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

Baseline one_pass(std::uint64_t n) {
  Baseline best;
  for (const auto form : {one_pass_scalar, one_pass_branchless, one_pass_blocks}) {
    const Baseline loop = timed([&] { return form(n); });
    if (best.seconds == 0 || loop.seconds < best.seconds) {
      best = loop;
    }
  }
  return best;
}

Baseline map_loop(std::uint64_t n, std::uint64_t keys) {
  return timed([&] {
    Baseline loop{0, n, 0};
    std::unordered_map<std::uint64_t, std::uint64_t> map;
    for (std::uint64_t i = 0; i < n; ++i) {
      loop.sum += ++map[splitmix64(i) % keys];
    }
    return loop;
  });
}

Baseline map_loop(const std::vector<std::uint64_t>& keys) {
  return timed([&] {
    Baseline loop{0, keys.size(), 0};
    std::unordered_map<std::uint64_t, std::uint64_t> map;
    for (const std::uint64_t key : keys) {
      loop.sum += ++map[key];
    }
    return loop;
  });
}

Baseline set_loop(std::uint64_t n, std::uint64_t keys, std::uint64_t epochs) {
  return timed([&] {
    Baseline loop;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      std::unordered_set<std::uint64_t> seen;
      for (std::uint64_t i = n * epoch / epochs; i < n * (epoch + 1) / epochs; ++i) {
        const std::uint64_t key = splitmix64(i) % keys;
        if (seen.insert(key).second) {
          ++loop.count;
          loop.sum += key;
        }
      }
    }
    return loop;
  });
}

Baseline spsc_ring(std::uint64_t n) {
  constexpr std::uint64_t kSlots = 4096;
  struct Ring {
    alignas(64) std::atomic<std::uint64_t> written{0};
    alignas(64) std::atomic<std::uint64_t> read{0};
    alignas(64) std::array<std::uint64_t, kSlots> slots{};
  };
  const auto ring = std::make_unique<Ring>();
  return timed([&] {
    Baseline loop{0, n, 0};
    std::thread reader([&] {
      std::uint64_t next = 0;
      std::uint64_t sum = 0;
      while (next < n) {
        const std::uint64_t end = ring->written.load(std::memory_order_acquire);
        for (; next < end; ++next) {
          sum += ring->slots[next % kSlots];
        }
        ring->read.store(next, std::memory_order_release);
      }
      loop.sum = sum;
    });
    std::uint64_t room = kSlots;
    for (std::uint64_t i = 0; i < n;) {
      while (room == i) {
        room = ring->read.load(std::memory_order_acquire) + kSlots;
      }
      const std::uint64_t end = std::min({n, room, i + 256});
      for (; i < end; ++i) {
        ring->slots[i % kSlots] = i;
      }
      ring->written.store(i, std::memory_order_release);
    }
    reader.join();
    return loop;
  });
}

Baseline ping_pong(std::uint64_t n) {
  struct Ball {
    alignas(64) std::atomic<std::uint64_t> there{0};
    alignas(64) std::atomic<std::uint64_t> back{0};
  };
  const auto ball = std::make_unique<Ball>();
  return timed([&] {
    std::thread other([&] {
      for (std::uint64_t i = 1; i <= n; ++i) {
        while (ball->there.load(std::memory_order_acquire) != i) {
        }
        ball->back.store(i, std::memory_order_release);
      }
    });
    for (std::uint64_t i = 1; i <= n; ++i) {
      ball->there.store(i, std::memory_order_release);
      while (ball->back.load(std::memory_order_acquire) != i) {
      }
    }
    other.join();
    return Baseline{0, n, 0};
  });
}

Baseline copy_bytes(std::uint64_t n) {
  constexpr std::uint64_t kBlock = std::uint64_t{64} << 20;
  const std::vector<char> from(kBlock, 'x');
  std::vector<char> to(kBlock);
  return timed([&] {
    for (std::uint64_t left = n; left != 0;) {
      const std::uint64_t size = std::min(left, kBlock);
      std::memcpy(to.data(), from.data(), size);
      left -= size;
    }
    return Baseline{0, n, static_cast<std::uint64_t>(to[kBlock / 2])};
  });
}

}  // namespace eagre::bench
