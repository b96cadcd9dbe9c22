// The first program: counts words, epoch by epoch, and waits for each result.
#include <fmt/core.h>

#include "actors/eagre.h"

int main(int argc, char** argv) {
  return eagre::execute(argc, argv, [](eagre::Scope& scope) {
    auto words = scope.new_input<std::string>("words");
    auto counts = words.stream().key_by([](const std::string& word) { return word; }).count();
    counts.write([](const auto& count) { return fmt::format("{} {}", count.second, count.first); });
    auto probe = counts.probe();
    scope.drive([=]() mutable {
      for (const char* word : {"tide", "bore", "tide"}) {
        words.send(word);
      }
      words.advance_to(1);
      probe.wait_until(1);
    });
  });
}
