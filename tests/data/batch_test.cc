// Laws of batches and their bytes on random headers and records (RapidCheck); damage of every kind
// to those bytes; and the bytes read by a foreign program, the capnp tool.
// Catches: a batch that comes back different, bytes that other Cap'n Proto programs cannot read,
// damaged bytes that crash the reader or are taken for records, a header change that copies.

#include "runtime/data/batch.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "runtime/base/random.h"
#include "tests/data/arbitrary_records.h"
#include "tests/data/batches.h"
#include "tests/support/broken_invariant.h"
#include "tests/support/capnp_tool.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;

Header any_header(Draw& draw) {
  Header header{.generation = draw.any<std::uint64_t>(),
                .channel = draw.any<std::uint32_t>(),
                .interval = draw.any<std::uint64_t>()};
  std::vector<std::uint64_t> coordinates(draw.random.below(7));
  for (std::uint64_t& coordinate : coordinates) {
    coordinate = draw.any<std::uint64_t>();
  }
  header.time = progress::Time(coordinates);
  return header;
}

bool equal(const Batch& a, const Batch& b) {
  if (a.header() != b.header() || a.columns() != b.columns()) {
    return false;
  }
  for (std::size_t i = 0; i < a.columns(); ++i) {
    if (!std::ranges::equal(a.column(i), b.column(i))) {
      return false;
    }
  }
  return true;
}

TEST_CASE("a batch comes back from its bytes as it was, header and columns") {
  check_records("from_wire(append_wire(b)) is b", 100, 60, [](Draw& draw) {
    const Header header = any_header(draw);
    const std::vector<Order> orders = draw.records<Order>();
    const Batch batch = batch_of(orders, header);
    RC_ASSERT(batch.header().generation == header.generation);
    RC_ASSERT(batch.time() == header.time);
    RC_ASSERT(batch.count() == orders.size());

    std::vector<std::byte> bytes(draw.random.below(9), std::byte{1});
    const std::size_t before = bytes.size();
    batch.append_wire(bytes);
    // At any alignment.
    const base::Result<Batch> back = Batch::from_wire(std::span(bytes).subspan(before));
    RC_ASSERT(back.ok());
    RC_ASSERT(equal(*back, batch));
    RC_ASSERT(same(records_of<Order>(*back), orders));
    RC_ASSERT(wire_of(*back) ==
              std::vector(bytes.begin() + static_cast<std::ptrdiff_t>(before), bytes.end()));
  });
}

TEST_CASE("a new header shares the body and keeps count and layout") {
  check_records("with_header", 100, 60, [](Draw& draw) {
    const std::vector<Order> orders = draw.records<Order>();
    const Batch batch = batch_of(orders, any_header(draw));
    const Header header = any_header(draw);
    Batch other = batch.with_header(header);
    RC_ASSERT((other.body() == batch.body()));
    RC_ASSERT(other.time() == header.time);
    RC_ASSERT(other.channel() == header.channel);
    RC_ASSERT(other.count() == batch.count());
    RC_ASSERT(other.header().layout == batch.header().layout);
    for (std::size_t i = 0; i < batch.columns(); ++i) {
      RC_ASSERT(other.column(i).data() == batch.column(i).data());
    }
    RC_ASSERT(equal(Batch::from_wire(wire_of(other)).value(), other));
  });
}

TEST_CASE("a body lives as long as any batch that uses it") {
  Batch last;
  {
    const Batch first = batch_of<std::string>({"kept"});
    last = first.with_header(Header{.time = {1, 2}});
    const Batch copy = last;
    CHECK(copy.body() == first.body());
  }
  CHECK(records_of<std::string>(last) == std::vector<std::string>{"kept"});
  const Batch moved = std::move(last);
  CHECK(moved);
  CHECK_FALSE(last);  // NOLINT(bugprone-use-after-move): empty is what it must be
}

TEST_CASE("the footprint covers the columns and little more") {
  const Batch batch = batch_of(std::vector<std::uint64_t>(1000));
  CHECK(batch.footprint() >= 8000);
  CHECK(batch.footprint() <= 8000 * 5 / 4 + 512);
}

TEST_CASE("truncated bytes are refused, wherever they end") {
  const std::vector<std::byte> bytes =
      wire_of(batch_of<Order>({{"a", {}, "note", {{1, "x"}}, Point{1, 2}, true}}));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const base::Result<Batch> result = Batch::from_wire(std::span(bytes).first(length));
    CAPTURE(length);
    REQUIRE_FALSE(result.ok());
    REQUIRE(result.status().code() == base::Code::input);
    REQUIRE(result.status().message().starts_with("malformed batch: "));
  }
  std::vector<std::byte> longer = bytes;
  longer.resize(bytes.size() + 8);
  CHECK_FALSE(Batch::from_wire(longer).ok());
}

// Whatever the bytes are, reading them ends in a Status or in records.
void read_whatever_it_is(std::span<const std::byte> bytes) {
  const base::Result<Batch> batch = Batch::from_wire(bytes);
  if (!batch.ok()) {
    return;
  }
  std::size_t total = 0;
  for (std::size_t i = 0; i < batch->columns(); ++i) {
    for (const std::byte byte : batch->column(i)) {
      total += std::to_integer<std::size_t>(byte);
    }
  }
  if (verify<Deep>(*batch).ok()) {
    for (const Deep& record : records_of<Deep>(*batch)) {
      total += record.orders.size();
    }
  }
  if (verify<Padded>(*batch).ok()) {
    for (const Padded& record : records_of<Padded>(*batch)) {
      total += record.flag ? 1 : 0;
    }
  }
  RC_ASSERT(total < (std::uint64_t{1} << 62));
}

