// Jobs whose functions throw.
#include <fmt/core.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "tests/cluster/recovery_jobs.h"

namespace eagre::testing {
namespace {

Number not_of(Number divisor, Number n) {
  if (n % divisor == 0) {
    throw std::runtime_error(fmt::format("divided by {}", divisor));
  }
  return n;
}

}  // namespace

void poison(const Numbers& all) {
  by_rest(all.map([](Number n) { return not_of(1009, n); }), 10).count().write(text_of);
  const auto some = all.filter([](Number n) { return not_of(1013, n) % 500 == 0; });
  some.exchange([](Number n) { return n; })
      .flat_map<std::string>([](Number n, auto& give) {
        give(std::to_string(n));
        give(std::to_string(not_of(7, n)));
      })
      .write([](const std::string& text) { return text; });
  some.iterate("halve",
               [](const Loop&, const Numbers& going) {
                 return going.filter([](Number n) { return n > 1; })
                     .map([](Number n) { return not_of(11, n) / 3; })
                     .exchange([](Number n) { return n; });
               })
      .count()
      .write([](Number n) { return std::to_string(n); });
}

void faulty(const Numbers& all, const std::string& fault) {
  all.filter([](Number n) { return n % 500 == 0; })
      .map([fault](Number n) {
        if (!fault.empty() && access(fault.c_str(), F_OK) == 0) {
          throw std::runtime_error(fmt::format("no {} today", n));
        }
        return n;
      })
      .write([](Number n) { return std::to_string(n); });
}

}  // namespace eagre::testing
