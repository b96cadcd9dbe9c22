// Manifests, claims and state files as bytes: what was written is read, whatever else is refused.
// Catches: content that is read more often than it is there, bytes behind a message, numbers that
// make what reads on divide by zero, wrap around or take memory without bound.
#include "runtime/control/checkpoint_manifest.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <vector>

namespace eagre::control {
namespace {

using Bytes = std::vector<std::byte>;

Manifest manifest_of(std::uint32_t processes, std::uint32_t workers) {
  Manifest manifest{.id = {3, 5}, .epoch = 7, .program = "words", .plan = 11, .options = 13};
  manifest.processes = processes;
  manifest.workers = workers;
  manifest.files.assign(processes, StateFile{17, 19});
  manifest.records = 23;
  return manifest;
}

std::string refusal(const Bytes& bytes) {
  const base::Result<Manifest> manifest = decode_manifest("here", bytes);
  REQUIRE(manifest.status().code() == base::Code::checkpoint);
  return manifest.status().message();
}

TEST_CASE("manifests and claims are read as they were written") {
  const Manifest manifest = manifest_of(2, 4);
  CHECK(decode_manifest("here", encode(manifest)).value() == manifest);
  for (const Claim& claim : {Claim(), Claim(CheckpointId{3, 5})}) {
    CHECK(decode_claim("here", encode(claim)).value() == claim);
  }
}

TEST_CASE("bytes behind a message are damage") {
  Bytes bytes = encode(manifest_of(2, 4));
  bytes.resize(bytes.size() + 8);
  CHECK(refusal(bytes) == "here is damaged: 1 words follow its message");
  bytes.resize(bytes.size() + 3);
  CHECK(refusal(bytes).starts_with("here is damaged: a message of "));
  Bytes claim = encode(Claim());
  claim.resize(claim.size() + 8);
  CHECK(decode_claim("here", claim).status().code() == base::Code::checkpoint);
}

TEST_CASE("a manifest of no workers, or of more than can be numbered, is damage") {
  CHECK(refusal(encode(manifest_of(2, 0))) == "here is damaged: 2 processes with 0 workers each");
  CHECK(refusal(encode(manifest_of(0, 1))) == "here is damaged: 0 processes with 1 workers each");
  CHECK(refusal(encode(manifest_of(2, ~0U))).ends_with("2 processes with 4294967295 workers each"));
  Manifest manifest = manifest_of(2, 1);
  manifest.processes = 3;
  CHECK(refusal(encode(manifest)) == "here is damaged: it names 2 files of 3 processes");
}

TEST_CASE("a list that claims more elements than there are words is damage") {
  Bytes bytes = encode(manifest_of(1, 1));
  // The list of files: its pointer is the last one of the root, behind a word of framing, the root
  // pointer, 8 words of data and the pointer of the program. So many structs of no size.
  const auto word = [&](std::size_t i) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + 8 * i, sizeof(value));
    return value;
  };
  const auto put = [&](std::size_t i, std::uint64_t value) {
    std::memcpy(bytes.data() + 8 * i, &value, sizeof(value));
  };
  std::size_t list = 0;
  for (std::size_t i = 2; i + 1 < bytes.size() / 8; ++i) {
    // A composite list (size code 7) of two words of content.
    if ((word(i) & 3) == 1 && (word(i) >> 32) == (2 << 3 | 7)) {
      list = i;
    }
  }
  REQUIRE(list != 0);
  const std::size_t tag = list + 1 + (word(list) >> 2 & 0x3fffffff);
  put(list, (word(list) & 0xffffffff) | std::uint64_t{7} << 32);
  put(tag, std::uint64_t{(1U << 29) - 1} << 2);
  CHECK(refusal(bytes).find("traversal limit") != std::string::npos);
}

TEST_CASE("an entry of an instance that no dataflow has is damage") {
  data::SnapshotWriter writer;
  writer.value(std::uint64_t{1});
  const Bytes good = encode(NodeSnapshots{{kMaxInstances - 1, writer.take()}});
  CHECK(decode("here", good).ok());
  data::SnapshotWriter again;
  again.value(std::uint64_t{1});
  const Bytes bad = encode(NodeSnapshots{{~0U, again.take()}});
  CHECK(decode("here", bad).status().message() ==
        "here is damaged: an entry of instance 4294967295");
}

}  // namespace
}  // namespace eagre::control
