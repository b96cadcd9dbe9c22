// A tap: one stream of records that leaves from an output, with the edges and the stages that read
// it. Packed records are written once, into a block: into the batch that is being built if there
// are edges, so that the stages read them from there. Others are encoded into that batch, and
// handed to each stage as they are. Without edges and stages nothing is written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "runtime/data/batch_writer.h"
#include "runtime/dataflow/output_port.h"
#include "runtime/dataflow/stage.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class T>
class Tap final : public OpenTap {
  using C = data::Codec<T>;

 public:
  Tap() = default;
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // Once, before anything else.
  void bind(OutputPort& port, std::uint32_t tap) {
    port_ = &port;
    tap_ = tap;
    stages_ = &port.stages(tap);
    sends_ = port.has_edges(tap);
    // Blocks are small where windows are small, so that little is sent beyond them.
    bound_ = std::clamp<std::size_t>(port.batch_bytes() / sizeof(T), 1, kBlockRecords<T>);
    port.attach(tap, this);
  }

  // All of these only while the port is open.
  void give(const T& record) {
    if constexpr (C::kPacked) {
      if (next_ == limit_ && !more_room(1)) [[unlikely]] {
        ++given_;
        return;
      }
      C::store(next_, record);
      next_ += sizeof(T);
    } else {
      for (AnyStage* stage : *stages_) {
        static_cast<Stage<T>*>(stage)->take(std::span<const T>(&record, 1));
      }
      if (sends_) {
        writer_.append(record);
        flush_if_full();
      }
      ++given_;
    }
  }

  // Gives make(0), make(1), ... make(n - 1), which are made even if nobody reads them.
  template <class Make>
  void generate(std::size_t n, Make&& make) {
    if constexpr (C::kPacked) {
      std::size_t done = 0;
      while (done != n) {
        if (next_ == limit_ && !more_room(1)) [[unlikely]] {
          given_ += n - done;
          for (; done != n; ++done) {
            static_cast<void>(make(done));
          }
          return;
        }
        const std::size_t some = std::min(n - done, room());
        fill(next_, some, [&make, done](std::size_t i) { return make(done + i); });
        next_ += some * sizeof(T);
        done += some;
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        give(make(i));
      }
    }
  }

  // Gives the records for which `keep` holds.
  template <class Keep>
  void give_if(std::span<const T> records, Keep&& keep) {
    if constexpr (C::kPacked && sizeof(T) <= kCheapBytes) {
      while (!records.empty()) {
        const std::size_t some = std::min(records.size(), bound_);
        if (room() < some && !more_room(some)) [[unlikely]] {
          for (const T& record : records) {
            static_cast<void>(keep(record));
          }
          return;
        }
        next_ = fill_if(next_, records.first(some), keep);
        records = records.subspan(some);
      }
    } else {
      for (const T& record : records) {
        if (keep(record)) {
          give(record);
        }
      }
    }
  }

  // Gives the records as they are, without writing them for the stages.
  void pass(std::span<const T> records) {
    if constexpr (C::kPacked) {
      close_block();
      for (AnyStage* stage : *stages_) {
        static_cast<Stage<T>*>(stage)->take(records);
      }
      if (sends_) {
        writer_.append(records);
        flush_if_full();
      }
      given_ += records.size();
    } else {
      for (const T& record : records) {
        give(record);
      }
    }
  }

  // Gives a whole batch, which bears the port's open time: shared.
  void forward(const data::Batch& batch) {
    port_->flush(tap_);
    port_->send(tap_, batch);
  }

  // How many records were given so far, not counting the open block and what is forwarded.
  std::uint64_t given() const { return given_; }

  bool empty() const override { return next_ == begin_ && writer_.empty(); }

  data::Batch take(const data::Header& header) override {
    close_block();
    return writer_.empty() ? data::Batch() : writer_.finish(header);
  }

 private:
  // Copying a larger record costs more than a branch that is foreseen wrongly.
  static constexpr std::size_t kCheapBytes = 32;
  // Loops of a known length are vectorised without a rest.
  static constexpr std::size_t kStrip = 64;

  template <class Make>
  static void fill(std::byte* at, std::size_t n, Make&& make) {
    std::size_t i = n - n % kStrip;
#ifdef __x86_64__
    if (std::is_arithmetic_v<T> && __builtin_cpu_supports("avx2")) {
      fill_wide(at, i, make);
    } else
#endif
    {
      fill_strips(at, i, make);
    }
    for (; i < n; ++i) {
      C::store(at + i * sizeof(T), make(i));
    }
  }

