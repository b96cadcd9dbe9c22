// The wire: a batch between two operators of one process, byte for byte what goes to another
// process, is what Cap'n Proto's own tool reads with the schema.
// Examples: one of each layout, a packed column, strings, an aggregate with an optional. Catches a
// column that is not what schema/batch.capnp says, and a message that only our own reader reads.
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/capnp_tool.h"
#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Scope;
using testing::loop_options;

using Number = std::uint64_t;

// Keeps the first batch that passes.
struct Dump : api::LoopObserver {
  api::Fate data(std::uint32_t, std::uint32_t, data::Batch& batch) override {
    if (!kept) {
      kept = batch;
    }
    return api::Fate::arrives;
  }
  data::Batch kept;
};

// The batch in which these records go from one operator to the next, as the tool prints it.
template <class T>
std::string on_the_wire(const std::vector<T>& records) {
  Dump dump;
  testing::run_once(
      [&](Scope& scope) {
        return scope.to_stream<T>(records).map([](const T& record) { return record; }).collect();
      },
      loop_options(1), &dump);
  REQUIRE(dump.kept.count() == records.size());
  std::vector<std::byte> wire;
  dump.kept.append_wire(wire);
  REQUIRE(data::Batch::from_wire(wire).value().header() == dump.kept.header());
  return testing::capnp_decode(wire);
}

void has(const std::string& text, const std::string& part) {
  CAPTURE(text, part);
  REQUIRE(text.find(part) != std::string::npos);
}

TEST_CASE("a batch of numbers is one packed column to `capnp decode`") {
  const std::string text = on_the_wire<Number>({0x1111, 0x2222, 0x3333});
  has(text, "generation = 1");
  has(text, "count = 3");
  has(text, "time = [0]");
  has(text,
      R"(columns = ["\021\021\000\000\000\000\000\000\"\"\000\000\000\000\000\00033\000\000\000\000\000\000"])");
}

TEST_CASE("a batch of strings is their lengths and their letters to `capnp decode`") {
  has(on_the_wire<std::string>({"tide", "", "bore"}),
      R"(columns = ["\004\000\000\000\000\000\000\000\004\000\000\000", "tidebore"])");
}

struct Ship {
  std::string name;
  std::uint16_t masts = 0;
  std::optional<std::string> port;
};

TEST_CASE("a batch of aggregates is a column for each leaf field to `capnp decode`") {
  has(on_the_wire<Ship>({{"Ebb", 3, "Hull"}, {"Flow", 258, std::nullopt}}),
      R"(columns = ["\003\000\000\000\004\000\000\000", "EbbFlow", "\003\000\002\001", )"
      R"("\001\000", "\004\000\000\000", "Hull"])");
}

}  // namespace
}  // namespace eagre
