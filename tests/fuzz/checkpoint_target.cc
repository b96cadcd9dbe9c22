// Fuzz target: the files of a checkpoint folder, without what seals them. What can be read can be
// written and read again.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/control/checkpoint_manifest.h"

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eagre::control;
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto manifest = decode_manifest("file", bytes); manifest.ok()) {
    const auto back = decode_manifest("file", encode(*manifest));
    EAGRE_CHECK(back.ok(), "a manifest is not read again: {}", back.status().message());
    EAGRE_CHECK(back->files == manifest->files && back->id == manifest->id,
                "a manifest came back different");
  }
  if (const auto claim = decode_claim("file", bytes); claim.ok()) {
    const auto back = decode_claim("file", encode(*claim));
    EAGRE_CHECK(back.ok() && *back == *claim, "a claim came back different");
  }
  if (const auto snapshots = decode("file", bytes); snapshots.ok()) {
    const auto back = decode("file", encode(*snapshots));
    EAGRE_CHECK(back.ok() && back->size() == snapshots->size(), "a state file came back different");
  }
  return 0;
}
