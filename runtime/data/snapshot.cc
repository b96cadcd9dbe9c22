#include "runtime/data/snapshot.h"

#include <span>

namespace eagre::data {

SavedBatch to_saved(const Batch& batch) {
  std::vector<std::byte> wire;
  batch.append_wire(wire);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(wire.data());
  return {bytes, bytes + wire.size()};
}

Batch from_saved(const SavedBatch& batch) {
  base::Result<Batch> read = Batch::from_wire(std::as_bytes(std::span(batch)));
  if (!read.ok()) {
    throw ForeignSnapshot();
  }
  return std::move(read.value());
}

}  // namespace eagre::data
