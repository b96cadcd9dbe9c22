// The plan as text: what --plan prints.
#pragma once

#include <string>

#include "runtime/plan/plan.h"

namespace eagre::plan {

// Graphviz: scopes as clusters, pacts as edge labels, edges that close a loop dashed. An operator's
// label names the stages in its actor too: "a > b > c", or "a > (b, c)" if both read a.
std::string to_dot(const Plan& plan);
// Mermaid flowchart, the same content.
std::string to_mermaid(const Plan& plan);
// One object: "scopes", "operators" (id, name, scope, inputs, outputs, taps, stages: name, output,
// from, first, taps), "edges" (channel, from, output, tap, to, input, pact, time, feedback). A
// stage reads tap `from` of an output and writes `taps` taps from `first` on.
std::string to_json(const Plan& plan);

}  // namespace eagre::plan
