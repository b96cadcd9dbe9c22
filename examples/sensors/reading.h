// Hourly readings of air-quality stations: from rows of a file, or made up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/eagre.h"

namespace sensors {

inline constexpr std::int64_t kHoursOfDay = 24;

struct Reading {
  std::string station;
  // Since 1970, local time.
  std::int64_t hour = 0;
  // Fine dust (PM2.5) in micrograms per cubic metre; nothing if the station had none.
  std::optional<double> dust;
};

// The row of a file with the columns year, month, day, hour, PM2.5 and others, the last of them the
// station; NA for what is missing. Throws std::invalid_argument, saying what is wrong.
Reading parse_row(std::string_view row);

// "2013-03-01".
std::string day_text(std::int64_t hour);
// "2013-03-01 17h".
std::string hour_text(std::int64_t hour);

// The readings that stations make up for so many days from 2020-01-01 on, an epoch an hour. They
// arrive up to two hours late, one in a hundred 30 hours, and some not at all.
eagre::Stream<Reading> made_up(const eagre::Scope& scope, std::uint32_t stations,
                               std::uint32_t days);

}  // namespace sensors
