#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/print.h"

namespace eagre::plan {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
    }
    out.push_back(c == '\n' ? ' ' : c);
  }
  return out + "\"";
}

// Mermaid has no escape for a quote inside a label but its entity.
std::string labelled(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') {
      out += "#quot;";
    } else {
      out.push_back(c == '\n' ? ' ' : c);
    }
  }
  return out + "\"";
}

// The stages by the tap that they read, for each output.
using Readers = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<const Stage*>>;

// What reads taps [first, first + taps): " > a > b" in a row, " > (a > b, c)" side by side.
std::string readers_of(const Readers& readers, std::uint32_t output, std::uint32_t first,
                       std::uint32_t taps) {
  std::vector<std::string> rows;
  const auto end = readers.lower_bound({output, first + taps});
  for (auto it = readers.lower_bound({output, first}); it != end; ++it) {
    for (const Stage* stage : it->second) {
      rows.push_back(stage->name + readers_of(readers, output, stage->first, stage->taps));
    }
  }
  if (rows.empty()) {
    return "";
  }
  return rows.size() == 1 ? " > " + rows[0] : fmt::format(" > ({})", fmt::join(rows, ", "));
}

// The operator and the stages that run in its actor.
std::string label(const Node& node) {
  Readers readers;
  for (const Stage& stage : node.stages) {
    readers[{stage.output, stage.from}].push_back(&stage);
  }
  std::string text = node.name;
  for (std::uint32_t output = 0; output < node.outputs; ++output) {
    text += readers_of(readers, output, 0, node.taps);
  }
  return node.recovers.value_or(true) ? text : text + " (not recoverable)";
}

bool is_feedback(const Plan& plan, const Edge& edge) {
  return plan.nodes[edge.to].feedback;
}

void dot_scope(const Plan& plan, ScopeIndex scope, const std::string& indent, std::string& out) {
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    if (plan.nodes[node].scope == scope) {
      out += fmt::format("{}n{} [label={}];\n", indent, node, quoted(label(plan.nodes[node])));
    }
  }
  for (ScopeIndex child = 1; child < plan.scopes.size(); ++child) {
    if (plan.scopes[child].parent == scope) {
      out += fmt::format("{}subgraph cluster_{} {{\n{}  label={};\n", indent, child, indent,
                         quoted(plan.scopes[child].name));
      dot_scope(plan, child, indent + "  ", out);
      out += indent + "}\n";
    }
  }
}

void mermaid_scope(const Plan& plan, ScopeIndex scope, const std::string& indent,
                   std::string& out) {
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    if (plan.nodes[node].scope == scope) {
      out += fmt::format("{}n{}[{}]\n", indent, node, labelled(label(plan.nodes[node])));
    }
  }
  for (ScopeIndex child = 1; child < plan.scopes.size(); ++child) {
    if (plan.scopes[child].parent == scope) {
      out += fmt::format("{}subgraph s{}[{}]\n", indent, child, labelled(plan.scopes[child].name));
      mermaid_scope(plan, child, indent + "  ", out);
      out += indent + "end\n";
    }
  }
}

}  // namespace

std::string to_dot(const Plan& plan) {
  std::string out = "digraph dataflow {\n  rankdir=LR;\n  node [shape=box];\n";
  dot_scope(plan, 0, "  ", out);
  for (const Edge& edge : plan.edges) {
    out += fmt::format("  n{} -> n{} [label={}{}];\n", edge.from, edge.to,
                       quoted(std::string(edge.pact.name())),
                       is_feedback(plan, edge) ? ", style=dashed, constraint=false" : "");
  }
  return out + "}\n";
}

std::string to_mermaid(const Plan& plan) {
  std::string out = "flowchart LR\n";
  mermaid_scope(plan, 0, "  ", out);
  for (const Edge& edge : plan.edges) {
    out += fmt::format("  n{} {}|{}| n{}\n", edge.from, is_feedback(plan, edge) ? "-.->" : "-->",
                       edge.pact.name(), edge.to);
  }
  return out;
}

}  // namespace eagre::plan
