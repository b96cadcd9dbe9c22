// Requests of a web server: from lines of its access log, or made up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/eagre.h"

namespace logs {

struct Request {
  std::string host;
  // Seconds since 1970, UTC.
  std::int64_t at = 0;
  std::string page;
  std::uint32_t status = 0;
};

// A line in the common or the combined format:
//   HOST IDENT USER [17/May/2015:10:05:03 +0000] "GET /page?query HTTP/1.1" 200 ...
// The page is without its query. Throws std::invalid_argument, saying what is wrong.
Request parse_line(std::string_view line);

// "2015-05-17 10:05:03".
std::string time_text(std::int64_t at);

// The requests that visitors make up for so many minutes from 2020-01-01 on, in the order in which
// they are logged: up to a minute late, two in a thousand later. For five minutes of each hour much
// goes wrong.
eagre::Stream<Request> made_up(const eagre::Scope& scope, std::uint64_t minutes);

}  // namespace logs
