// The words of a failure.
// Tables of texts with what is shown of them; catches control characters that reach a terminal,
// bytes that are no text, and characters cut in half.
#include "runtime/dataflow/failure.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

namespace eagre::dataflow {
namespace {

std::string shown(const std::string& text) {
  const std::string message = InputError("f", 1, "bad", text).what();
  REQUIRE(message.substr(0, 10) == "f:1: bad: ");
  return message.substr(10);
}

TEST_CASE("control characters and bytes that are no UTF-8 are escaped in what is shown of input") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain\ttext ~", "plain\ttext ~"},
      {"\x1b[31m\x7f\r", "\\x1b[31m\\x7f\\x0d"},
      {std::string("\0", 1), "\\x00"},
      // Characters of two, three and four bytes.
      {"\u00e4\u20ac\U0001f30a\u00a0", "\u00e4\u20ac\U0001f30a\u00a0"},
      // C1: CSI as one character, and the last of the set.
      {"\xc2\x9b 1", "\\xc2\\x9b 1"},
      {"\xc2\x9f", "\\xc2\\x9f"},
      // A lone byte, a broken sequence, one without its end.
      {"\x9b", "\\x9b"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xe2\x82z", "\\xe2\\x82z"},
      {"\xf0\x9f\x8c", "\\xf0\\x9f\\x8c"},
      // Longer than need be, half of a pair, past the last character.
      {"\xc0\xaf", "\\xc0\\xaf"},
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(expected);
    CHECK(shown(text) == expected);
  }
}

TEST_CASE("what is shown of input is cut at 200 bytes, between characters") {
  CHECK(shown(std::string(200, 'x')) == std::string(200, 'x'));
  CHECK(shown(std::string(201, 'x')) == std::string(200, 'x') + "... (201 bytes)");
  CHECK(shown(std::string(199, 'x') + "\u00e4") == std::string(199, 'x') + "... (201 bytes)");
  CHECK(shown(std::string(198, 'x') + "\u00e4y") ==
        std::string(198, 'x') + "\u00e4... (201 bytes)");
}

TEST_CASE("names of files and texts of exceptions cannot move the cursor either") {
  CHECK(std::string(InputError("a\x1b", 2, "bad", "b").what()) == "a\\x1b:2: bad: b");
  CHECK(std::string(InputError("a\nb", "gone").what()) == "a\\x0ab: gone");
  Failure failure;
  failure.operator_name = "map";
  failure.what = "two\nlines\r\x9b";
  CHECK(to_status(failure).message() ==
        "operator \"map\" on worker 0 failed: two\nlines\\x0d\\x9b");
}

}  // namespace
}  // namespace eagre::dataflow
