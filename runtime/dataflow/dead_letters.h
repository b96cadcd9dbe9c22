// Dead letters: records that are left out because the function of a stage threw for them. Each
// becomes a line of JSON that leaves from a tap of the stage's own, at the time of the record, and
// goes the way of all records: so it is there exactly once, whatever happens, and in the same place
// for any number of workers, of which the line therefore says nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/dataflow/tap.h"

namespace eagre::dataflow {

// {"time":"(5)","operator":"map","error":"...","record":"..."}. Control characters and bytes that
// are no UTF-8 are escaped; of a record at most kMaxShownBytes are shown.
std::string dead_letter(std::string_view time, std::string_view stage, std::string_view error,
                        std::string_view record);

// Where a stage puts them.
// Threads: confined to one actor.
class DeadLetters {
 public:
  DeadLetters(OutputPort& port, std::uint32_t tap) { tap_.bind(port, tap); }

  // For use in a catch block: with what is being handled. `time`: that of the record, as text.
  void add(std::string_view time, std::string_view stage, std::string_view record);

 private:
  Tap<std::string> tap_;
};

}  // namespace eagre::dataflow
