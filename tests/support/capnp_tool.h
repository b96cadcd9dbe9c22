// What Cap'n Proto's own tool says of a message's bytes: a reader that is not ours.
#pragma once

#include <unistd.h>

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace eagre::testing {

// The text that `capnp decode --short` prints of these bytes, by a schema of the folder schema (its
// path is the build's to say). The tool writes bytes that are no letters in octal.
inline std::string capnp_decode(const std::vector<std::byte>& wire,
                                const std::string& schema = "batch.capnp",
                                const std::string& type = "Batch") {
  std::string name = (std::filesystem::temp_directory_path() / "eagre_wire_XXXXXX").string();
  const int file = ::mkstemp(name.data());
  REQUIRE(file >= 0);
  REQUIRE(::write(file, wire.data(), wire.size()) == static_cast<ssize_t>(wire.size()));
  ::close(file);
  const std::string command =
      "capnp decode --short '" EAGRE_SCHEMAS "/" + schema + "' " + type + " < '" + name + "' 2>&1";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    text.push_back(static_cast<char>(c));
  }
  const int status = ::pclose(pipe);
  std::filesystem::remove(name);
  INFO("this test needs the capnp tool (tools/setup installs it); it said: " << text);
  REQUIRE(status == 0);
  return text;
}

}  // namespace eagre::testing
