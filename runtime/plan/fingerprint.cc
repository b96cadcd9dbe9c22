#include "runtime/plan/fingerprint.h"

#include <fmt/core.h>

#include <iterator>
#include <span>
#include <string>

#include "runtime/base/hash.h"
#include "runtime/plan/print.h"

namespace eagre::plan {

namespace {

std::string exact(const progress::PathSummary& summary) {
  return fmt::format("{} to {} {}", summary.inputs(), summary.outputs(),
                     progress::to_string(summary));
}

}  // namespace

std::uint64_t fingerprint(const Plan& plan) {
  // What --plan prints, and then what it leaves out.
  std::string text = to_json(plan);
  const auto out = std::back_inserter(text);
  for (const Scope& scope : plan.scopes) {
    fmt::format_to(out, "scope {} {}\n", scope.parent, scope.coordinates);
  }
  for (const Node& node : plan.nodes) {
    fmt::format_to(out, "node {:d} {:d} {:d}\n", node.feedback, node.polls, node.epochs_in_order);
    for (const progress::Interest interest : node.inputs) {
      fmt::format_to(out, "interest {}\n", static_cast<int>(interest));
    }
    for (const Internal& internal : node.internals) {
      fmt::format_to(out, "internal {} {} {}\n", internal.input, internal.output,
                     exact(internal.summary));
    }
  }
  for (const Edge& edge : plan.edges) {
    fmt::format_to(out, "edge {} {:#x}\n", exact(edge.summary), edge.layout);
  }
  return base::hash_bytes(std::as_bytes(std::span(text)));
}

}  // namespace eagre::plan
