// Text from outside as people may see it: in messages of failures and in dead letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eagre::dataflow {

// Of a line or a record.
inline constexpr std::size_t kMaxShownBytes = 200;

// At most `max_bytes` of the text, cut between characters; what would move a cursor and what is no
// UTF-8 as \xNN.
std::string printable(std::string_view text, std::size_t max_bytes);

}  // namespace eagre::dataflow
