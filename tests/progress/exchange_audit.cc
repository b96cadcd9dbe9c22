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
    for (const ProcessState& process : reader.processes) {
      for (std::uint32_t l = 0; process.published && l < truth.size(); ++l) {
        if (process.consolidator && !listened_[l]) {
          continue;
        }
        if (!process.frontiers[l].dominates_all(truth[l])) {
          fail(process.consolidator ? "a process" : "an aggregator", Location(l),
               process.frontiers[l]);
        }
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

void ExchangeRun::audit_agreement(std::size_t r, std::size_t p) const {
  const ReaderState& reader = readers_[r];
  const ProcessState& process = reader.processes[p];
  // What the leader has told and the process has not heard may differ.
  if (!process.deltas.empty()) {
    return;
  }
  const std::vector<Antichain> expected =
      p == 0 ? closure(topology_, positive(model_.glob(r))) : reader.processes[0].frontiers;
  for (std::uint32_t l = 0; l < expected.size(); ++l) {
    if (p > 0 && !listened_[l]) {
      continue;
    }
    require(process.frontiers[l] == expected[l],
            "process " + std::to_string(p) + " shows " + to_string(process.frontiers[l]) + " at " +
                topology_.describe(Location(l)) + ", " +
                (p == 0 ? "the model " : "the aggregator ") + to_string(expected[l]));
  }
}

void ExchangeRun::audit_told(std::size_t r, std::size_t p) const {
  const ReaderState& reader = readers_[r];
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    if (process_of(w) != p) {
      continue;
    }
    for (std::size_t i = 0; i < instances_[w].inputs.size(); ++i) {
      const InputState& input = instances_[w].inputs[i];
      const bool asked = input.interest == Interest::always ||
                         (input.interest == Interest::while_holding && reader.held[w] > 0);
      require(!asked || reader.told[w][i].frontier ==
                            reader.processes[p].frontiers[input.location.value()],
              "a port that asked was not told");
    }
  }
}

}  // namespace eagre::progress
