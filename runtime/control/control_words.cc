// The frequent control messages as words, laid out as Cap'n Proto lays out struct Control:
// framing, root pointer, data of Control (generation; which member), pointer to the member, its
// data and pointers, what those point to.
#include <cstring>

#include "runtime/base/check.h"
#include "runtime/control/control_wire.h"
#include "runtime/data/wire_words.h"
#include "schema/link.capnp.h"

namespace eagre::control {

namespace {

namespace wire = data::wire;

// What comes before the member's struct, without the framing.
constexpr std::size_t kControlWords = 4;
constexpr std::size_t kCreditWords = 3;
// ProgressSum and FrontierDelta: two words of data, a list of structs, a list of coordinates.
constexpr std::size_t kChangeWords = 2;
constexpr std::size_t kMoveWords = 2;

// Appends one message, word by word; exactly as many as it was told of.
class Words {
 public:
  Words(std::vector<std::byte>& out, std::size_t words, progress::Generation generation,
        schema::Control::Which which, std::uint64_t data_words, std::uint64_t pointers) {
    EAGRE_CHECK(words < wire::kMaxSegmentWords, "a control message of {} words", words);
    const std::size_t start = out.size();
    out.resize(start + (1 + words) * sizeof(std::uint64_t));
    at_ = out.data() + start;
    put(wire::one_segment(words));
    put(wire::struct_pointer(2, 1));
    put(generation.value());
    put(static_cast<std::uint64_t>(which));
    put(wire::struct_pointer(data_words, pointers));
  }

  void put(std::uint64_t word) {
    std::memcpy(at_, &word, sizeof(word));
    at_ += sizeof(word);
  }
  void put(std::uint32_t low, std::size_t high) {
    put(low | static_cast<std::uint64_t>(high) << 32);
  }
  void put(const progress::Time& time) {
    for (const std::uint64_t coordinate : time.coordinates()) {
      put(coordinate);
    }
  }
  // The two pointers of a struct with a list of `structs` structs of `each` words and a list of
  // `numbers` numbers behind it, and the tag of the first.
  void put_lists(std::size_t structs, std::size_t each, std::size_t numbers) {
    put(wire::list_pointer(1, wire::ElementSize::composite, structs * each));
    // An empty list may not point behind the segment's end, so it points at itself.
    const auto offset = numbers == 0 ? -1 : static_cast<std::int64_t>(1 + structs * each);
    put(wire::list_pointer(offset, wire::ElementSize::eight_bytes, numbers));
    put(wire::composite_tag(structs, each, 0));
  }

 private:
  std::byte* at_;
};

void check_time(const progress::Time& time, std::size_t coordinates, progress::Location at) {
  EAGRE_CHECK(time.size() == coordinates && coordinates <= data::Batch::kMaxCoordinates,
              "time {} at location {} goes to another node as one of {} coordinates",
              progress::to_string(time), at.value(), coordinates);
}

}  // namespace

void append_control(const ProgressSum& sum, std::vector<std::byte>& out) {
  const std::size_t changes = sum.changes.size();
  std::size_t coordinates = 0;
  for (const progress::Change& change : sum.changes) {
    check_time(change.time, change.time.size(), change.at);
    coordinates += change.time.size();
  }
  Words words(out, kControlWords + 4 + 1 + changes * kChangeWords + coordinates, sum.generation,
              schema::Control::PROGRESS, 2, 2);
  words.put(sum.sequence);
  words.put(sum.process.value(), 0);
  words.put_lists(changes, kChangeWords, coordinates);
  for (const progress::Change& change : sum.changes) {
    words.put(static_cast<std::uint64_t>(change.diff));
    words.put(change.at.value(), change.time.size());
  }
  for (const progress::Change& change : sum.changes) {
    words.put(change.time);
  }
}

void append_control(const FrontierDelta& delta, std::vector<std::byte>& out) {
  const std::size_t moves = delta.moves.size();
  std::size_t coordinates = 0;
  const auto coordinates_of = [](const progress::Antichain& frontier) {
    return frontier.empty() ? 0 : frontier.begin()->size();
  };
  for (const auto& [location, frontier] : delta.moves) {
    EAGRE_CHECK(frontier.size() <= kMaxFrontierTimes, "a frontier of {} times at location {}",
                frontier.size(), location.value());
    const std::size_t each = coordinates_of(frontier);
    for (const progress::Time& time : frontier) {
      check_time(time, each, location);
    }
    coordinates += frontier.size() * each;
  }
  Words words(out, kControlWords + 3 + 1 + moves * kMoveWords + coordinates, delta.generation,
              schema::Control::FRONTIERS, 1, 2);
  words.put(delta.version);
  words.put_lists(moves, kMoveWords, coordinates);
  for (const auto& [location, frontier] : delta.moves) {
    words.put(location.value(), frontier.size());
    words.put(std::uint64_t{coordinates_of(frontier)});
  }
  for (const auto& [location, frontier] : delta.moves) {
    for (const progress::Time& time : frontier) {
      words.put(time);
    }
  }
}

void append_control(const Credit& credit, std::vector<std::byte>& out) {
  Words words(out, kControlWords + kCreditWords, credit.generation, schema::Control::CREDIT,
              kCreditWords, 0);
  words.put(credit.bytes);
  words.put(credit.channel, credit.from);
  words.put(credit.to, 0);
}

}  // namespace eagre::control
