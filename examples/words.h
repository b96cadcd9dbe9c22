// Words: maximal runs of ASCII letters, lower-cased. Everything else, binary garbage included, lies
// between words.
#pragma once

#include <string>
#include <string_view>

namespace words {

inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Calls give(const std::string&) for each word of a text.
struct Split {
  template <class Give>
  void operator()(std::string_view text, Give& give) const {
    std::string word;
    for (const char c : text) {
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

}  // namespace words
