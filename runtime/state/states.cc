#include "runtime/state/states.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace eagre::state {
namespace {

// What stands before the states in a snapshot, one for each.
struct Saved {
  std::string name;
  std::string kind;
  std::uint64_t layout = 0;
  bool exchanged = true;
  std::uint64_t epoch = 0;
};

}  // namespace

NamedState::NamedState(States& states, std::string name) : states_(states), name_(std::move(name)) {
  states.add(*this);
}

std::uint64_t NamedState::epoch() const {
  return states_.epoch();
}

void NamedState::refuse_epoch(std::uint64_t latest) const {
  throw std::logic_error(fmt::format(
      "state \"{}\" with a time to live was used in epoch {} after epoch {}, so that what is gone "
      "would depend on the schedule: say kEpochsInOrder, or use it in on_notify only",
      name_, epoch(), latest));
}

void States::add(NamedState& state) {
  if (find(state.name()) != nullptr) {
    throw std::logic_error(
        fmt::format("two states of one operator are named \"{}\": the name is how a state is found "
                    "in a checkpoint, so each needs one of its own",
                    state.name()));
  }
  all_.push_back(&state);
}

NamedState* States::find(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const NamedState* state) { return state->name() == name; });
  return found == all_.end() ? nullptr : *found;
}

void States::save(data::SnapshotWriter& writer, std::uint32_t worker, std::uint32_t workers) {
  if (empty()) {
    return;
  }
  writer.section<Saved>([&](auto&& give) {
    for (const NamedState* state : all_) {
      give(Saved{state->name(), std::string(state->kind()), state->layout(),
                 state->is_exchanged(worker, workers), epoch_});
    }
  });
  for (NamedState* state : all_) {
    state->save(writer);
  }
}

void States::restore(data::SnapshotReader& reader) {
  if (empty()) {
    return;
  }
  std::vector<NamedState*> saved;
  reader.section<Saved>([&](const Saved& of) {
    NamedState* const state = find(of.name);
    if (state == nullptr) {
      throw data::ForeignSnapshot(fmt::format(
          "the checkpoint holds a state \"{}\", and this operator keeps none of that name",
          of.name));
    }
    if (state->kind() != of.kind || state->layout() != of.layout) {
      throw data::ForeignSnapshot(fmt::format(
          "state \"{}\" is a {} state here, and in the checkpoint a {} state{}", of.name,
          state->kind(), of.kind, state->kind() == of.kind ? " of other types" : ""));
    }
    if (!of.exchanged && !reader.owns_all()) {
      throw data::ForeignSnapshot(fmt::format(
          "state \"{}\" was kept by keys that were not exchanged to their worker, so it can only "
          "be restored with as many workers as before: exchange the operator's input by the key of "
          "the state",
          of.name));
    }
    saved.push_back(state);
    epoch_ = std::max(epoch_, of.epoch);
  });
  for (const NamedState* state : all_) {
    if (std::find(saved.begin(), saved.end(), state) == saved.end()) {
      throw data::ForeignSnapshot(
          fmt::format("the checkpoint holds no state \"{}\"", state->name()));
    }
  }
  for (NamedState* state : saved) {
    state->restore(reader);
  }
}

}  // namespace eagre::state
