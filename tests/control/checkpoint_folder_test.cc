// The checkpoint folder: what was written is read; what is damaged, torn, missing or of a life that
// was given up does not count, and the checkpoint before it is used.
#include "runtime/control/checkpoint_folder.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
#include "tests/support/folder.h"

namespace eagre::control {
namespace {

namespace testing = eagre::testing;
namespace fs = std::filesystem;

CheckpointFolder opened(const std::string& path) {
  base::Result<CheckpointFolder> folder = CheckpointFolder::open(path);
  REQUIRE(folder.ok());
  return std::move(folder.value());
}

NodeSnapshots snapshots(std::uint64_t number) {
  data::SnapshotWriter writer;
  writer.value(number);
  writer.section<std::string>([](auto&& give) {
    give(std::string("some text"));
    give(std::string());
  });
  NodeSnapshots all;
  all.emplace_back(4, writer.take());
  all.emplace_back(9, data::Snapshot());
  return all;
}

// Takes a checkpoint of two nodes.
Manifest take(const CheckpointFolder& folder, const CheckpointId& id) {
  Manifest manifest;
  manifest.id = id;
  manifest.epoch = 10 * id.interval;
  manifest.program = "program";
  manifest.plan = 17;
  manifest.processes = 2;
  manifest.workers = 1;
  manifest.records = 1000 * id.interval;
  for (std::uint32_t node = 0; node < 2; ++node) {
    const base::Result<StateFile> file = folder.write_state(id, node, snapshots(node));
    REQUIRE(file.ok());
    manifest.files.push_back(*file);
  }
  REQUIRE(folder.commit(manifest).ok());
  return manifest;
}

CheckpointId newest_id(const CheckpointFolder& folder) {
  const base::Result<Newest> newest = folder.newest();
  REQUIRE(newest.ok());
  REQUIRE(newest->manifest.has_value());
  return newest->manifest->id;
}

std::uint64_t claimed(const CheckpointFolder& folder, std::optional<CheckpointId> from) {
  const base::Result<std::uint64_t> generation = folder.claim(from);
  REQUIRE(generation.ok());
  return *generation;
}

std::vector<std::string> names(const std::string& path) {
  std::vector<std::string> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    all.push_back(entry.path().filename());
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST_CASE("a checkpoint is read as it was written") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path() + "/new");
  REQUIRE_FALSE(folder.newest()->manifest.has_value());
  const std::uint64_t generation = claimed(folder, std::nullopt);
  REQUIRE(generation == 1);
  REQUIRE_FALSE(folder.newest()->manifest.has_value());
  const Manifest written = take(folder, {generation, 3});
  REQUIRE(folder.newest()->manifest == written);
  REQUIRE(folder.list() == std::vector<Manifest>{written});

  const base::Result<NodeSnapshots> read = folder.read_state(written, 1);
  REQUIRE(read.ok());
  // An instance that keeps nothing has no entry.
  REQUIRE(read->size() == 1);
  REQUIRE(read->front().first == 4);
  data::SnapshotReader reader(read->front().second);
  REQUIRE(reader.value<std::uint64_t>() == 1);
  std::vector<std::string> texts;
  reader.section<std::string>([&](const std::string& text) { texts.push_back(text); });
  REQUIRE(texts == std::vector<std::string>{"some text", ""});
  REQUIRE(reader.at_end());
}

TEST_CASE("a snapshot of something else is refused") {
  const NodeSnapshots all = snapshots(1);
  data::SnapshotReader reader(all.front().second);
  REQUIRE_THROWS_AS(reader.value<std::string>(), data::ForeignSnapshot);
}

TEST_CASE("of several lives, only the newest and what it goes on from count") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path());
  const std::uint64_t first = claimed(folder, std::nullopt);
  take(folder, {first, 0});
  take(folder, {first, 1});
  const std::uint64_t second = claimed(folder, CheckpointId{first, 1});
  // The first life was taken for dead, and is not.
  take(folder, {first, 2});
  REQUIRE(newest_id(folder) == CheckpointId{first, 1});
  take(folder, {second, 2});
  take(folder, {first, 7});
  REQUIRE(newest_id(folder) == CheckpointId{second, 2});
  const std::uint64_t third = claimed(folder, CheckpointId{second, 2});
  REQUIRE(third == 3);
  REQUIRE(newest_id(folder) == CheckpointId{second, 2});
  // What no life that counts needs is gone.
  REQUIRE_FALSE(fs::exists(temporary.path() + "/manifest-1-7"));
  REQUIRE_FALSE(fs::exists(temporary.path() + "/state-1-2-0"));
  REQUIRE(fs::exists(temporary.path() + "/state-1-1-0"));
}

