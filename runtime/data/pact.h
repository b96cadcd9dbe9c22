// Pacts: the rule of an edge by which its records find their worker. Whoever receives says what it
// needs (all records of a key, a copy of everything, ...), and the edge keeps to it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"
#include "runtime/data/key.h"
#include "runtime/data/router.h"

namespace eagre::data {

enum class PactKind : unsigned char { pipeline, exchange, broadcast, gather, rebalance, partition };

// Makes the typed part of a router; shared by all routers of an edge.
// Threads: safe from any thread.
class SplitterFactory {
 public:
  virtual ~SplitterFactory() = default;
  virtual std::unique_ptr<Splitter> make(const RouterOptions& options) const = 0;
};

// Cheap to copy.
// Threads: value.
class Pact {
 public:
  // To the same worker.
  static Pact pipeline() { return Pact(PactKind::pipeline, nullptr); }
  // To every worker; the batches are shared.
  static Pact broadcast() { return Pact(PactKind::broadcast, nullptr); }
  // To worker 0.
  static Pact gather() { return Pact(PactKind::gather, nullptr); }
  // One record after another to one worker after another, starting at the sender's own.
  template <class T>
  static Pact rebalance();
  // To the worker of the key group of `key(record)`. `key` is copied for every sending instance,
  // and must depend on the record alone.
  template <class T, class Key>
  static Pact exchange(Key key);
  // To worker `choose(record)` modulo the number of workers. `choose` returns an unsigned number,
  // is copied for every sending instance, and must depend on the record alone.
  template <class T, class Choose>
  static Pact partition(Choose choose);

  PactKind kind() const { return kind_; }
  // As plans print it.
  std::string_view name() const;

  std::unique_ptr<Router> make_router(const RouterOptions& options) const;

 private:
  Pact(PactKind kind, std::shared_ptr<const SplitterFactory> splitters)
      : kind_(kind), splitters_(std::move(splitters)) {}

  PactKind kind_;
  std::shared_ptr<const SplitterFactory> splitters_;
};

namespace detail {

// `Target` maps a record to its worker.
template <class T, class Target>
class TypedSplitter final : public Splitter {
 public:
  TypedSplitter(std::uint32_t workers, Target target)
      : target_(std::move(target)), open_(workers), next_(workers) {}

  void split(const Batch& batch, const Header& header, std::size_t target_bytes,
             Emit& emit) override {
    BatchReader<T> reader(batch);
    if constexpr (Codec<T>::kPacked) {
      split_blocks(reader.packed(), header, target_bytes, emit);
    } else {
      reader.for_each([&](const T& record) {
        const std::uint32_t worker = target_(record);
        BatchWriter<T>& writer = open_[worker];
        writer.append(record);
        if (writer.bytes() >= target_bytes) [[unlikely]] {
          emit.emit(worker, writer.finish(header));
        }
      });
    }
  }

  void flush(const Header& header, Emit& emit) override {
    for (std::uint32_t worker = 0; worker < open_.size(); ++worker) {
      if (!open_[worker].empty()) {
        emit.emit(worker, open_[worker].finish(header));
      }
    }
  }

 private:
  static constexpr std::size_t kBlock = 512;
  // Storing a larger record twice costs more than waiting.
  static constexpr std::size_t kCheapBytes = 32;

  // A block at a time, to places that are known to be there. A batch exceeds its target by less
  // than a block.
  void split_blocks(std::span<const T> records, const Header& header, std::size_t target_bytes,
                    Emit& emit) {
    const auto block = std::clamp<std::size_t>(target_bytes / 8 / sizeof(T), 1, kBlock);
    while (!records.empty()) {
      const std::span<const T> part = records.first(std::min(block, records.size()));
      records = records.subspan(part.size());
      for (std::size_t worker = 0; worker < open_.size(); ++worker) {
        next_[worker] = open_[worker].room(part.size());
      }
      if (sizeof(T) <= kCheapBytes && open_.size() == 2) {
        store_for_two(part);
      } else {
        store(part);
      }
      for (std::uint32_t worker = 0; worker < open_.size(); ++worker) {
        BatchWriter<T>& writer = open_[worker];
        writer.give_back_from(next_[worker]);
        if (writer.bytes() >= target_bytes && !writer.empty()) {
          emit.emit(worker, writer.finish(header));
        }
      }
    }
  }

