#include <fmt/core.h>

#include <string>

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

bool is_feedback(const Plan& plan, const Edge& edge) {
  return plan.nodes[edge.to].feedback;
}

void dot_scope(const Plan& plan, ScopeIndex scope, const std::string& indent, std::string& out) {
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    if (plan.nodes[node].scope == scope) {
      out += fmt::format("{}n{} [label={}];\n", indent, node, quoted(plan.nodes[node].name));
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
      out += fmt::format("{}n{}[{}]\n", indent, node, labelled(plan.nodes[node].name));
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
