#include "runtime/progress/antichain.h"

namespace eagre::progress {

namespace {

template <class T, class Less>
std::string text_of(const BasicAntichain<T, Less>& antichain) {
  std::string text = "{";
  for (const T& element : antichain) {
    if (text.size() > 1) {
      text += ", ";
    }
    text += to_string(element);
  }
  return text + "}";
}

}  // namespace

std::string to_string(const Antichain& antichain) {
  return text_of(antichain);
}

std::string to_string(const SummaryAntichain& antichain) {
  return text_of(antichain);
}

std::ostream& operator<<(std::ostream& out, const Antichain& antichain) {
  return out << to_string(antichain);
}

std::ostream& operator<<(std::ostream& out, const SummaryAntichain& antichain) {
  return out << to_string(antichain);
}

}  // namespace eagre::progress
