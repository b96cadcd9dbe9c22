// Cuts what a process writes into lines, so that those of several processes make one stream.
#pragma once

#include <string>
#include <string_view>

namespace eagre::tool {

// Threads: value.
class Lines {
 public:
  // `prefix` goes in front of every line.
  explicit Lines(std::string prefix) : prefix_(std::move(prefix)) {}

  // The lines that `bytes` complete; a line of more than 64 KiB is cut.
  std::string add(std::string_view bytes);
  // What is left at the end, as a line.
  std::string finish();

 private:
  std::string prefix_;
  std::string rest_;
};

}  // namespace eagre::tool
