#include "examples/logs/request.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <stdexcept>

#include "examples/made_up.h"

namespace logs {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

// What is between the next `open` and the `close` behind it; the text goes on behind that.
std::string_view between(std::string_view& text, char open, char close, const char* what) {
  const std::size_t begin = text.find(open);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(close, begin + 1);
  if (end == std::string_view::npos) {
    throw std::invalid_argument(fmt::format("there is no {}", what));
  }
  const std::string_view inside = text.substr(begin + 1, end - begin - 1);
  text.remove_prefix(end + 1);
  return inside;
}

// "17/May/2015:10:05:03 +0000".
std::int64_t parse_time(std::string_view text) {
  constexpr std::string_view kForm = "dd/Mon/yyyy:hh:mm:ss +hhmm";
  const auto wrong = [&] {
    return std::invalid_argument(fmt::format("\"{}\" is no time of the form {}", text, kForm));
  };
  constexpr std::array<std::size_t, 6> kMarks = {2, 6, 11, 14, 17, 20};
  if (text.size() != kForm.size() || (text[21] != '+' && text[21] != '-') ||
      !std::all_of(kMarks.begin(), kMarks.end(),
                   [&](std::size_t at) { return text[at] == kForm[at]; })) {
    throw wrong();
  }
  const auto part = [&](std::size_t begin, std::size_t size, std::int64_t below) {
    const auto number = number_of<std::int64_t>(text.substr(begin, size));
    if (!number || *number < 0 || *number >= below) {
      throw wrong();
    }
    return *number;
  };
  const auto* const month = std::find(kMonths.begin(), kMonths.end(), text.substr(3, 3));
  const auto year = static_cast<int>(part(7, 4, 10'000));
  const auto day = static_cast<unsigned>(part(0, 2, 32));
  const std::chrono::year_month_day date(
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(day));
  if (!date.ok()) {
    throw wrong();
  }
  const std::int64_t east = part(22, 2, 24) * kHour + part(24, 2, 60) * kMinute;
  const std::chrono::sys_seconds midnight = std::chrono::sys_days(date);
  return midnight.time_since_epoch().count() + part(12, 2, 24) * kHour + part(15, 2, 60) * kMinute +
         part(18, 2, 61) - (text[21] == '+' ? east : -east);
}

constexpr std::uint64_t kPerMinute = 120;

// Request number i, which is logged in second i * 60 / kPerMinute.
Request request(std::uint64_t i) {
  const std::int64_t start =
      std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1))
          .time_since_epoch()
          .count();
  const auto logged = static_cast<std::int64_t>(i * 60 / kPerMinute);
  const std::uint64_t drawn = made_up::drawn(i);
  const auto late = static_cast<std::int64_t>(drawn % 1000 < 2 ? 90 + drawn % 400 : drawn % 60);
  // Visitors come for some minutes and go.
  const std::uint64_t visit = (i / kPerMinute / 8) * 7 + (drawn >> 16) % 12;
  const bool trouble = logged % kHour >= 20 * kMinute && logged % kHour < 25 * kMinute;
  Request made;
  made.host = fmt::format("10.0.{}.{}", visit % 40, visit / 40 % 250);
  made.at = start + logged - late;
  const std::uint64_t page = (drawn >> 24) % 100;
  made.page = fmt::format("/page-{}", page * page / 500);
  made.status = (drawn >> 32) % 100 < (trouble ? 40U : 2U) ? 500 : 200;
  return made;
}

// Each instance has every workers-th request; a minute of the log is an epoch.
class Log {
 public:
  Log(std::uint64_t minutes, std::uint32_t worker, std::uint32_t workers)
      : end_(minutes * kPerMinute), worker_(worker), workers_(workers), next_(worker) {}

  bool operator()(eagre::SourceOutput<Request>& output) {
    for (; next_ < end_; next_ += workers_) {
      output.advance_to(std::max(output.epoch(), next_ / kPerMinute));
      if (output.full()) {
        return true;
      }
      output.give(request(next_));
    }
    return false;
  }

  void save(eagre::SnapshotWriter& writer) const { writer.value(next_); }
  static constexpr bool kRescales = true;
  // At a checkpoint all requests of its epochs were given, and none of later ones: the next of all
  // is the least of what is next for each.
  void restore(eagre::SnapshotReader& reader) {
    least_ = std::min(least_, reader.value<std::uint64_t>());
    next_ = least_ + (workers_ + worker_ - least_ % workers_) % workers_;
  }

 private:
  std::uint64_t end_;
  std::uint32_t worker_;
  std::uint32_t workers_;
  std::uint64_t next_;
  std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace

Request parse_line(std::string_view line) {
  Request parsed;
  parsed.host = line.substr(0, line.find(' '));
  if (parsed.host.empty()) {
    throw std::invalid_argument("there is no host");
  }
  parsed.at = parse_time(between(line, '[', ']', "time in brackets"));
  std::string_view asked = between(line, '"', '"', "request in quotes");
  const std::size_t method = asked.find(' ');
  if (method == std::string_view::npos) {
    throw std::invalid_argument(fmt::format("\"{}\" names no page", asked));
  }
  asked.remove_prefix(method + 1);
  asked = asked.substr(0, asked.find(' '));
  parsed.page = asked.substr(0, asked.find('?'));
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view status = line.substr(0, line.find(' '));
  const auto number = number_of<std::uint32_t>(status);
  if (!number || *number < 100 || *number > 999) {
    throw std::invalid_argument(fmt::format("\"{}\" is no status", status));
  }
  parsed.status = *number;
  return parsed;
}

std::string time_text(std::int64_t at) {
  const std::chrono::sys_seconds second{std::chrono::seconds(at)};
  const auto midnight = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(midnight);
  const std::int64_t of_day = (second - midnight).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     of_day / kHour, of_day / kMinute % 60, of_day % 60);
}

eagre::Stream<Request> made_up(const eagre::Scope& scope, std::uint64_t minutes) {
  return scope.source<Request>("made up", [minutes](std::uint32_t worker, std::uint32_t workers) {
    return Log(minutes, worker, workers);
  });
}

}  // namespace logs
