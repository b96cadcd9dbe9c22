#include "runtime/api/dead_letters.h"

#include <string>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"
#include "runtime/windows/event_sink.h"

namespace eagre::api {

namespace {

using Letters = std::vector<Stream<std::string>>;

// All letters of one scope: those that are left are in the scope's own order, by `Sink`.
template <template <class...> class Sink>
void gather(const Scope& scope, const Letters& letters) {
  const auto text = std::make_shared<std::string>();
  scope.builder()->program().dead_letters.push_back(text);
  if (letters.empty()) {
    return;
  }
  const auto as_it_is = [](const std::string& letter) { return letter; };
  const auto in_any_order = [](const std::string&, const std::string&) { return false; };
  using Lines = operators::TextLines<std::string, decltype(as_it_is)>;
  const auto all = scope.apply_all<operators::Concat<std::string>>(letters, "dead letters");
  all.add<Sink<std::string, decltype(in_any_order), Lines>>("dead letters", {all.gather().end()}, 1,
                                                            in_any_order, Lines(text, as_it_is));
}

}  // namespace

void gather_dead_letters(const std::shared_ptr<Builder>& builder) {
  // By epoch, and behind them those of event time.
  Letters by_epoch;
  Letters by_event_time;
  plan::ScopeIndex event_time = 0;
  for (StreamEnd end : builder->letters()) {
    while (end.scope != 0 && !builder->leaves_event_time(end.scope)) {
      end = builder->leave(std::move(end));
    }
    const plan::ScopeIndex scope = end.scope;
    event_time = scope != 0 ? scope : event_time;
    (scope == 0 ? by_epoch : by_event_time).emplace_back(Scope(builder, scope), std::move(end));
  }
  gather<operators::SortedSink>(Scope(builder, 0), by_epoch);
  gather<windows::EventSink>(Scope(builder, event_time), by_event_time);
}

}  // namespace eagre::api
