// Writes the seeds of the corpus, always the same ones: seeds tests/fuzz/corpus. To be run again
// when the format changes; what fuzzing found stays beside them.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
#include "runtime/control/checkpoint_manifest.h"
#include "tests/control/arbitrary_messages.h"
#include "tests/data/batches.h"
#include "tests/fuzz/hello.h"
#include "tests/fuzz/node_program.h"

namespace {

void write(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

using eagre::data::testing::batch_of;
using eagre::data::testing::wire_of;
using namespace eagre::control;
using Step = Checkpoint::Step;
namespace progress = eagre::progress;
using progress::Location;

void write_leader(const std::filesystem::path& folder) {
  const auto sum = [](std::vector<progress::Change> changes) {
    return ProgressSum{progress::Generation(1), progress::ProcessId(0), 0, std::move(changes)};
  };
  const ProgressSum other{progress::Generation(1), progress::ProcessId(1), 0, {}};
  write(folder / "seed_progress",
        testing::packet_of({sum({{Location(0), {0}, 1}}), other,
                            sum({{Location(1), {0, 0}, 1}, {Location(0), {0}, -1}}),
                            sum({{Location(3), {0, 1}, 1}, {Location(1), {0, 0}, -1}}),
                            sum({{Location(6), {2}, 4}, {Location(3), {0, 1}, -1}})}));
  const auto step = [](Step kind, std::uint64_t node) {
    return Checkpoint{.generation = progress::Generation(1),
                      .interval = 1,
                      .step = kind,
                      .epoch = 3,
                      .hash = node};
  };
  write(folder / "seed_checkpoint",
        testing::packet_of({step(Step::source_at, 0), step(Step::source_at, 1),
                            step(Step::source_at, 1), step(Step::saved, 0), step(Step::saved, 1),
                            step(Step::saved, 2), step(Step::not_saved, 1)}));
}

// Records of a type that most edges have, on each edge that has it.
template <class T>
void add_records(const eagre::api::Deployment& deployment, const T& record,
                 std::vector<Message>& messages) {
  for (std::uint32_t channel = 0; channel < deployment.channels(); ++channel) {
    const auto& edge = deployment.edge(channel);
    if (edge.layout == eagre::data::Codec<T>::kLayout) {
      const auto& layout = deployment.layout();
      const auto size = layout.topology.coordinates(layout.inputs[edge.to][edge.input]);
      const eagre::data::Header header{
          .generation = 1, .channel = channel, .time = progress::Time::minimum(size)};
      messages.push_back(Deliver{0, 2, batch_of(std::vector<T>{record}, header), 400});
      messages.push_back(Credit{progress::Generation(1), channel, 0, 2, 1});
    }
  }
}

void write_node(const std::filesystem::path& folder) {
  const auto program = eagre::api::testing::node_program();
  const auto deployment = eagre::api::testing::node_deployment(program, 1);
  std::vector<Message> records;
  add_records<std::uint64_t>(deployment, 5, records);
  add_records<std::string>(deployment, "tide", records);
  write(folder / "seed_records", testing::packet_of(records));

  const auto frontiers = [&](std::uint64_t epoch) {
    FrontierDelta delta{progress::Generation(1), 1, {}};
    for (const progress::Instance& instance : deployment.reporters()) {
      for (const progress::InputPort& port : instance.inputs) {
        const bool known =
            std::any_of(delta.moves.begin(), delta.moves.end(),
                        [&](const auto& move) { return move.location == port.location; });
        if (port.interest != progress::Interest::never && !known) {
          const auto size = deployment.layout().topology.coordinates(port.location);
          delta.moves.push_back({port.location, {progress::Time::minimum(size).with(0, epoch)}});
        }
      }
    }
    return delta;
  };
  const auto step = [](Step kind, std::uint64_t interval, std::uint64_t epoch) {
    return Checkpoint{
        .generation = progress::Generation(1), .interval = interval, .step = kind, .epoch = epoch};
  };
  std::vector<Message> all = {step(Step::ask, 0, 0), frontiers(0), step(Step::boundary, 0, 3)};
  all.insert(all.end(), records.begin(), records.end());
  all.push_back(frontiers(4));
  all.push_back(step(Step::boundary, 1, 5));
  all.push_back(frontiers(9));
  all.push_back(step(Step::abort, 1, 0));
  write(folder / "seed_checkpoints", testing::packet_of(all));
}

void write_checkpoint(const std::filesystem::path& folder) {
  Manifest manifest{.id = {1, 2}, .epoch = 3, .program = "words", .plan = 4, .options = 5};
  manifest.processes = 2;
  manifest.files = {{6, 7}, {8, 9}};
  write(folder / "seed_manifest", encode(manifest));
  write(folder / "seed_claim", encode(Claim(CheckpointId{1, 2})));
  eagre::data::SnapshotWriter writer;
  writer.value(std::uint64_t{1});
  writer.section<std::string>([](auto&& give) { give(std::string("tide")); });
  write(folder / "seed_state", encode(NodeSnapshots{{4, writer.take()}}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path folder = argv[1];

  eagre::base::Random random(1);
  std::vector<Message> all;
  for (std::size_t kind = 0; kind < testing::kKinds; ++kind) {
    const Message message = testing::any_message(random, kind, 4);
    write(folder / "packet" / ("seed_kind_" + std::to_string(kind)), testing::packet_of({message}));
    all.push_back(message);
  }
  write(folder / "packet" / "seed_all_kinds", testing::packet_of(all));
  write(folder / "packet" / "seed_progress", testing::packet_of({testing::four_changes()}));

  write(folder / "batch" / "seed_numbers", wire_of(batch_of<std::uint64_t>({1, 2, 3})));
  write(folder / "batch" / "seed_flags", wire_of(batch_of<bool>({true, false})));
  write(folder / "batch" / "seed_texts", wire_of(batch_of<std::string>({"tide", "", "bore"})));
  write(folder / "batch" / "seed_pairs",
        wire_of(batch_of<std::pair<std::uint16_t, std::string>>({{1, "a"}, {2, "b"}})));
  using Texts = std::vector<std::optional<std::string>>;
  using Deep = std::tuple<Texts, double, std::vector<bool>>;
  write(folder / "batch" / "seed_deep",
        wire_of(batch_of<Deep>({Deep(Texts{"x", std::nullopt}, 1.5, {true}), Deep()})));
  write(folder / "batch" / "seed_nothing", wire_of(batch_of<std::uint64_t>({})));

  write(folder / "hello" / "seed_good", testing::packet_of({testing::hello_of(1)}));
  write(folder / "hello" / "seed_taken", testing::packet_of({testing::hello_of(0)}));
  Hello other = testing::hello_of(2);
  other.program = "line\nline";
  write(folder / "hello" / "seed_other_program", testing::packet_of({other}));
  write(folder / "hello" / "seed_no_hello", testing::packet_of({Goodbye{}}));

  write_leader(folder / "leader");
  write_node(folder / "node");
  write_checkpoint(folder / "checkpoint");
  return 0;
}
