// Lines of files, cut into parts.
// Law: the parts of a file own every line exactly once, whatever their size and the content.
// Examples: ends of lines, long lines, bad bytes, line numbers of errors, what cannot be read.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "runtime/api/read_lines.h"
#include "runtime/base/random.h"
#include "tests/support/folder.h"
#include "tests/support/run_loop.h"

namespace eagre::connectors {
namespace {

namespace fs = std::filesystem;
using testing::Folder;

using Lines = std::vector<std::string>;

Lines lines_of(const std::vector<FilePart>& parts) {
  Lines lines;
  for (const FilePart& part : parts) {
    LineReader reader(part);
    while (const auto line = reader.next()) {
      lines.emplace_back(*line);
    }
    REQUIRE_FALSE(reader.next());
  }
  return lines;
}

TEST_CASE("the parts of a file own every line once, whatever their size") {
  const Folder folder;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Random random(seed);
    Lines expected;
    std::string text;
    for (std::uint64_t left = random.below(12); left > 0; --left) {
      std::string line;
      for (std::uint64_t size = random.below(4) * random.below(9); size > 0; --size) {
        // Any byte but the line feed; a carriage return before it would belong to the line's end.
        const auto byte = static_cast<char>(random.below(256));
        line.push_back(byte == '\n' || byte == '\r' ? '\0' : byte);
      }
      text += line + "\n";
      expected.push_back(std::move(line));
    }
    if (random.coin(0.5)) {
      text += "no feed";
      expected.push_back("no feed");
    }
    const std::string file = folder.write("text", text);
    CAPTURE(seed, text.size());
    for (std::uint64_t part = 1; part <= text.size() + 2; ++part) {
      REQUIRE(lines_of(cut_files({file}, part)) == expected);
    }
  }
}

TEST_CASE("line ends of either kind end a line and are no part of it") {
  const Folder folder;
  const std::string file = folder.write("text", "a\r\n\r\nb\rc\n\nlast\r");
  for (std::uint64_t part = 1; part <= 20; ++part) {
    REQUIRE(lines_of(cut_files({file}, part)) == Lines{"a", "", "b\rc", "", "last\r"});
  }
}

TEST_CASE("an empty file has no line, and a file of one feed has one") {
  const Folder folder;
  REQUIRE(lines_of(cut_files({folder.write("none", "")})).empty());
  REQUIRE(lines_of(cut_files({folder.write("one", "\n")})) == Lines{""});
  REQUIRE(lines_of(cut_files({})).empty());
}

TEST_CASE("a line may be of a hundred megabytes, and one beyond the limit is refused") {
  const Folder folder;
  const std::string longest(std::size_t{100} << 20, 'x');
  const std::string file = folder.write("long", "first\n" + longest + "\nlast");
  const std::vector<FilePart> parts = cut_files({file}, std::uint64_t{40} << 20);
  REQUIRE(parts.size() == 3);
  std::size_t lines = 0;
  std::size_t bytes = 0;
  for (const FilePart& part : parts) {
    LineReader reader(part);
    while (const auto line = reader.next()) {
      ++lines;
      bytes += line->size();
    }
  }
  REQUIRE(lines == 3);
  REQUIRE(bytes == 9 + longest.size());

  for (const std::string end : {"", "\n", "\nnext\n"}) {
    const std::string small = folder.write("limit", "ok\n" + std::string(1001, 'y') + end);
    LineReader reader({small, 0, std::nullopt}, 1000);
    REQUIRE(reader.next() == "ok");
    try {
      reader.next();
      FAIL("the line was read");
    } catch (const dataflow::InputError& error) {
      REQUIRE(std::string(error.what())
                  .find(small + ":2: a line of more than 1000 bytes: " + std::string(200, 'y') +
                        "...") == 0);
    }
  }
}

TEST_CASE("a line's number is that in the whole file, in every part") {
  const Folder folder;
  std::string text;
  for (int i = 1; i <= 40; ++i) {
    text += std::to_string(i) + std::string(static_cast<std::size_t>(i % 5), ' ') + "\n";
  }
  const std::string file = folder.write("numbers", text);
  for (std::uint64_t size = 1; size < 40; ++size) {
    for (const FilePart& part : cut_files({file}, size)) {
      LineReader reader(part);
      while (const auto line = reader.next()) {
        REQUIRE(reader.line_number() == std::stoull(std::string(*line)));
      }
    }
  }
}

std::string refusal(const std::string& path) {
  try {
    cut_files({path});
  } catch (const dataflow::InputError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("what is missing, a folder or unreadable is refused by name") {
  const Folder folder;
  REQUIRE(refusal(folder.path() + "/none") ==
          folder.path() + "/none: cannot be read: No such file or directory");
  REQUIRE(refusal(folder.path()) == folder.path() + ": cannot be read: Is a directory");
  const std::string file = folder.write("secret", "x");
  ::chmod(file.c_str(), 0);
  ::chmod(folder.path().c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {  // as somebody else than root, who may read everything
    const bool is_other = ::geteuid() != 0 || ::setuid(65534) == 0;
    ::_exit(is_other && refusal(file) == file + ": cannot be read: Permission denied" ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
}

TEST_CASE("a pipe is read from its start, as one part") {
  const Folder folder;
  const std::string pipe = folder.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string text;
  for (int i = 0; i < 100000; ++i) {
    text += "line " + std::to_string(i) + "\n";
  }
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << text; });
  const std::vector<FilePart> parts = cut_files({pipe});
  REQUIRE(parts.size() == 1);
  REQUIRE(parts[0].passes);
  LineReader reader(parts[0]);
  std::string read;
  while (const auto line = reader.next()) {
    read += std::string(*line) + "\n";
  }
  writer.join();
  REQUIRE(read == text);
}

TEST_CASE("stdin is one part, read once, even with a file behind it") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "line " + std::to_string(i) + "\n";
  }
  const std::string path = folder.write("in", text);
  const int kept = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  REQUIRE(::dup2(file, STDIN_FILENO) == STDIN_FILENO);
  const std::vector<FilePart> parts = cut_files({"-"}, 64);
  const Lines lines = lines_of(parts);
  ::dup2(kept, STDIN_FILENO);
  ::close(kept);
  ::close(file);
  REQUIRE(parts.size() == 1);
  REQUIRE(lines == lines_of({{path, 0, std::nullopt}}));
  REQUIRE_THROWS_AS(cut_files({"-", path, "-"}), dataflow::InputError);
}

TEST_CASE("read_lines gives every line once, for any number of workers, and names bad ones") {
  const Folder folder;
  std::string text;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    text += std::to_string(n) + "\n";
    expected.push_back(n);
  }
  const std::vector<std::string> files = {folder.write("a", text), folder.write("b", "3000\n3001"),
                                          folder.write("c", "")};
  expected.push_back(3000);
  expected.push_back(3001);
  const auto parse = [](std::string_view line, auto& give) {
    if (line.empty() || line.find_first_not_of("0123456789") != std::string_view::npos) {
      throw Malformed("not a number");
    }
    give(std::stoull(std::string(line)));
  };
  testing::always_gives(
      [&](api::Scope& scope) {
        return api::read_lines<std::uint64_t>(scope, "numbers", files, parse).collect();
      },
      expected, 1);
  const std::string bad = folder.write("bad", "1\n2\nth\x01ree\n4\n");
  const base::Status status = testing::status_of([&](api::Scope& scope) {
    api::read_lines<std::uint64_t>(scope, "numbers", {files[0], bad}, parse).collect();
  });
  REQUIRE(status.code() == base::Code::input);
  REQUIRE(status.message() == bad + ":3: not a number: th\\x01ree");
}

TEST_CASE("a reader goes on from where another one was") {
  const Folder folder;
  const std::string path = folder.write("in", "one\ntwo\r\n\nfour");
  const FilePart part{path, 0, std::nullopt};
  const Lines all = lines_of({part});
  for (std::size_t before = 0; before <= all.size(); ++before) {
    LineReader first(part);
    for (std::size_t i = 0; i < before; ++i) {
      REQUIRE(first.next() == all[i]);
    }
    LineReader second(part, first.position());
    for (std::size_t i = before; i < all.size(); ++i) {
      REQUIRE(second.next() == all[i]);
      REQUIRE(second.line_number() == i + 1);
    }
    REQUIRE_FALSE(second.next().has_value());
  }
  REQUIRE_THROWS_AS(LineReader(part, LinePosition{100, 3}), dataflow::InputError);
}

TEST_CASE("epochs are cut by the lines of each file, whoever reads them") {
  const Folder folder;
  // Records are (epoch, number); numbers of a file are 100 apart from those of another.
  const std::vector<std::string> files = {folder.write("a", "0\n1\n2\n3\n4\n"),
                                          folder.write("b", "100\n101\n102\n103\n104\n105\n106"),
                                          folder.write("c", "")};
  testing::Timed<std::uint64_t> expected;
  for (const auto& [epoch, number] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0},
                                                            {0, 1},
                                                            {0, 100},
                                                            {0, 101},
                                                            {1, 2},
                                                            {1, 3},
                                                            {1, 102},
                                                            {1, 103},
                                                            {2, 4},
                                                            {2, 104},
                                                            {2, 105},
                                                            {3, 106}}) {
    expected.emplace_back(progress::Time{epoch}, number);
  }
  testing::always_gives(
      [&](api::Scope& scope) {
        return testing::timed(api::read_lines<std::uint64_t>(
            scope, "numbers", files,
            [](std::string_view line, auto& give) { give(std::stoull(std::string(line))); },
            {.epoch_lines = 2}));
      },
      testing::in_order(expected));
}

}  // namespace
}  // namespace eagre::connectors
