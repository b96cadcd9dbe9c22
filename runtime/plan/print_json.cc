#include <nlohmann/json.hpp>
#include <string>

#include "runtime/plan/print.h"

namespace eagre::plan {

std::string to_json(const Plan& plan) {
  using Json = nlohmann::ordered_json;
  Json scopes = Json::array();
  for (std::size_t i = 0; i < plan.scopes.size(); ++i) {
    const Scope& scope = plan.scopes[i];
    Json item = {{"id", i}, {"name", scope.name}, {"kind", name_of(scope.kind)}};
    if (i != 0) {
      item["parent"] = scope.parent;
    }
    scopes.push_back(std::move(item));
  }
  Json operators = Json::array();
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const Node& node = plan.nodes[i];
    Json stages = Json::array();
    for (const Stage& stage : node.stages) {
      stages.push_back({{"name", stage.name},
                        {"output", stage.output},
                        {"from", stage.from},
                        {"first", stage.first},
                        {"taps", stage.taps}});
    }
    operators.push_back({{"id", i},
                         {"name", node.name},
                         {"scope", node.scope},
                         {"inputs", node.paced ? 0 : node.inputs.size()},
                         {"outputs", node.outputs},
                         {"taps", node.taps},
                         {"stages", std::move(stages)}});
    if (node.recovers) {
      operators.back()["recovers"] = *node.recovers;
    }
  }
  Json edges = Json::array();
  for (std::size_t i = 0; i < plan.edges.size(); ++i) {
    const Edge& edge = plan.edges[i];
    edges.push_back({{"channel", i},
                     {"from", edge.from},
                     {"output", edge.output},
                     {"tap", edge.tap},
                     {"to", edge.to},
                     {"input", edge.input},
                     {"pact", edge.pact.name()},
                     {"time", progress::to_string(edge.summary)},
                     {"feedback", plan.nodes[edge.to].feedback}});
  }
  const Json document = {{"scopes", scopes}, {"operators", operators}, {"edges", edges}};
  // Names come from users: bytes that are no UTF-8 must not end the program.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eagre::plan
