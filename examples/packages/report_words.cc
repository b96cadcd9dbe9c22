#include <fmt/core.h>

#include <string>
#include <utility>

#include "examples/packages/report.h"
#include "examples/words.h"

namespace packages {

void write_words(const eagre::Scope& scope, const eagre::Stream<Package>& index) {
  scope.result("Most used words of the descriptions\n     times  word\n");
  using Count = std::pair<std::string, std::uint64_t>;
  const auto more = [](const Count& a, const Count& b) { return a.second > b.second; };
  index
      .flat_map<std::string>(
          [](const Package& package, auto& give) { words::Split{}(package.description, give); })
      .key_by([](const std::string& word) { return word; })
      .count()
      .top_k(kRows, more)
      .write(more, [](const Count& c) { return fmt::format("{:>10}  {}", c.second, c.first); });
}

}  // namespace packages