  // No branch depends on the data; each record waits for the last one of its worker, whose place is
  // in memory.
  void store(std::span<const T> records) {
    std::byte** const next = next_.data();
    for (const T& record : records) {
      std::byte*& at = next[target_(record)];
      Codec<T>::store(at, record);
      at += sizeof(T);
    }
  }

  // With two workers both places are in registers: a record is stored at both, and only the place
  // of its worker moves on.
  void store_for_two(std::span<const T> records) {
    std::byte* first = next_[0];
    std::byte* second = next_[1];
    for (const T& record : records) {
      const std::size_t is_second = target_(record);
      Codec<T>::store(first, record);
      Codec<T>::store(second, record);
      first += (1 - is_second) * sizeof(T);
      second += is_second * sizeof(T);
    }
    next_[0] = first;
    next_[1] = second;
  }

  Target target_;
  std::vector<BatchWriter<T>> open_;
  // Where the next record of each worker goes.
  std::vector<std::byte*> next_;
};

template <class T, class Target, class Rule>
class TypedSplitterFactory final : public SplitterFactory {
 public:
  explicit TypedSplitterFactory(Rule rule) : rule_(std::move(rule)) {}

  std::unique_ptr<Splitter> make(const RouterOptions& options) const override {
    return std::make_unique<TypedSplitter<T, Target>>(options.workers, Target(options, rule_));
  }

 private:
  Rule rule_;
};

template <class Key>
class ByKey {
 public:
  ByKey(const RouterOptions& options, Key key) : key_(std::move(key)) {
    for (std::uint32_t group = 0; group < kKeyGroups; ++group) {
      workers_[group] = worker_of_group(group, options.workers);
    }
  }
  template <class T>
  std::uint32_t operator()(const T& record) {
    return workers_[key_group(key_hash(key_(record)))];
  }

 private:
  Key key_;
  std::array<std::uint32_t, kKeyGroups> workers_;
};

template <class Choose>
class ByChoice {
 public:
  ByChoice(const RouterOptions& options, Choose choose)
      : choose_(std::move(choose)), workers_(options.workers) {}
  template <class T>
  std::uint32_t operator()(const T& record) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(choose_(record)) % workers_);
  }

 private:
  Choose choose_;
  std::uint32_t workers_;
};

struct NoRule {};

class InTurn {
 public:
  InTurn(const RouterOptions& options, NoRule)
      : next_(options.self % options.workers), workers_(options.workers) {}
  template <class T>
  std::uint32_t operator()(const T&) {
    const std::uint32_t worker = next_;
    next_ = next_ + 1 == workers_ ? 0 : next_ + 1;
    return worker;
  }

 private:
  std::uint32_t next_;
  std::uint32_t workers_;
};

}  // namespace detail

template <class T>
Pact Pact::rebalance() {
  return Pact(PactKind::rebalance,
              std::make_shared<detail::TypedSplitterFactory<T, detail::InTurn, detail::NoRule>>(
                  detail::NoRule{}));
}

template <class T, class Key>
Pact Pact::exchange(Key key) {
  return Pact(
      PactKind::exchange,
      std::make_shared<detail::TypedSplitterFactory<T, detail::ByKey<Key>, Key>>(std::move(key)));
}

template <class T, class Choose>
Pact Pact::partition(Choose choose) {
  static_assert(std::is_unsigned_v<std::invoke_result_t<Choose&, const T&>>,
                "eagre: the function of a partition pact returns an unsigned worker number");
  return Pact(PactKind::partition,
              std::make_shared<detail::TypedSplitterFactory<T, detail::ByChoice<Choose>, Choose>>(
                  std::move(choose)));
}

}  // namespace eagre::data
