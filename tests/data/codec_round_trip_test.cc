// Laws of the codecs on random records of every kind (RapidCheck).
// Catches: a codec that loses or mixes up values, keeps something of the record before (decoding
// reuses one object), promises another size than it writes, or starts a column where its records
// cannot be read in place.

#include <string>

#include "runtime/data/codec.h"
#include "tests/data/arbitrary_records.h"
#include "tests/data/batches.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;

// What records of type T broke; nullptr if nothing. Without RapidCheck in it: this is compiled for
// every kind of record.
template <class T>
const char* broken_by_records(Draw& draw) {
  static_assert(Record<T>);
  const std::vector<T> records = draw.records<T>();
  BatchWriter<T> writer;
  std::uint64_t promised = 0;
  for (const auto& record : records) {
    writer.append(static_cast<const T&>(record));
    promised += Codec<T>::encoded_size(record);
    if (writer.bytes() != promised) {
      return "the columns hold what encoded_size promises";
    }
  }
  const Batch batch = writer.finish(Header());
  if (batch.count() != records.size()) {
    return "the batch counts its records";
  }
  if (!verify<T>(batch).ok()) {
    return "the batch is found whole";
  }
  for (std::size_t i = 0; i < batch.columns(); ++i) {
    if (reinterpret_cast<std::uintptr_t>(batch.column(i).data()) % 8 != 0) {
      return "aligned columns";
    }
  }
  std::vector<T> iterated;
  BatchReader<T> reader(batch);
  for (const T& record : reader) {
    iterated.push_back(record);
  }
  if (!same(iterated, records)) {
    return "the iterator gives what went in";
  }
  if (!same(records_of<T>(batch), records)) {
    return "for_each gives what went in";
  }
  return nullptr;
}

void check_law(const char* (*law)(Draw&), std::uint64_t max_size) {
  check_records("records come back as they went in", 100, max_size, [&](Draw& draw) {
    if (const char* const broken = law(draw)) {
      RC_FAIL(broken);
    }
  });
}

template <class T>
void check_round_trip(std::uint64_t max_size = 60) {
  check_law(&broken_by_records<T>, max_size);
}

// One test a kind, so that a failure names it.
TEST_CASE("integers, bools and enums come back as they went in") {
  check_round_trip<std::uint64_t>();
  check_round_trip<std::int8_t>();
  check_round_trip<char>();
  check_round_trip<bool>();
  check_round_trip<Colour>();
}
TEST_CASE("floating point numbers come back with every bit") {
  check_round_trip<double>();
  check_round_trip<float>();
}
TEST_CASE("durations come back as they went in") {
  check_round_trip<std::chrono::microseconds>();
}
TEST_CASE("packed structs come back as they went in") {
  check_round_trip<Point>();
  check_round_trip<Padded>();
  check_round_trip<Reading>();
  check_round_trip<std::array<Padded, 3>>();
}
TEST_CASE("strings come back as they went in") {
  check_round_trip<std::string>();
}
TEST_CASE("pairs and tuples come back as they went in") {
  check_round_trip<std::pair<std::uint8_t, std::uint64_t>>();
  check_round_trip<std::pair<std::string, double>>();
  check_round_trip<std::tuple<std::string>>();
  check_round_trip<std::tuple<bool, Padded, std::string, std::pair<int, std::string>>>();
}
TEST_CASE("optionals come back as they went in") {
  check_round_trip<std::optional<int>>();
  check_round_trip<std::optional<bool>>();
  check_round_trip<std::optional<std::string>>();
  check_round_trip<std::optional<std::optional<Padded>>>();
}
TEST_CASE("vectors come back as they went in") {
  check_round_trip<std::vector<std::uint16_t>>();
  check_round_trip<std::vector<bool>>();
  check_round_trip<std::vector<Padded>>();
  check_round_trip<std::vector<std::string>>();
  check_round_trip<std::vector<std::vector<std::optional<std::string>>>>();
}
TEST_CASE("aggregates come back as they went in") {
  check_round_trip<Order>();
  check_round_trip<std::array<std::string, 3>>();
}
TEST_CASE("deeply nested aggregates come back as they went in") {
  check_round_trip<Deep>(12);
}

}  // namespace
}  // namespace eagre::data
