// The plan as text: what --plan prints.
#pragma once

#include <string>

#include "runtime/plan/plan.h"

namespace eagre::plan {

// Graphviz: scopes as clusters, pacts as edge labels, edges that close a loop dashed.
std::string to_dot(const Plan& plan);
// Mermaid flowchart, the same content.
std::string to_mermaid(const Plan& plan);
// One object: "scopes", "operators" (id, name, scope, inputs, outputs), "edges" (channel, from,
// output, to, input, pact, time, feedback).
std::string to_json(const Plan& plan);

}  // namespace eagre::plan