  template <class Make>
  static void fill_strips(std::byte* __restrict at, std::size_t n, Make& make) {
    for (std::size_t i = 0; i < n; i += kStrip) {
#pragma GCC unroll 8
      for (std::size_t j = 0; j < kStrip; ++j) {
        C::store(at + (i + j) * sizeof(T), make(i + j));
      }
    }
  }

#ifdef __x86_64__
  // The same with vectors twice as wide.
  template <class Make>
  [[gnu::target("avx2")]] static void fill_wide(std::byte* __restrict at, std::size_t n,
                                                Make& make) {
    for (std::size_t i = 0; i < n; i += kStrip) {
#pragma GCC unroll 8
      for (std::size_t j = 0; j < kStrip; ++j) {
        C::store(at + (i + j) * sizeof(T), make(i + j));
      }
    }
  }
#endif

  // Every record is written; one that is not kept is overwritten by the next. No branch depends on
  // the data, and only the step from group to group waits for the one before. Returns where the
  // next record goes.
  template <class Keep>
  static std::byte* fill_if(std::byte* __restrict at, std::span<const T> records, Keep& keep) {
    constexpr std::size_t kGroup = 8;
    const T* from = records.data();
    std::size_t left = records.size();
    for (; left >= kGroup; left -= kGroup, from += kGroup) {
      std::size_t kept = 0;
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kGroup; ++i) {
        C::store(at + kept * sizeof(T), from[i]);
        kept += keep(from[i]) ? 1 : 0;
      }
      at += kept * sizeof(T);
    }
    for (; left != 0; --left, ++from) {
      C::store(at, *from);
      at += keep(*from) ? sizeof(T) : 0;
    }
    return at;
  }

  std::size_t room() const {
    return static_cast<std::size_t>(limit_ - next_) / sizeof(T);
  }

  void flush_if_full() {
    if (writer_.bytes() >= port_->batch_bytes()) [[unlikely]] {
      port_->flush(tap_);
    }
  }

  // Hands what is in the block to the stages and gives back what is left of it.
  void close_block() {
    if constexpr (C::kPacked) {
      if (begin_ != next_) {
        given_ += static_cast<std::size_t>(next_ - begin_) / sizeof(T);
        const std::span<const T> block(reinterpret_cast<const T*>(begin_),
                                       static_cast<std::size_t>(next_ - begin_) / sizeof(T));
        for (AnyStage* stage : *stages_) {
          static_cast<Stage<T>*>(stage)->take(block);
        }
      }
      if (sends_) {
        writer_.give_back(room());
      }
      begin_ = next_ = limit_ = nullptr;
    }
  }

  // Makes room for at least `wanted` more packed records, up to the bound. False: nobody reads
  // them.
  [[gnu::noinline]] bool more_room(std::size_t wanted) {
    close_block();
    if (sends_) {
      flush_if_full();
      const std::size_t target = port_->batch_bytes();
      const std::size_t missing = (target - std::min(target, writer_.bytes())) / sizeof(T) + 1;
      const std::size_t some = std::clamp(missing, wanted, bound_);
      begin_ = next_ = writer_.room(some);
      limit_ = next_ + some * sizeof(T);
      return true;
    }
    if (stages_->empty()) {
      return false;
    }
    if (block_ == nullptr) {
      block_ = std::make_unique<Block>();
    }
    begin_ = next_ = block_->bytes;
    limit_ = next_ + bound_ * sizeof(T);
    return true;
  }

  struct Block {
    alignas(16) std::byte bytes[kBlockRecords<T> * sizeof(T)];
  };

  OutputPort* port_ = nullptr;
  std::uint32_t tap_ = 0;
  bool sends_ = false;
  // Of a block, in records.
  std::size_t bound_ = 1;
  std::uint64_t given_ = 0;
  const std::vector<AnyStage*>* stages_ = nullptr;
  data::BatchWriter<T> writer_;
  // The open block of packed records: from begin_ to next_ written and not handed on, room up to
  // limit_.
  std::byte* begin_ = nullptr;
  std::byte* next_ = nullptr;
  std::byte* limit_ = nullptr;
  std::unique_ptr<Block> block_;
};

}  // namespace eagre::dataflow
