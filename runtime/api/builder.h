// Builds the program behind scopes and streams: checks what is connected to what, and where times
// gain and lose coordinates.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/api/program.h"
#include "runtime/data/pact.h"
#include "runtime/plan/plan.h"

namespace eagre::api {

// Where a stream comes from and how its next consumer will receive it. The untyped part of
// Stream<T>.
struct StreamEnd {
  plan::NodeIndex node = 0;
  std::uint32_t output = 0;
  std::uint32_t tap = 0;
  // Stages between the node's operator and the tap.
  std::uint32_t depth = 0;
  // The next operator is not fused to the node.
  bool boundary = false;
  // The scope in which it is used, and what entering and leaving on the way does to times.
  plan::ScopeIndex scope = 0;
  progress::PathSummary summary;
  data::Pact pact;
  // That of its records.
  std::uint64_t layout = 0;
};

// What an operator is, beside its connections.
struct OperatorTraits {
  progress::Interest interest = progress::Interest::never;
  bool epochs_in_order = false;
  bool polls = false;
  bool paced = false;
  std::uint32_t outputs = 1;
  // So many of them, from the first on, are the operator's own: no input leads there, it sends by
  // capabilities that it holds from its start.
  std::uint32_t own_outputs = 0;
  // Streams that leave from each output.
  std::uint32_t taps = 1;
};

// Every function throws MisuseError if streams or scopes do not fit.
// Threads: confined to the thread that builds.
class Builder {
 public:
  explicit Builder(std::optional<std::uint64_t> epoch_records, bool isolates = false)
      : epoch_records_(epoch_records) {
    program_.plan.isolates = isolates;
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  Program& program() {
    require_open();
    return program_;
  }
  // Where handles find the driver once the dataflow runs.
  const std::shared_ptr<DriverSlot>& slot() const { return slot_; }
  // Scope::epoch_records().
  std::optional<std::uint64_t> epoch_records() const { return epoch_records_; }
  // The streams of dead letters (std::string) so far, one a stage, where records are isolated.
  const std::vector<StreamEnd>& letters() const { return letters_; }
  // The program as built. Whoever adds to it afterwards is told (MisuseError).
  Program finish();
  // Instead of that: forgets what was built. The driving function holds inputs, and these hold the
  // builder.
  void discard();

  void set_drive(std::function<void()> driver);

  plan::ScopeIndex add_scope(plan::ScopeIndex parent, std::string name, plan::ScopeKind kind);
  // The dataflow's one scope of event time, in its outermost scope.
  plan::ScopeIndex event_time_scope();
  // An operator with one input for each stream. Internal summaries: every input leads to every
  // output at the same time, but for the operator's own outputs.
  plan::NodeIndex add_operator(plan::ScopeIndex scope, std::string name,
                               const std::vector<StreamEnd>& inputs, const OperatorTraits& traits,
                               OperatorMaker make);
  // A stateless operator that writes `taps` streams: a stage of the node that `from` comes from,
  // or, where that cannot be, an operator of its own. It cannot be if a pact moves the records, if
  // they change their scope on the way, at a boundary, and behind kMaxDepth stages. The result is
  // its first stream; the others have the taps that follow.
  StreamEnd add_stage(const StreamEnd& from, std::string name, std::uint32_t taps, StageMaker make);
  // The loop's feedback operator, whose input connect() supplies later.
  plan::NodeIndex add_feedback(plan::ScopeIndex scope, std::string name, OperatorMaker make);
  void connect(const StreamEnd& from, plan::NodeIndex to, std::uint32_t input);
  // The number of a new probe in `scope`.
  std::uint32_t add_probe(plan::ScopeIndex scope);

  StreamEnd output(plan::NodeIndex node, std::uint32_t output) const;
  // The stream one scope further in or out.
  StreamEnd enter(StreamEnd stream, plan::ScopeIndex scope) const;
  StreamEnd leave(StreamEnd stream) const;

  std::uint32_t coordinates(plan::ScopeIndex scope) const {
    return program_.plan.scopes[scope].coordinates;
  }
  const std::string& scope_name(plan::ScopeIndex scope) const {
    return program_.plan.scopes[scope].name;
  }
  // Whether times in this scope are an epoch and an event time; and whether one of its times, or of
  // the scopes around it, is an event time.
  bool has_event_time(plan::ScopeIndex scope) const;
  bool is_inside_event_time(plan::ScopeIndex scope) const {
    return plan::has_event_time(program_.plan, scope);
  }
  // Whether who leaves this scope leaves event time.
  bool leaves_event_time(plan::ScopeIndex scope) const {
    return program_.plan.scopes[scope].kind == plan::ScopeKind::event_time;
  }

  // A stage calls the next one: this bounds the stack.
  static constexpr std::uint32_t kMaxDepth = 64;

 private:
  void require_open() const;
  bool fuses(const StreamEnd& from) const;
  StreamEnd add_plain_stage(const StreamEnd& from, std::string name, std::uint32_t taps,
                            StageMaker make);

  std::optional<std::uint64_t> epoch_records_;
  std::optional<plan::ScopeIndex> event_time_scope_;
  Program program_;
  std::shared_ptr<DriverSlot> slot_ = program_.slot;
  bool finished_ = false;
  std::set<plan::NodeIndex> closed_loops_;
  // Taps so far, by node and output.
  std::vector<std::vector<std::uint32_t>> taps_;
  std::vector<StreamEnd> letters_;
};

}  // namespace eagre::api
