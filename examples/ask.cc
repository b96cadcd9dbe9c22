// Operators are actors: a running word count is asked for the count of a word, from the driving
// program and from a CAF actor of one's own.
#include "actors/ask.h"

#include <fmt/core.h>

#include <caf/all.hpp>
#include <cstdint>
#include <string>

#include "actors/eagre.h"

namespace {

// Counts words and answers how often it has seen one.
class WordCount final : public eagre::Answering<eagre::Unary<std::string, std::uint64_t>,
                                                std::string, std::uint64_t> {
 public:
  void on_batch(const eagre::Input<std::string>& words,
                eagre::Output<std::uint64_t>& output) override {
    for (const std::string& word : words) {
      ++counts_.at(word);
    }
    output.session().give(words.size());
  }

  std::uint64_t on_ask(const std::string& word) const override { return counts_.get(word); }

 private:
  eagre::ValueState<std::string, std::uint64_t> counts_{states(), "counts"};
};

}  // namespace

int main(int argc, char** argv) {
  return eagre::execute(argc, argv, [](eagre::Scope& scope) {
    auto words = scope.new_input<std::string>("words");
    const auto counted = words.stream()
                             .exchange([](const std::string& word) { return word; })
                             .apply<WordCount>("word count");
    const auto counts = counted.handles();
    const auto probe = counted.probe();
    const auto out = scope.result();
    scope.drive([=]() mutable {
      for (const char* word : {"the", "tide", "comes", "the", "tide", "goes", "the", "end"}) {
        words.send(word);
      }
      words.advance_to(1);
      probe.wait_until(1);

      // From the driving program.
      const std::string word = "the";
      const auto answer = counts.ask<std::uint64_t>(word, word);
      *out += fmt::format("{}: {}\n", word, answer.ok() ? answer.value() : 0);

      // From an actor, to the actor that holds the word.
      for (const std::string asked : {"tide", "moon"}) {
        const caf::actor holder = eagre::actor_of(counts.handle_for(asked));
        caf::scoped_actor self(holder.home_system());
        self->request(holder, caf::infinite, eagre::ask(asked))
            .receive(
                [&](const eagre::Answer& got) {
                  *out += fmt::format("{}: {}\n", asked, eagre::as<std::uint64_t>(got).value());
                },
                [&](const caf::error& error) {
                  *out += fmt::format("{}: {}\n", asked, caf::to_string(error));
                });
      }
    });
  });
}
