#include "runtime/control/checkpoint_manifest.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <fmt/core.h>
#include <kj/exception.h>

#include <limits>

#include "runtime/data/aligned_words.h"
#include "schema/checkpoint.capnp.h"

namespace eagre::control {
namespace {

constexpr std::uint32_t kFormat = 1;

// Reads the one message of these bytes: read(Root::Reader).
template <class Root, class Read>
base::Status open_message(const std::string& path, std::span<const std::byte> bytes, Read read) {
  if (bytes.size() % sizeof(capnp::word) != 0) {
    return damaged(path, fmt::format("a message of {} bytes", bytes.size()));
  }
  try {
    const data::wire::AlignedWords aligned(bytes);
    const kj::ArrayPtr<const capnp::word> words(
        reinterpret_cast<const capnp::word*>(aligned.words().data()), aligned.words().size());
    capnp::ReaderOptions options;
    // Every byte may be read once, so that pointers to shared content cannot blow it up.
    options.traversalLimitInWords = words.size() + 16;
    options.nestingLimit = 4;
    capnp::FlatArrayMessageReader message(words, options);
    if (message.getEnd() != words.end()) {
      return damaged(path, fmt::format("{} words follow its message",
                                       static_cast<std::size_t>(words.end() - message.getEnd())));
    }
    read(message.getRoot<Root>());
  } catch (const kj::Exception& exception) {
    return damaged(path, exception.getDescription().cStr());
  }
  return {};
}

std::vector<std::byte> bytes_of(capnp::MessageBuilder& message) {
  const kj::Array<capnp::word> flat = capnp::messageToFlatArray(message);
  const auto bytes = std::as_bytes(std::span(flat.begin(), flat.size()));
  return {bytes.begin(), bytes.end()};
}

// Of all processes, which have 32 bits.
bool has_workers(const Manifest& manifest) {
  const std::uint64_t workers = std::uint64_t{manifest.processes} * manifest.workers;
  return workers != 0 && workers <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

std::vector<std::byte> encode(const Manifest& manifest) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<schema::Manifest>();
  root.setVersion(kFormat);
  root.setGeneration(manifest.id.generation);
  root.setInterval(manifest.id.interval);
  root.setEpoch(manifest.epoch);
  root.setProgram(manifest.program.c_str());
  root.setPlan(manifest.plan);
  root.setOptions(manifest.options);
  root.setProcesses(manifest.processes);
  root.setWorkers(manifest.workers);
  root.setRecords(manifest.records);
  auto files = root.initFiles(static_cast<capnp::uint>(manifest.files.size()));
  for (capnp::uint i = 0; i < files.size(); ++i) {
    files[i].setBytes(manifest.files[i].bytes);
    files[i].setHash(manifest.files[i].hash);
  }
  return bytes_of(message);
}

base::Result<Manifest> decode_manifest(const std::string& path, std::span<const std::byte> bytes) {
  Manifest manifest;
  std::uint32_t version = 0;
  base::Status status =
      open_message<schema::Manifest>(path, bytes, [&](schema::Manifest::Reader reader) {
        version = reader.getVersion();
        manifest.id = {reader.getGeneration(), reader.getInterval()};
        manifest.epoch = reader.getEpoch();
        manifest.program = reader.getProgram().cStr();
        manifest.plan = reader.getPlan();
        manifest.options = reader.getOptions();
        manifest.processes = reader.getProcesses();
        manifest.workers = reader.getWorkers();
        manifest.records = reader.getRecords();
        for (const schema::Manifest::File::Reader each : reader.getFiles()) {
          manifest.files.push_back({each.getBytes(), each.getHash()});
        }
      });
  if (status.ok() && version != kFormat) {
    status = {base::Code::checkpoint,
              fmt::format("{} is of format {}, this version reads {}", path, version, kFormat)};
  }
  if (status.ok() && manifest.files.size() != manifest.processes) {
    status = damaged(path, fmt::format("it names {} files of {} processes", manifest.files.size(),
                                       manifest.processes));
  }
  if (status.ok() && !has_workers(manifest)) {
    status = damaged(path, fmt::format("{} processes with {} workers each", manifest.processes,
                                       manifest.workers));
  }
  if (!status.ok()) {
    return status;
  }
  return manifest;
}

std::vector<std::byte> encode(const Claim& claim) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<schema::Claim>();
  if (claim) {
    root.setRestored(true);
    root.setGeneration(claim->generation);
    root.setInterval(claim->interval);
  }
  return bytes_of(message);
}

base::Result<Claim> decode_claim(const std::string& path, std::span<const std::byte> bytes) {
  Claim claim;
  base::Status status = open_message<schema::Claim>(path, bytes, [&](schema::Claim::Reader reader) {
    if (reader.getRestored()) {
      claim = CheckpointId{reader.getGeneration(), reader.getInterval()};
    }
  });
  if (!status.ok()) {
    return status;
  }
  return claim;
}

}  // namespace eagre::control
