// Counts the words of files: maximal runs of ASCII letters, lower-cased.
#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/eagre.h"

namespace {

using Count = std::pair<std::string, std::uint64_t>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Calls give(word) for each word of the line.
struct SplitWords {
  template <class Give>
  void operator()(std::string_view line, Give& give) const {
    std::string word;
    for (const char c : line) {
      if (is_letter(c)) {
        word.push_back(static_cast<char>(c | 0x20));
      } else if (!word.empty()) {
        give(word);
        word.clear();
      }
    }
    if (!word.empty()) {
      give(word);
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("wordcount", "Counts the words of files.");
  std::vector<std::string> files;
  command.line().arguments("FILE", files, "text files, or - for stdin");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    eagre::read_lines<std::string>(scope, "words", files, SplitWords{})
        .key_by([](const std::string& word) { return word; })
        .count()
        .write([](const Count& a, const Count& b) { return a.second > b.second; },
               [](const Count& c) { return fmt::format("{}\t{}", c.second, c.first); });
  });
}
