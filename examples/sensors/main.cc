// What hourly readings of air-quality stations say: means of each day, gaps, outliers, silences,
// and which readings came too late to be counted.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "examples/sensors/reading.h"

namespace {

using sensors::kHoursOfDay;
using sensors::Reading;
using Readings = eagre::Stream<Reading>;

constexpr std::int64_t kHoursOfWeek = 7 * kHoursOfDay;
// Standard deviations from the mean.
constexpr double kOutlier = 4;

std::int64_t hour_of(const Reading& reading) {
  return reading.hour;
}
std::string station_of(const Reading& reading) {
  return reading.station;
}

void write_means(const eagre::Scope& scope, const Readings& readings) {
  scope.result("# mean of PM2.5, in micrograms per cubic metre: day, station, mean\n");
  readings.filter([](const Reading& r) { return r.dust.has_value(); })
      .key_by(station_of)
      .window(hour_of, eagre::Tumbling{kHoursOfDay})
      .mean([](const Reading& r) { return *r.dust; })
      .write([](const eagre::Pane<std::string, double>& pane) {
        return fmt::format("{} {} {:.2f}", sensors::day_text(pane.window.start), pane.key,
                           pane.value);
      });
}

// Days of which a station has some readings, and not all.
void write_gaps(const eagre::Scope& scope, const Readings& readings) {
  scope.result("# gaps: day, station, hours without a reading\n");
  readings.key_by(station_of)
      .window(hour_of, eagre::Tumbling{kHoursOfDay})
      .fold<std::uint32_t>(
          [](std::uint32_t& hours, const Reading& r) {
            const std::int64_t of_day = ((r.hour % kHoursOfDay) + kHoursOfDay) % kHoursOfDay;
            hours |= r.dust ? std::uint32_t{1} << of_day : 0;
          },
          [](std::uint32_t& hours, std::uint32_t part) { hours |= part; },
          [](std::uint32_t hours) {
            std::vector<std::uint32_t> missing;
            for (std::uint32_t hour = 0; hour < kHoursOfDay; ++hour) {
              if ((hours >> hour & 1) == 0) {
                missing.push_back(hour);
              }
            }
            return missing;
          })
      .filter([](const auto& pane) { return !pane.value.empty(); })
      .write([](const auto& pane) {
        return fmt::format("{} {} {}", sensors::day_text(pane.window.start), pane.key,
                           fmt::join(pane.value, " "));
      });
}

struct Outlier {
  std::string station;
  std::int64_t hour = 0;
  double dust = 0;
  double score = 0;
};

// Readings far from the mean of their station's week.
void write_outliers(const eagre::Scope& scope, const Readings& readings) {
  scope.result("# outliers: hour, station, PM2.5, standard deviations from the week's mean\n");
  readings.filter([](const Reading& r) { return r.dust.has_value(); })
      .key_by(station_of)
      .window(hour_of, eagre::Tumbling{kHoursOfWeek})
      .collect()
      .flat_map<Outlier>([](const auto& week, auto& give) {
        const auto count = static_cast<double>(week.value.size());
        double mean = 0;
        for (const Reading& r : week.value) {
          mean += *r.dust / count;
        }
        double variance = 0;
        for (const Reading& r : week.value) {
          variance += (*r.dust - mean) * (*r.dust - mean) / count;
        }
        for (const Reading& r : week.value) {
          const double score = (*r.dust - mean) / std::sqrt(variance);
          if (std::abs(score) > kOutlier) {
            give({week.key, r.hour, *r.dust, score});
          }
        }
      })
      .write([](const Outlier& a, const Outlier& b) { return a.hour < b.hour; },
             [](const Outlier& o) {
               return fmt::format("{} {} {:.1f} {:+.1f}", sensors::hour_text(o.hour), o.station,
                                  o.dust, o.score);
             });
}

// Says from which hour on a station was silent, once it was for so long.
class Silence final : public eagre::KeyedProcess<std::string, Reading, Reading> {
 public:
  void on_record(const std::string& station, const Reading& reading) override {
    last_.set(station, reading);
    set_timer(station, now() + kPatience);
  }
  void on_timer(const std::string& station) override {
    if (now() == last_.get(station).hour + kPatience) {
      give(last_.get(station));
    }
  }

 private:
  static constexpr std::int64_t kPatience = 6;
  eagre::ValueState<std::string, Reading> last_{states(), "last"};
};

void write_silences(const eagre::Scope& scope, const Readings& readings) {
  scope.result("# silent for six hours and more: hour of the last reading, station\n");
  readings.key_by(station_of).process<Silence>(hour_of, "silence").write([](const Reading& r) {
    return fmt::format("{} {}", sensors::hour_text(r.hour), r.station);
  });
}

void write_late(const eagre::Scope& scope, const Readings& late) {
  scope.result("# late, and not counted above: hour, station\n");
  late.write(
      [](const Reading& r) { return fmt::format("{} {}", sensors::hour_text(r.hour), r.station); });
}

void write_unread(const eagre::Scope& scope, const eagre::Stream<std::string>& unread) {
  scope.result("# rows that cannot be read\n");
  unread.write([](const std::string& row) { return row; });
}

// The rows of a file; what is none is written with its reason.
Readings read_rows(const eagre::Scope& scope, const std::string& path) {
  const auto rows = eagre::read_lines<std::string>(scope, "rows", {path},
                                                   [](std::string_view line, auto& give) {
                                                     if (!line.starts_with("year,")) {
                                                       give(std::string(line));
                                                     }
                                                   },
                                                   {.epoch_lines = 1000});
  const auto [readings, unread] = rows.ok_err<Reading, std::string>(
      [](const std::string& row) -> std::variant<Reading, std::string> {
        try {
          return sensors::parse_row(row);
        } catch (const std::invalid_argument& error) {
          return fmt::format("{}: {}", error.what(), row);
        }
      });
  write_unread(scope, unread);
  return readings;
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("sensors", "Means, gaps, outliers and late readings of stations.");
  std::string input;
  std::uint64_t stations = 5;
  std::uint64_t days = 30;
  std::uint64_t bound = 3;
  command.line().option("--input", input,
                        "rows of year,month,day,hour,PM2.5,...,station; made up without it");
  command.line().option("--stations", stations, "that are made up");
  command.line().option("--days", days, "that are made up");
  command.line().option("--bound", bound, "hours by which readings may be late");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    const Readings readings = input.empty()
                                  ? sensors::made_up(scope, static_cast<std::uint32_t>(stations),
                                                     static_cast<std::uint32_t>(days))
                                  : read_rows(scope, input);
    const auto [on_time, late] =
        readings.assign_event_time(hour_of, {.bound = static_cast<std::int64_t>(bound)});
    write_means(scope, on_time);
    write_gaps(scope, on_time);
    write_outliers(scope, on_time);
    write_silences(scope, on_time);
    write_late(scope, late);
  });
}
