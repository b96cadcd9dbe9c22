// Codecs at their limits, laws of packed records (RapidCheck), and pinned layouts.
// Catches: padding let through (equal records, different bytes), packed records that are copied,
// records above the limit taken, a writer that keeps something, a layout that changed between
// versions.

#include "runtime/data/codec.h"

#include <algorithm>
#include <string>

#include "tests/data/arbitrary_records.h"
#include "tests/data/batches.h"
#include "tests/support/broken_invariant.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;
using eagre::testing::broken_by;

TEST_CASE("structs without fields come back as often as they went in") {
  const std::vector<Empty> records(5);
  CHECK(records_of<Empty>(batch_of(records)).size() == 5);
}

TEST_CASE("large strings and long vectors come back as they went in") {
  const std::vector<std::string> strings = {std::string(std::size_t{9} << 20, 'x'), "",
                                            std::string(70000, '\0'), "end"};
  CHECK(records_of<std::string>(batch_of(strings)) == strings);
  std::vector<std::uint32_t> numbers(1000000);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = i;
  }
  const std::vector<std::vector<std::uint32_t>> vectors = {{}, numbers, {1}};
  CHECK(records_of<std::vector<std::uint32_t>>(batch_of(vectors)) == vectors);
}

TEST_CASE("padding travels as zeros") {
  check_records("equal fields, equal bytes", 100, 10, [](Draw& draw) {
    const auto record = draw.any<Padded>();
    alignas(Padded) unsigned char memory[sizeof(Padded)];
    std::fill(std::begin(memory), std::end(memory), draw.any<unsigned char>());
    auto& dirty = *reinterpret_cast<Padded*>(memory);
    dirty.tag = record.tag;
    dirty.key = record.key;
    dirty.flag = record.flag;
    dirty.small = record.small;

    BatchWriter<Padded> writer;
    writer.append(dirty);
    writer.append(std::span<const Padded>(&dirty, 1));
    const Batch batch = writer.finish(Header());
    unsigned char expected[2][sizeof(Padded)] = {};
    for (auto& bytes : expected) {
      std::memcpy(bytes + offsetof(Padded, tag), &record.tag, sizeof(record.tag));
      std::memcpy(bytes + offsetof(Padded, key), &record.key, sizeof(record.key));
      std::memcpy(bytes + offsetof(Padded, flag), &record.flag, sizeof(record.flag));
      std::memcpy(bytes + offsetof(Padded, small), &record.small, sizeof(record.small));
    }
    RC_ASSERT(batch.column(0).size() == sizeof(expected));
    RC_ASSERT(std::memcmp(batch.column(0).data(), expected, sizeof(expected)) == 0);
  });
}

TEST_CASE("fields are found by alignment, not by adding up sizes") {
  struct Odd {
    int x;
    char a;
    alignas(2) char b;
    char c;
  };
  BatchWriter<Odd> writer;
  writer.append(Odd{1, 'a', 'b', 'c'});
  const Batch batch = writer.finish(Header());
  BatchReader<Odd> reader(batch);
  const Odd& read = reader.packed()[0];
  CHECK((read.x == 1 && read.a == 'a' && read.b == 'b' && read.c == 'c'));
}

TEST_CASE("a writer is empty after finish and clear, and can be used again") {
  BatchWriter<Order> writer;
  const Order order{"a", {}, "note", {{1, "x"}}, Point{1, 2}, true};
  writer.append(order);
  CHECK(writer.count() == 1);
  CHECK(writer.finish(Header()).count() == 1);
  CHECK(writer.empty());
  CHECK(writer.bytes() == 0);
  writer.append(order);
  writer.clear();
  CHECK(writer.empty());
  writer.append(order);
  writer.append(order);
  const Batch batch = writer.finish(Header());
  CHECK(records_of<Order>(batch).size() == 2);
  CHECK(batch_of(std::vector<Order>()).count() == 0);
}

TEST_CASE("many packed records are appended as one by one") {
  check_records("span append", 100, 60, [](Draw& draw) {
    const std::vector<Padded> records = draw.records<Padded>();
    BatchWriter<Padded> writer;
    writer.append(std::span<const Padded>(records));
    RC_ASSERT(writer.count() == records.size());
    const Batch at_once = writer.finish(Header());
    const Batch one_by_one = batch_of(records);
    RC_ASSERT(std::ranges::equal(at_once.column(0), one_by_one.column(0)));
  });
}

