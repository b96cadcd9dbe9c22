#include "tools/src/bench/baselines.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <system_error>
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

// Spins until f(), and lets other threads run only if that takes so long that the one waited for
// does not run at all.
template <class F>
void spin_until(F&& f) {
  for (int spins = 0; !f();) {
    if (++spins == 10'000) {
      std::this_thread::yield();
      spins = 0;
    }
  }
}

// The forms of one_pass, each over the numbers begin..end-1.
Baseline one_pass_scalar(std::uint64_t begin, std::uint64_t end) {
  Baseline loop;
  for (std::uint64_t i = begin; i < end; ++i) {
    const std::uint64_t x = i + 1;
    if (x % 2 == 0) {
      ++loop.count;
      loop.sum += x * 3;
    }
  }
  return loop;
}

constexpr std::uint64_t kBlock = 1024;

// In blocks of a size that the compiler knows: else -O2 does not vectorise the loop.
Baseline one_pass_branchless(std::uint64_t begin, std::uint64_t end) {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  const auto take = [&](std::uint64_t i) {
    const std::uint64_t x = i + 1;
    const std::uint64_t even = ~x & 1;
    count += even;
    sum += (x * 3) & (0 - even);
  };
  for (; begin + kBlock <= end; begin += kBlock) {
    for (std::uint64_t i = 0; i < kBlock; ++i) {
      take(begin + i);
    }
  }
  for (; begin < end; ++begin) {
    take(begin);
  }
  return {0, count, sum};
}

Baseline one_pass_blocks(std::uint64_t begin, std::uint64_t end) {
  std::array<std::uint64_t, kBlock> block{};
  Baseline loop;
  for (; begin < end; begin += kBlock) {
    const std::uint64_t size = std::min(kBlock, end - begin);
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

Baseline one_pass(std::uint64_t n, std::uint32_t threads) {
  Baseline best;
  for (const auto form : {one_pass_scalar, one_pass_branchless, one_pass_blocks}) {
    std::vector<Baseline> shares(threads);
    const Baseline loop = timed([&] {
      const auto run = [&](std::uint64_t i) {
        shares[i] = form(n * i / threads, n * (i + 1) / threads);
      };
      std::vector<std::thread> others;
      for (std::uint32_t i = 1; i < threads; ++i) {
        others.emplace_back(run, i);
      }
      run(0);
      for (std::thread& other : others) {
        other.join();
      }
      Baseline all;
      for (const Baseline& share : shares) {
        all.count += share.count;
        all.sum += share.sum;
      }
      return all;
    });
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

namespace {

template <class Fold>
Baseline panes_loop_of(std::uint64_t n, std::uint64_t density, Fold fold) {
  constexpr std::uint64_t kPanes = kPaneRange / kPaneSlide;
  return timed([&] {
    Baseline loop;
    std::vector<std::array<std::uint64_t, kPaneKeys>> panes(kPanes);
    std::uint64_t pane = 0;
    // The window that ends with the current pane leaves, and the oldest pane makes room.
    const auto move_on = [&] {
      for (std::uint64_t key = 0; key < kPaneKeys; ++key) {
        std::uint64_t all = 0;
        for (const auto& of : panes) {
          all = fold(all, of[key]);
        }
        loop.count += all == 0 ? 0 : 1;
        loop.sum += all;
      }
      panes[++pane % kPanes] = {};
    };
    for (std::uint64_t i = 0; i < n; ++i) {
      if (i / density / kPaneSlide != pane) {
        move_on();
      }
      const std::uint64_t drawn = splitmix64(i);
      std::uint64_t& of = panes[pane % kPanes][drawn % kPaneKeys];
      of = fold(of, pane_input(drawn));
    }
    for (std::uint64_t left = 0; left < kPanes; ++left) {
      move_on();
    }
    return loop;
  });
}

}  // namespace

Baseline panes_loop(std::uint64_t n, std::uint64_t density, PaneFold fold) {
  if (fold == PaneFold::sum) {
    return panes_loop_of(n, density, [](std::uint64_t a, std::uint64_t b) { return a + b; });
  }
  return panes_loop_of(n, density, [](std::uint64_t a, std::uint64_t b) { return a < b ? b : a; });
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
      std::uint64_t end = 0;
      while (next < n) {
        spin_until([&] { return (end = ring->written.load(std::memory_order_acquire)) != next; });
        for (; next < end; ++next) {
          sum += ring->slots[next % kSlots];
        }
        ring->read.store(next, std::memory_order_release);
      }
      loop.sum = sum;
    });
    std::uint64_t room = kSlots;
    for (std::uint64_t i = 0; i < n;) {
      spin_until([&] {
        return room != i || (room = ring->read.load(std::memory_order_acquire) + kSlots) != i;
      });
      ring->slots[i % kSlots] = i;
      ring->written.store(++i, std::memory_order_release);
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
        spin_until([&] { return ball->there.load(std::memory_order_acquire) == i; });
        ball->back.store(i, std::memory_order_release);
      }
    });
    for (std::uint64_t i = 1; i <= n; ++i) {
      ball->there.store(i, std::memory_order_release);
      spin_until([&] { return ball->back.load(std::memory_order_acquire) == i; });
    }
    other.join();
    return Baseline{0, n, 0};
  });
}

