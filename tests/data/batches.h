// Batches for tests: made of records, turned back into records.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"

namespace eagre::data::testing {

template <class T>
Batch batch_of(const std::vector<T>& records, const Header& header = Header{.time = {7}}) {
  BatchWriter<T> writer;
  for (const auto& record : records) {
    writer.append(record);
  }
  return writer.finish(header);
}

template <class T>
std::vector<T> records_of(const Batch& batch) {
  std::vector<T> records;
  BatchReader<T>(batch).for_each([&](const T& record) { records.push_back(record); });
  return records;
}

inline std::vector<std::byte> wire_of(const Batch& batch) {
  std::vector<std::byte> bytes;
  batch.append_wire(bytes);
  return bytes;
}

}  // namespace eagre::data::testing
