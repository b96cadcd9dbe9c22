// What the audit compares after every step.
#include <string>

#include "tests/progress/exchange_run.h"

namespace eagre::progress {

// Safe: what is shown dominates what the truth implies.
void ExchangeRun::audit_safety() const {
  const Counts rec = model_.rec();
  const std::vector<Antichain> truth = closure(topology_, positive(rec));
  const auto fail = [&](const std::string& who, Location location, const Antichain& shown) {
    throw AuditFailure(who + " shows " + to_string(shown) + " at " + topology_.describe(location) +
                       " (location " + std::to_string(location.value()) + "), but " +
                       to_string(truth[location.value()]) +
                       " is still possible: " + to_string(rec));
  };
  for (const ReaderState& reader : readers_) {
    if (!reader.published) continue;
    for (std::uint32_t l = 0; l < truth.size(); ++l) {
      if (!reader.frontiers[l].dominates_all(truth[l])) {
        fail("an aggregator", Location(l), reader.frontiers[l]);
      }
    }
  }
  for (const InstanceState& instance : instances_) {
    for (const InputState& input : instance.inputs) {
      if (!input.view.frontier().dominates_all(truth[input.location.value()])) {
        fail("a view", input.location, input.view.frontier());
      }
    }
  }
}

void ExchangeRun::audit_reader(std::size_t r) const {
  const ReaderState& reader = readers_[r];
  const std::vector<Antichain> expected = closure(topology_, positive(model_.glob(r)));
  for (std::uint32_t l = 0; l < expected.size(); ++l) {
    require(reader.frontiers[l] == expected[l],
            "an aggregator shows " + to_string(reader.frontiers[l]) + " at " +
                topology_.describe(Location(l)) + ", the model " + to_string(expected[l]));
  }
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    for (std::size_t i = 0; i < instances_[w].inputs.size(); ++i) {
      const InputState& input = instances_[w].inputs[i];
      const bool asked = input.interest == Interest::always ||
                         (input.interest == Interest::while_holding && reader.held[w] > 0);
      require(!asked || reader.told[w][i].frontier == reader.frontiers[input.location.value()],
              "a port that asked was not told");
    }
  }
}

}  // namespace eagre::progress
