// What the access log of a web server says: requests of each minute, bursts of errors, the pages of
// each hour that were asked for most, and who stayed for how long. The log is out of order.
#include <fmt/core.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "examples/logs/request.h"

namespace {

using logs::Request;
using logs::time_text;
using Requests = eagre::Stream<Request>;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;

std::int64_t time_of(const Request& request) {
  return request.at;
}
// All of them together.
template <class T>
std::uint8_t together(const T&) {
  return 0;
}

void write_minutes(const eagre::Scope& scope, const Requests& requests) {
  scope.result("# requests of each minute: minute, requests\n");
  requests.key_by(together<Request>)
      .window(time_of, eagre::Tumbling{kMinute})
      .count()
      .write([](const auto& pane) {
        return fmt::format("{} {}", time_text(pane.window.start).substr(0, 16), pane.value);
      });
}

void write_bursts(const eagre::Scope& scope, const Requests& requests, std::uint64_t least) {
  scope.result("# bursts of errors, in windows of five minutes: first minute, errors\n");
  requests.filter([](const Request& request) { return request.status >= 400; })
      .key_by(together<Request>)
      .window(time_of, eagre::Sliding{5 * kMinute, kMinute})
      .count()
      .filter([least](const auto& pane) { return pane.value >= least; })
      .write([](const auto& pane) {
        return fmt::format("{} {}", time_text(pane.window.start).substr(0, 16), pane.value);
      });
}

// Windows of windows: how often each page was asked for in an hour, and which three most.
void write_pages(const eagre::Scope& scope, const Requests& requests) {
  using PageCount = eagre::Pane<std::string, std::uint64_t>;
  scope.result("# pages asked for most: hour, pages with requests\n");
  requests.key_by([](const Request& request) { return request.page; })
      .window(time_of, eagre::Tumbling{kHour})
      .count()
      .key_by(together<PageCount>)
      .window([](const PageCount& page) { return page.window.last(); }, eagre::Tumbling{kHour})
      .top_k(3, [](const PageCount& a, const PageCount& b) { return a.value > b.value; })
      .write([](const auto& pane) {
        std::string line = time_text(pane.window.start).substr(0, 13) + "h";
        for (const PageCount& page : pane.value) {
          line += fmt::format(" {} {}", page.key, page.value);
        }
        return line;
      });
}

void write_sessions(const eagre::Scope& scope, const Requests& requests, std::int64_t gap,
                    std::uint64_t least) {
  scope.result("# sessions: first request, host, seconds from the first to the last, requests\n");
  requests.key_by([](const Request& request) { return request.host; })
      .window(time_of, eagre::Session{gap})
      .count()
      .filter([least](const auto& pane) { return pane.value >= least; })
      .write([gap](const auto& pane) {
        return fmt::format("{} {} {} {}", time_text(pane.window.start), pane.key,
                           pane.window.end - gap - pane.window.start, pane.value);
      });
}

void write_late(const eagre::Scope& scope, const Requests& late) {
  scope.result("# late, and not counted above: time, host, page\n");
  late.write([](const Request& request) {
    return fmt::format("{} {} {}", time_text(request.at), request.host, request.page);
  });
}

// The lines of a file; what is none is written with its reason.
Requests read_log(const eagre::Scope& scope, const std::string& path) {
  const auto lines = eagre::read_lines<std::string>(
      scope, "lines", {path}, [](std::string_view line, auto& give) { give(std::string(line)); },
      {.epoch_lines = 1000});
  const auto [requests, unread] = lines.ok_err<Request, std::string>(
      [](const std::string& line) -> std::variant<Request, std::string> {
        try {
          return logs::parse_line(line);
        } catch (const std::invalid_argument& error) {
          return fmt::format("{}: {}", error.what(), line);
        }
      });
  scope.result("# lines that cannot be read\n");
  unread.write([](const std::string& line) { return line; });
  return requests;
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("logs", "Minutes, bursts of errors, pages and sessions of an access log.");
  std::string input;
  std::uint64_t minutes = 180;
  std::uint64_t bound = 60;
  std::uint64_t errors = 20;
  std::uint64_t gap = 1800;
  std::uint64_t requests = 10;
  command.line().option("--input", input,
                        "an access log in the common or combined format; made up without it");
  command.line().option("--minutes", minutes, "that are made up");
  command.line().option("--bound", bound, "seconds by which lines may be late");
  command.line().option("--errors", errors, "from so many on they are a burst");
  command.line().option("--gap", gap, "seconds without a request that end a session");
  command.line().option("--requests", requests, "from so many on a session is written");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    const Requests all = input.empty() ? logs::made_up(scope, minutes) : read_log(scope, input);
    const auto [on_time, late] =
        all.assign_event_time(time_of, {.bound = static_cast<std::int64_t>(bound)});
    write_minutes(scope, on_time);
    write_bursts(scope, on_time, errors);
    write_pages(scope, on_time);
    write_sessions(scope, on_time, static_cast<std::int64_t>(gap), requests);
    write_late(scope, late);
  });
}
