// Counts the words of files.
#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actors/eagre.h"
#include "words.h"

int main(int argc, char** argv) {
  eagre::Command command("wordcount", "Counts the words of files, most frequent first.");
  std::vector<std::string> files;
  command.line().arguments("FILE", files, "text files, or - for stdin");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    using Count = std::pair<std::string, std::uint64_t>;
    eagre::read_lines<std::string>(scope, "words", files, words::Split{}, {.epoch_lines = 10'000})
        .key_by([](const std::string& word) { return word; })
        .total()
        .write([](const Count& a, const Count& b) { return a.second > b.second; },
               [](const Count& c) { return fmt::format("{}\t{}", c.second, c.first); });
  });
}