TEST_CASE("corrupted bytes never crash the reader") {
  check_records("flipped bytes", 2000, 8, [](Draw& draw) {
    std::vector<std::byte> bytes = draw.any<bool>() ? wire_of(batch_of(draw.records<Deep>()))
                                                    : wire_of(batch_of(draw.records<Padded>()));
    for (std::uint64_t flips = 1 + draw.random.below(5); flips != 0; --flips) {
      // Often in the headers, where it hurts.
      const std::size_t most =
          draw.any<bool>() ? bytes.size() : std::min<std::size_t>(bytes.size(), 200);
      bytes[draw.random.below(most)] = std::byte{draw.any<std::uint8_t>()};
    }
    read_whatever_it_is(bytes);
  });
  check_records("random bytes", 2000, 100, [](Draw& draw) {
    const auto words = draw.records<std::uint64_t>();
    read_whatever_it_is(std::as_bytes(std::span(words)));
    const auto bytes = draw.records<std::uint8_t>();
    read_whatever_it_is(std::as_bytes(std::span(bytes)));
  });
}

TEST_CASE("columns that do not hold whole records are found before they are read") {
  const auto broken = [](std::vector<std::vector<std::uint8_t>> contents, std::uint64_t count) {
    std::vector<Column> columns(contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i) {
      columns[i].append(contents[i].data(), contents[i].size());
    }
    // Through bytes, since what this process makes is trusted.
    return Batch::from_wire(
               wire_of(Batch::make(Header{.count = count, .layout = Codec<std::string>::kLayout},
                                   columns)))
        .value();
  };
  CHECK(verify<std::string>(broken({{1, 0, 0, 0}, {'a'}}, 1)).ok());
  CHECK_FALSE(verify<std::string>(broken({{2, 0, 0, 0}, {'a'}}, 1)).ok());
  CHECK_FALSE(verify<std::string>(broken({{1, 0, 0, 0}, {'a', 'b'}}, 1)).ok());
  CHECK_FALSE(verify<std::string>(broken({{1, 0, 0}, {'a'}}, 1)).ok());
  CHECK_FALSE(verify<std::string>(broken({{1, 0, 0, 0}, {'a'}}, 2)).ok());
  CHECK_FALSE(verify<std::string>(broken({{1, 0, 0, 0}}, 1)).ok());
  CHECK(verify<std::string>(broken({{1, 0, 0}, {'a'}}, 1)).code() == base::Code::input);
  const Batch bad = broken({{1, 0, 0}, {'a'}}, 1);
  CHECK_THROWS_AS(BatchReader<std::string>(bad), MalformedBatch);
  CHECK_FALSE(verify<std::uint8_t>(broken({{1, 0, 0, 0}, {'a'}}, 1)).ok());
}

TEST_CASE("a bool that is neither 0 nor 1 is found, packed or not") {
  Column column;
  column.put(std::uint8_t{2});
  const auto read = [&](std::uint64_t layout) {
    return Batch::from_wire(
               wire_of(Batch::make(Header{.count = 1, .layout = layout}, std::span(&column, 1))))
        .value();
  };
  CHECK_FALSE(verify<bool>(read(Codec<bool>::kLayout)).ok());
  CHECK(verify<std::uint8_t>(read(Codec<std::uint8_t>::kLayout)).ok());
}

TEST_CASE("more records than bytes are refused") {
  std::vector<Column> none(1);
  const std::vector<std::byte> bytes = wire_of(Batch::make(Header{.count = 1}, none));
  CHECK(Batch::from_wire(bytes).status().message() == "malformed batch: 1 records in 0 bytes");
}

TEST_CASE("the capnp tool reads a batch") {
  const Batch batch = batch_of<std::pair<std::uint16_t, std::string>>(
      {{0x4241, "first"}, {0x4443, ""}, {0x4645, "third"}},
      Header{.generation = 3, .channel = 17, .interval = 5, .time = {8, 2}});
  const std::string text = eagre::testing::capnp_decode(wire_of(batch));
  CAPTURE(text);
  const std::string layout = std::to_string(batch.header().layout);
  for (const std::string& part :
       {std::string("generation = 3"), std::string("interval = 5"), std::string("count = 3"),
        "layout = " + layout, std::string("channel = 17"), std::string("time = [8, 2]"),
        std::string("\"ABCDEF\""), std::string("\"firstthird\"")}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("batches of any number of columns and coordinates can be written") {
  check_records("columns", 100, 100, [](Draw& draw) {
    std::vector<std::size_t> sizes(draw.random.below(draw.size + 1));
    for (std::size_t& size : sizes) {
      size = draw.random.below(40);
    }
    std::vector<Column> columns(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      for (std::size_t j = 0; j < sizes[i]; ++j) {
        columns[i].put(static_cast<std::uint8_t>(i + j));
      }
    }
    Draw times{draw.random, 20};
    const progress::Time time(times.records<std::uint64_t>());
    const Batch batch = Batch::make(Header{.time = time}, columns);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      RC_ASSERT(std::ranges::equal(batch.column(i), columns[i].bytes()));
      RC_ASSERT(reinterpret_cast<std::uintptr_t>(batch.column(i).data()) % 8 == 0);
    }
    RC_ASSERT(equal(Batch::from_wire(wire_of(batch)).value(), batch));
  });
}

}  // namespace
}  // namespace eagre::data
