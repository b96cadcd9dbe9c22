#include "tests/control/arbitrary_messages.h"

#include <limits>
#include <type_traits>
#include <variant>

#include "runtime/base/check.h"
#include "runtime/control/packet.h"
#include "tests/data/batches.h"

namespace eagre::control::testing {

namespace {

using data::testing::batch_of;
using data::testing::wire_of;

std::uint64_t any_u64(base::Random& random) {
  switch (random.below(4)) {
    case 0:
      return std::numeric_limits<std::uint64_t>::max();
    case 1:
      return random.below(3);
    default:
      return random() >> random.below(64);
  }
}

std::uint32_t any_u32(base::Random& random) {
  return static_cast<std::uint32_t>(any_u64(random));
}

std::string any_text(base::Random& random, std::uint64_t size) {
  std::string text(random.below(size + 1), ' ');
  for (char& c : text) {
    c = static_cast<char>(random.below(256));
  }
  return text;
}

base::Status any_problem(base::Random& random, std::uint64_t size) {
  constexpr base::Code kCodes[] = {base::Code::failed, base::Code::usage, base::Code::input,
                                   base::Code::refused, base::Code::cancelled};
  return {kCodes[random.below(5)], any_text(random, size)};
}

progress::Time any_time(base::Random& random, std::size_t coordinates) {
  std::vector<std::uint64_t> values(coordinates);
  for (std::uint64_t& value : values) {
    value = any_u64(random);
  }
  return progress::Time(values);
}

data::Batch any_batch(base::Random& random, std::uint64_t size) {
  const data::Header header{.generation = any_u64(random),
                            .channel = any_u32(random),
                            .interval = any_u64(random),
                            .time = any_time(random, random.below(7))};
  if (random.coin(0.5)) {
    std::vector<std::uint64_t> numbers(random.below(size + 1));
    for (std::uint64_t& number : numbers) {
      number = any_u64(random);
    }
    return batch_of(numbers, header);
  }
  std::vector<std::string> texts(random.below(size + 1));
  for (std::string& text : texts) {
    text = any_text(random, 20);
  }
  return batch_of(texts, header);
}

ProgressSum any_progress(base::Random& random, std::uint64_t size) {
  ProgressSum sum{.generation = progress::Generation(any_u64(random)),
                  .process = progress::ProcessId(any_u32(random)),
                  .sequence = any_u64(random),
                  .changes = {}};
  for (std::uint64_t left = random.below(size + 1); left != 0; --left) {
    const std::uint64_t diff = any_u64(random);
    const std::size_t coordinates =
        random.coin(0.1) ? data::Batch::kMaxCoordinates : random.below(6);
    sum.changes.push_back({.at = progress::Location(any_u32(random)),
                           .time = any_time(random, coordinates),
                           .diff = diff == 0 ? -1 : static_cast<std::int64_t>(diff)});
  }
  return sum;
}

FrontierDelta any_frontiers(base::Random& random, std::uint64_t size) {
  FrontierDelta delta{
      .generation = progress::Generation(any_u64(random)), .version = any_u64(random), .moves = {}};
  for (std::uint64_t left = random.below(size + 1); left != 0; --left) {
    progress::FrontierMove& move = delta.moves.emplace_back();
    move.location = progress::Location(any_u32(random));
    const std::size_t coordinates = random.below(6);
    for (std::uint64_t times = random.below(6); times != 0; --times) {
      move.frontier.insert(any_time(random, coordinates));
    }
  }
  return delta;
}

template <class T>
bool same_batch(const T& a, const T& b) {
  if (!a || !b) {
    return !a && !b;
  }
  return a.header() == b.header() && wire_of(a) == wire_of(b);
}

struct Same {
  bool operator()(const Deliver& a, const Deliver& b) const {
    return a.from == b.from && a.to == b.to && a.charge == b.charge && same_batch(a.batch, b.batch);
  }
  bool operator()(const Ask& a, const Ask& b) const {
    return a.generation == b.generation && a.id == b.id && a.node == b.node &&
           a.worker == b.worker && same_batch(a.request, b.request);
  }
  bool operator()(const Answer& a, const Answer& b) const {
    return a.generation == b.generation && a.id == b.id && a.status == b.status &&
           same_batch(a.batch, b.batch);
  }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    if constexpr (std::is_same_v<A, B>) {
      return a == b;
    } else {
      return false;
    }
  }
};

}  // namespace

Message any_message(base::Random& random, std::size_t kind, std::uint64_t size) {
  const progress::Generation generation(any_u64(random));
  switch (kind) {
    case 0:
      return Deliver{any_u32(random), any_u32(random), any_batch(random, size),
                     any_u64(random) | 1};
    case 1:
      return Hello{.protocol = any_u32(random),
                   .cluster = any_text(random, size),
                   .program = any_text(random, size),
                   .plan = any_u64(random),
                   .options = any_u64(random),
                   .node = any_u32(random),
                   .nodes = any_u32(random),
                   .workers = any_u32(random),
                   .inbox_bytes = any_u64(random),
                   .generation = generation};
    case 2:
      return Refused{generation, any_problem(random, size)};
    case 3:
      return any_progress(random, size);
    case 4:
      return any_frontiers(random, size);
    case 5:
      return Credit{generation, any_u32(random), any_u32(random), any_u32(random), any_u64(random)};
    case 6:
      return Ask{generation, any_u64(random), any_u32(random), any_u32(random),
                 any_batch(random, size)};
    case 7:
      if (random.coin(0.5)) {
        return Answer{generation, any_u64(random), {}, any_batch(random, size)};
      }
      return Answer{generation, any_u64(random), any_problem(random, size), {}};
    case 8:
      return Failed{generation, any_u32(random), any_problem(random, size)};
    case 9:
      return Complete{generation};
    case 10:
      return Left{generation, any_u32(random)};
    case 11:
      return Goodbye{generation};
    default:
      return Checkpoint{
          generation,      any_u64(random), static_cast<Checkpoint::Step>(random.below(6)),
          any_u64(random), any_u64(random), any_u64(random),
          any_u64(random)};
  }
}

bool same(const Message& a, const Message& b) {
  return std::visit(Same{}, a, b);
}

std::vector<std::byte> packet_of(const std::vector<Message>& messages) {
  PacketWriter writer;
  for (const Message& message : messages) {
    const base::Status status = writer.add(message);
    EAGRE_CHECK(status.ok(), "{}", status.to_string());
  }
  return writer.take();
}

ProgressSum four_changes() {
  using progress::Location;
  return {.generation = progress::Generation(1),
          .process = progress::ProcessId(2),
          .sequence = 77,
          .changes = {{Location(3), {4, 1}, -5},
                      {Location(4), {4, 1}, -1},
                      {Location(4), {4, 2}, 1},
                      {Location(9), {4, 1}, 6}}};
}

}  // namespace eagre::control::testing
