#include "runtime/api/dead_letters.h"

#include <string>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"

namespace eagre::api {

void gather_dead_letters(const std::shared_ptr<Builder>& builder) {
  const auto text = std::make_shared<std::string>();
  builder->program().dead_letters = text;
  const Scope scope(builder, 0);
  std::vector<Stream<std::string>> letters;
  for (StreamEnd end : builder->letters()) {
    while (end.scope != 0) {
      end = builder->leave(std::move(end));
    }
    letters.emplace_back(scope, std::move(end));
  }
  if (letters.empty()) {
    return;
  }
  const auto as_it_is = [](const std::string& letter) { return letter; };
  const auto in_any_order = [](const std::string&, const std::string&) { return false; };
  using Lines = operators::TextLines<std::string, decltype(as_it_is)>;
  const auto all = scope.apply_all<operators::Concat<std::string>>(letters, "dead letters");
  all.add<operators::SortedSink<std::string, decltype(in_any_order), Lines>>(
      "dead letters", {all.gather().end()}, 1, in_any_order, Lines(text, as_it_is));
}

}  // namespace eagre::api
