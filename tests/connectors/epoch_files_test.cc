// Results in files, one an epoch: whole, in canonical order, whatever the schedule; and what cannot
// be written, with the reason. What becomes of them when a process is killed: the fault trials of
// tests/cluster.
#include "runtime/connectors/epoch_files.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "runtime/api/write_epochs.h"
#include "tests/support/folder.h"
#include "tests/support/run_loop.h"

namespace eagre {
namespace {

namespace fs = std::filesystem;
using api::Scope;
using api::Stream;
using Number = std::uint64_t;
using testing::loop_options;

std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    files[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

// 2, 9 and 12 at epochs 0, 3 and 3; nothing at those between.
Stream<Number> some_numbers(const Scope& scope) {
  return scope.to_stream(std::vector<Number>{12, 9, 2}, "some")
      .delay([](const progress::Time& time, Number n) { return time.with(0, n < 5 ? 0 : 3); });
}

base::Status write_to(const std::string& folder, std::uint32_t workers, std::uint64_t seed) {
  return api::PlainLoop(api::build([&](Scope& scope) {
                          api::write_epochs(some_numbers(scope), folder,
                                            [](Number n) { return std::to_string(n); });
                        }),
                        loop_options(workers, 64, 4096, seed))
      .run();
}

TEST_CASE("every epoch with records has a file of its own") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const testing::Folder temporary;
    const std::string folder = temporary.path() + "/epochs";
    REQUIRE(write_to(folder, static_cast<std::uint32_t>(1 + seed % 3), seed).to_string() == "ok");
    const std::map<std::string, std::string> expected = {{"epoch-0000000000.txt", "2\n"},
                                                         {"epoch-0000000003.txt", "9\n12\n"}};
    REQUIRE(files_in(folder) == expected);
    // Once more, over what is there.
    REQUIRE(write_to(folder, 1, seed).to_string() == "ok");
    REQUIRE(files_in(folder) == expected);
  }
}

TEST_CASE("an epoch that cannot be written fails the dataflow and names the file") {
  const testing::Folder temporary;
  const std::string taken = temporary.path() + "/epoch-0000000003.txt";
  fs::create_directory(taken);
  const base::Status status = write_to(temporary.path(), 1, 1);
  REQUIRE(status.code() == base::Code::failed);
  REQUIRE(status.message().find(taken) != std::string::npos);
  REQUIRE(fs::exists(temporary.path() + "/epoch-0000000000.txt"));
}

TEST_CASE("a folder that cannot be used, and a loop, are refused at once") {
  const testing::Folder temporary;
  const auto define = [](const std::string& folder) {
    api::build([&](Scope& scope) {
      api::write_epochs(some_numbers(scope), folder, [](Number n) { return std::to_string(n); });
    });
  };
  REQUIRE_THROWS_AS(define(temporary.path() + "/no/such"), dataflow::MisuseError);
  REQUIRE_THROWS_AS(define(temporary.write("file", "text")), dataflow::MisuseError);
  REQUIRE_THROWS_AS(
      api::build([&](Scope& scope) {
        some_numbers(scope).iterate("loop", [&](const api::Loop&, const Stream<Number>& rounds) {
          api::write_epochs(rounds, temporary.path(), [](Number n) { return std::to_string(n); });
          return rounds.filter([](Number) { return false; });
        });
      }),
      dataflow::MisuseError);
}

}  // namespace
}  // namespace eagre