TEST_CASE("the newest few checkpoints are kept") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path());
  const std::uint64_t generation = claimed(folder, std::nullopt);
  for (std::uint64_t interval = 0; interval < 5; ++interval) {
    take(folder, {generation, interval});
  }
  REQUIRE(folder.write_state({generation, 5}, 0, snapshots(0)).ok());
  folder.keep(2);
  REQUIRE(names(temporary.path()) ==
          std::vector<std::string>{"generation-1", "manifest-1-3", "manifest-1-4", "state-1-3-0",
                                   "state-1-3-1", "state-1-4-0", "state-1-4-1", "state-1-5-0"});
  folder.clear();
  REQUIRE(names(temporary.path()).empty());
}

TEST_CASE("whatever is damaged in the newest checkpoint, the one before is used") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path());
  const std::uint64_t generation = claimed(folder, std::nullopt);
  take(folder, {generation, 0});
  take(folder, {generation, 1});
  base::Random random(5);
  for (const std::string name : {"manifest-1-1", "state-1-1-0", "state-1-1-1"}) {
    const std::string path = temporary.path() + "/" + name;
    std::ifstream in(path, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto put = [&](const std::string& bytes) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    };
    const auto falls_back = [&] {
      const base::Result<Newest> newest = folder.newest();
      REQUIRE(newest.ok());
      REQUIRE(newest->manifest->id == CheckpointId{generation, 0});
      REQUIRE(newest->damaged.size() == 1);
      REQUIRE(newest->damaged.front().find(name) != std::string::npos);
    };
    for (int i = 0; i < 100; ++i) {
      std::string bytes = whole;
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
      put(bytes);
      falls_back();
      put(whole.substr(0, random.below(whole.size())));
      falls_back();
    }
    fs::remove(path);
    if (name.starts_with("state")) {
      falls_back();
    }
    put(whole);
    REQUIRE(newest_id(folder) == CheckpointId{generation, 1});
  }
}

TEST_CASE("if no checkpoint is whole, that is an error that names a file") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path());
  take(folder, {claimed(folder, std::nullopt), 0});
  fs::resize_file(temporary.path() + "/state-1-0-1", 7);
  const base::Result<Newest> newest = folder.newest();
  REQUIRE(newest.status().code() == base::Code::checkpoint);
  REQUIRE(newest.status().message().find("state-1-0-1 is damaged: it has 7 bytes") !=
          std::string::npos);
}

TEST_CASE("what the processes of a generation read is counted until the next one begins") {
  const testing::Folder temporary;
  const CheckpointFolder folder = opened(temporary.path());
  REQUIRE(folder.generation() == 0);
  REQUIRE_FALSE(folder.counts(0).ok());
  const std::uint64_t first = claimed(folder, std::nullopt);
  const base::Result<ReadCounts> own = folder.create_counts(first, 2, 100);
  REQUIRE(own.ok());
  REQUIRE(own->processes() == 2);
  {
    const base::Result<ReadCounts> other = folder.counts(first);
    REQUIRE(other.ok());
    other->add(1, 7);
    other->add(1, 5);
  }
  own->add(0, 30);
  REQUIRE(own->total() == 142);
  REQUIRE(folder.counts(first)->total() == 142);

  const std::uint64_t second = claimed(folder, std::nullopt);
  REQUIRE(folder.generation() == second);
  REQUIRE_FALSE(folder.counts(first).ok());
  REQUIRE(folder.create_counts(second, 1, 0)->total() == 0);
  fs::resize_file(temporary.path() + "/read-2", 65);
  REQUIRE(folder.counts(second).status().code() == base::Code::checkpoint);
  folder.clear();
  REQUIRE(names(temporary.path()).empty());
}

TEST_CASE("a folder that cannot be made is refused") {
  const base::Result<CheckpointFolder> folder = CheckpointFolder::open("/nowhere/at/all");
  REQUIRE(folder.status().code() == base::Code::usage);
  REQUIRE(folder.status().message() ==
          "the checkpoint folder /nowhere/at/all cannot be used: No such file or directory");
}

}  // namespace
}  // namespace eagre::control
