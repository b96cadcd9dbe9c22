// A Debian package index as a stream: what `apt-cache dumpavail` prints, records of lines
// "Field: value" with an empty line between them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/eagre.h"

namespace packages {

struct Package {
  std::string name;
  // Place in the index: of several records of a name, the first one counts.
  std::uint64_t place = 0;
  // Pre-Depends and Depends, as they stand.
  std::string depends;
  std::string description;
};

// Calls give(const std::string&) for each name in a field like "a (>= 1) | b:any, c [amd64]": all
// alternatives, versions and architectures dropped.
template <class Give>
void each_dependency(std::string_view field, Give& give) {
  while (!field.empty()) {
    const std::size_t end = field.find_first_of(",|");
    std::string_view item = field.substr(0, end);
    field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_first_of(" \t:(["));
    if (!item.empty()) {
      give(std::string(item));
    }
  }
}

// The packages of an index, each name once, spread over the workers by name. Throws
// eagre::InputError at once if the file cannot be read.
eagre::Stream<Package> read_index(const eagre::Scope& scope, const std::string& path);

}  // namespace packages
