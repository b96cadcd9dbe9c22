// Writes the seeds of the corpus, always the same ones: seeds tests/fuzz/corpus. To be run again
// when the format changes; what fuzzing found stays beside them.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
#include "tests/control/arbitrary_messages.h"
#include "tests/data/batches.h"
#include "tests/fuzz/hello.h"

namespace {

void write(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace eagre::control;
  using eagre::data::testing::batch_of;
  using eagre::data::testing::wire_of;
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
  return 0;
}