namespace {

// Both ends of a TCP connection over loopback.
class Connection {
 public:
  Connection() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ends_[0] = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0 ||
        ::getsockname(listener, generic, &size) != 0 || ::connect(ends_[0], generic, size) != 0 ||
        (ends_[1] = ::accept(listener, nullptr, nullptr)) < 0) {
      throw std::system_error(errno, std::generic_category(), "no TCP connection over loopback");
    }
    ::close(listener);
    for (const int end : ends_) {
      const int on = 1;
      ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
  }
  ~Connection() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int end(int i) const { return ends_[i]; }

 private:
  int ends_[2] = {-1, -1};
};

// Sends `out` bytes and receives `in`, as the connection has room and has some.
void stream(int socket, std::uint64_t out, std::uint64_t in) {
  std::vector<char> block(std::size_t{64} << 10, 'x');
  std::vector<char> read(block.size());
  while (out != 0 || in != 0) {
    pollfd item{socket, static_cast<short>((out != 0 ? POLLOUT : 0) | (in != 0 ? POLLIN : 0)), 0};
    ::poll(&item, 1, -1);
    if ((item.revents & POLLIN) != 0) {
      const ssize_t got = ::recv(socket, read.data(), read.size(), MSG_DONTWAIT);
      in -= got > 0 ? std::min(in, static_cast<std::uint64_t>(got)) : 0;
    }
    if ((item.revents & POLLOUT) != 0) {
      const ssize_t sent =
          ::send(socket, block.data(), std::min<std::uint64_t>(block.size(), out), MSG_DONTWAIT);
      out -= sent > 0 ? static_cast<std::uint64_t>(sent) : 0;
    }
  }
}

}  // namespace

Baseline tcp_bytes(std::uint64_t n, bool both_ways) {
  const Connection connection;
  const std::uint64_t back = both_ways ? n : 0;
  return timed([&] {
    std::thread other([&] { stream(connection.end(1), back, n); });
    stream(connection.end(0), n, back);
    other.join();
    return Baseline{0, n + back, 0};
  });
}

Baseline tcp_round_trips(std::uint64_t n, bool spinning) {
  const Connection connection;
  const auto take = [&](int socket) {
    char byte = 0;
    if (!spinning) {
      while (::recv(socket, &byte, 1, 0) != 1) {
      }
      return;
    }
    spin_until([&] { return ::recv(socket, &byte, 1, MSG_DONTWAIT) == 1; });
  };
  const auto give = [](int socket) {
    while (::send(socket, "x", 1, 0) != 1) {
    }
  };
  return timed([&] {
    std::thread other([&] {
      for (std::uint64_t i = 0; i < n; ++i) {
        take(connection.end(1));
        give(connection.end(1));
      }
    });
    for (std::uint64_t i = 0; i < n; ++i) {
      give(connection.end(0));
      take(connection.end(0));
    }
    other.join();
    return Baseline{0, n, 0};
  });
}

Baseline copy_bytes(std::uint64_t n) {
  constexpr std::uint64_t kCopied = std::uint64_t{64} << 20;
  const std::vector<char> from(kCopied, 'x');
  std::vector<char> to(kCopied);
  return timed([&] {
    for (std::uint64_t left = n; left != 0;) {
      const std::uint64_t size = std::min(left, kCopied);
      std::memcpy(to.data(), from.data(), size);
      left -= size;
    }
    return Baseline{0, n, static_cast<std::uint64_t>(to[kCopied / 2])};
  });
}

}  // namespace eagre::bench
