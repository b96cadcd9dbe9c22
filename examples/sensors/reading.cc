#include "examples/sensors/reading.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "examples/made_up.h"

namespace sensors {
namespace {

std::vector<std::string_view> columns_of(std::string_view row) {
  std::vector<std::string_view> columns;
  for (;;) {
    const std::size_t comma = row.find(',');
    columns.push_back(row.substr(0, comma));
    if (comma == std::string_view::npos) {
      return columns;
    }
    row.remove_prefix(comma + 1);
  }
}

template <class Number>
Number number_of(std::string_view text, const char* what) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument(fmt::format("the {} is no number: \"{}\"", what, text));
  }
  return number;
}

std::chrono::year_month_day date_of(std::int64_t hour) {
  return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::hours>(std::chrono::hours(hour))));
}

std::int64_t hours_until(std::chrono::year_month_day date) {
  return std::chrono::sys_time<std::chrono::hours>(std::chrono::sys_days(date))
      .time_since_epoch()
      .count();
}

// What a station makes up, and when that arrives.
class Station {
 public:
  explicit Station(std::uint32_t number) : number_(number) {}

  static constexpr std::int64_t kMostDelay = 30;

  // In hours; nothing if it never does.
  std::optional<std::int64_t> delay(std::int64_t hour) const {
    // An outage of half a day.
    if (draw(hour / 12, 5) % 40 == 0) {
      return std::nullopt;
    }
    const std::uint64_t x = draw(hour, 1) % 100;
    if (x == 0) {
      return std::nullopt;
    }
    return x == 1 ? kMostDelay : static_cast<std::int64_t>(x % 3);
  }

  Reading reading(std::int64_t start, std::int64_t hour) const {
    Reading reading;
    reading.station = fmt::format("station-{:02}", number_);
    reading.hour = start + hour;
    if (draw(hour, 2) % 50 != 0) {
      // A wave a day, noise, and now and then a peak.
      const double phase = static_cast<double>((hour + number_) % kHoursOfDay) / kHoursOfDay;
      const double wave = 40 + 25 * std::sin(2 * std::numbers::pi * phase);
      const auto noise = static_cast<double>(draw(hour, 3) % 200) / 10;
      const double peak = draw(hour, 4) % 300 == 0 ? 400 : 0;
      reading.dust = std::round((wave + noise + peak) * 10) / 10;
    }
    return reading;
  }

 private:
  std::uint64_t draw(std::int64_t hour, std::uint64_t purpose) const {
    return made_up::drawn(made_up::drawn(static_cast<std::uint64_t>(hour) * 1024 + number_) +
                          purpose);
  }

  std::uint32_t number_;
};

// Each instance has every workers-th station. Epoch e holds what arrives in hour e.
class Arrivals {
 public:
  Arrivals(std::uint32_t stations, std::uint32_t days, std::uint32_t worker, std::uint32_t workers)
      : hours_(std::int64_t{days} * kHoursOfDay) {
    for (std::uint32_t number = worker; number < stations; number += workers) {
      stations_.emplace_back(number);
    }
  }

  bool operator()(eagre::SourceOutput<Reading>& output) {
    const std::int64_t end = hours_ + Station::kMostDelay;
    for (; next_ < end && !output.full(); ++next_) {
      output.advance_to(std::max(output.epoch(), static_cast<std::uint64_t>(next_)));
      if (output.full()) {
        return true;
      }
      for (const Station& station : stations_) {
        for (const std::int64_t delay : {0, 1, 2, static_cast<int>(Station::kMostDelay)}) {
          const std::int64_t hour = next_ - delay;
          if (hour >= 0 && hour < hours_ && station.delay(hour) == delay) {
            output.give(station.reading(start_, hour));
          }
        }
      }
    }
    return next_ < end;
  }

  void save(eagre::SnapshotWriter& writer) const { writer.value(next_); }
  static constexpr bool kRescales = true;
  // All instances are in one epoch at a checkpoint.
  void restore(eagre::SnapshotReader& reader) {
    const auto next = reader.value<std::int64_t>();
    next_ = restored_ ? std::min(next_, next) : next;
    restored_ = true;
  }

 private:
  std::int64_t hours_;
  std::vector<Station> stations_;
  const std::int64_t start_ = hours_until(std::chrono::year(2020) / 1 / 1);
  std::int64_t next_ = 0;
  bool restored_ = false;
};

}  // namespace

Reading parse_row(std::string_view row) {
  const std::vector<std::string_view> columns = columns_of(row);
  if (columns.size() < 6) {
    throw std::invalid_argument(fmt::format(
        "a row has year, month, day, hour, PM2.5 and a station, not {} columns", columns.size()));
  }
  const std::chrono::year_month_day date(
      std::chrono::year(number_of<int>(columns[0], "year")),
      std::chrono::month(number_of<unsigned>(columns[1], "month")),
      std::chrono::day(number_of<unsigned>(columns[2], "day")));
  const auto hour = number_of<std::int64_t>(columns[3], "hour");
  if (!date.ok() || hour < 0 || hour >= kHoursOfDay) {
    throw std::invalid_argument(fmt::format("there is no hour {} of {}-{}-{}", columns[3],
                                            columns[0], columns[1], columns[2]));
  }
  Reading reading;
  reading.hour = hours_until(date) + hour;
  if (columns[4] != "NA") {
    reading.dust = number_of<double>(columns[4], "PM2.5");
    if (!(std::abs(*reading.dust) <= eagre::FixedSum::kMaxTerm)) {
      throw std::invalid_argument(fmt::format("no PM2.5 is {}", columns[4]));
    }
  }
  reading.station = columns.back();
  return reading;
}

std::string day_text(std::int64_t hour) {
  const std::chrono::year_month_day date = date_of(hour);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string hour_text(std::int64_t hour) {
  const std::chrono::hours since(hour);
  const auto of_day = since - std::chrono::floor<std::chrono::days>(since);
  return fmt::format("{} {:02}h", day_text(hour), of_day.count());
}

eagre::Stream<Reading> made_up(const eagre::Scope& scope, std::uint32_t stations,
                               std::uint32_t days) {
  return scope.source<Reading>("made up",
                               [stations, days](std::uint32_t worker, std::uint32_t workers) {
                                 return Arrivals(stations, days, worker, workers);
                               });
}

}  // namespace sensors