TEST_CASE("packed records are read in place") {
  const std::vector<Point> points = {{1, 2}, {3, 4}};
  const Batch batch = batch_of(points);
  const BatchReader<Point> reader(batch);
  CHECK(static_cast<const void*>(reader.packed().data()) == batch.column(0).data());
  CHECK(reader.decode(1) == points[1]);
}

TEST_CASE("a record above the limit is refused and leaves the writer as it was") {
  BatchWriter<std::pair<std::uint32_t, std::string>> writer;
  writer.append({1, "small"});
  const std::pair<std::uint32_t, std::string> large(2, std::string(kMaxRecordBytes, 'x'));
  try {
    writer.append(large);
    FAIL("it was taken");
  } catch (const RecordTooLarge& refused) {
    CHECK(refused.bytes() == kMaxRecordBytes + 8);
    CHECK(std::string(refused.what()).find("above the limit of 268435456 bytes") !=
          std::string::npos);
  }
  const Batch batch = writer.finish(Header());
  CHECK(records_of<std::pair<std::uint32_t, std::string>>(batch).size() == 1);
}

TEST_CASE("a batch read as another layout is a broken invariant that names both") {
  const Batch batch = batch_of(std::vector<std::uint64_t>{1});
  const std::string message = broken_by([&] { BatchReader<std::int64_t> reader(batch); });
  CHECK(message.find("0x") != std::string::npos);
  CHECK(message.find("is read as layout 0x") != std::string::npos);
}

TEST_CASE("a batch from outside of another layout is malformed, and breaks nothing") {
  std::vector<std::uint64_t> one = {1};
  for (const std::uint64_t layout : {Codec<std::uint64_t>::kLayout, std::uint64_t{0}}) {
    Column column;
    column.append(one.data(), sizeof(std::uint64_t));
    const Batch batch =
        Batch::from_wire(testing::wire_of(Batch::make(Header{.count = 1, .layout = layout},
                                                      std::span(&column, 1))))
            .value();
    CHECK_THROWS_AS(BatchReader<std::int64_t>(batch), MalformedBatch);
  }
}

TEST_CASE("aggregates are one column a leaf field, packed structs one in all") {
  CHECK(Codec<Reading>::kColumns == 1);
  CHECK(Codec<Order>::kColumns == 2 + 1 + 3 + 4 + 2 + 1);
  CHECK(Codec<std::pair<std::uint8_t, std::uint64_t>>::kColumns == 2);
  CHECK(Codec<std::vector<Point>>::kColumns == 2);
}

TEST_CASE("layouts differ where structures differ, and are pinned") {
  using std::string;
  const std::vector<std::uint64_t> layouts = {
      Codec<bool>::kLayout,
      Codec<char>::kLayout,
      Codec<std::int8_t>::kLayout,
      Codec<std::uint8_t>::kLayout,
      Codec<std::uint64_t>::kLayout,
      Codec<double>::kLayout,
      Codec<string>::kLayout,
      Codec<Point>::kLayout,
      Codec<Padded>::kLayout,
      Codec<std::pair<std::int64_t, std::int64_t>>::kLayout,
      Codec<std::pair<std::uint8_t, string>>::kLayout,
      Codec<std::pair<string, std::uint8_t>>::kLayout,
      Codec<std::optional<string>>::kLayout,
      Codec<std::vector<string>>::kLayout,
      Codec<std::array<string, 2>>::kLayout,
      Codec<std::array<string, 3>>::kLayout,
      Codec<std::chrono::milliseconds>::kLayout,
      Codec<std::chrono::microseconds>::kLayout,
      Codec<Empty>::kLayout,
  };
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      CAPTURE(i, j);
      CHECK(layouts[i] != layouts[j]);
    }
  }
  CHECK(Codec<Colour>::kLayout == Codec<std::uint8_t>::kLayout);
  CHECK(Codec<std::uint64_t>::kLayout == 0x2a6fa32f2ceb7f90);
  CHECK(Codec<std::string>::kLayout == 0xe6ad1be9a8972875);
  CHECK(Codec<Padded>::kLayout == 0x9df86ae58ca30fac);
  CHECK(Codec<Order>::kLayout == 0x583270aa72a5031b);
}

}  // namespace
}  // namespace eagre::data
