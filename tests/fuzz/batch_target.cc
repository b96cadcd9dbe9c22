// Fuzz target: the bytes of a batch, read as records of several types. What can be read can be
// written and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/data/batch_reader.h"

namespace {

using eagre::data::Batch;

// All records, if the header says that they are of this type and the columns hold some.
template <class T>
std::size_t read_as(const Batch& batch) {
  if (!eagre::data::verify<T>(batch).ok()) {
    return 0;
  }
  std::size_t records = 0;
  eagre::data::BatchReader<T>(batch).for_each([&](const T&) { ++records; });
  EAGRE_CHECK(records == batch.count(), "{} records of {}", records, batch.count());
  return records;
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto batch = Batch::from_wire(std::as_bytes(std::span(data, size)));
  if (!batch.ok()) {
    return 0;
  }
  read_as<std::uint64_t>(*batch);
  read_as<bool>(*batch);
  read_as<std::string>(*batch);
  read_as<std::pair<std::uint16_t, std::string>>(*batch);
  read_as<std::tuple<std::vector<std::optional<std::string>>, double, std::vector<bool>>>(*batch);

  std::vector<std::byte> wire;
  batch->append_wire(wire);
  const auto back = Batch::from_wire(wire);
  EAGRE_CHECK(back.ok() && back->header() == batch->header() && back->columns() == batch->columns(),
              "a batch came back different: {}", back.status().to_string());
  for (std::size_t i = 0; i < batch->columns(); ++i) {
    EAGRE_CHECK(std::ranges::equal(back->column(i), batch->column(i)), "column {} differs", i);
  }
  return 0;
}
