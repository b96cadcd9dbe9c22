#include "runtime/api/arrivals.h"

#include <fmt/core.h>

namespace eagre::api {
namespace {

bool leads_here(const Deployment& deployment, std::uint32_t process, std::uint32_t from,
                std::uint32_t to) {
  const std::uint32_t workers = deployment.settings().workers;
  return from < workers && to < workers && deployment.process_of(from) == process &&
         deployment.is_own(to);
}

}  // namespace

base::Status check_arrival(const Deployment& deployment, std::uint32_t process,
                           const control::Deliver& deliver) {
  const data::Header& header = deliver.batch.header();
  if (header.channel >= deployment.channels() ||
      !leads_here(deployment, process, deliver.from, deliver.to)) {
    return {base::Code::input, fmt::format("records for edge {}, from worker {} to worker {}",
                                           header.channel, deliver.from, deliver.to)};
  }
  const plan::Edge& edge = deployment.edge(header.channel);
  if (header.layout != edge.layout) {
    return {base::Code::input,
            fmt::format("records of layout {:#018x} on edge {}, whose records have layout {:#018x}",
                        header.layout, header.channel, edge.layout)};
  }
  if (header.count == 0) {
    return {base::Code::input, fmt::format("a batch without records on edge {}", header.channel)};
  }
  const plan::Layout& layout = deployment.layout();
  return layout.topology.check(layout.inputs[edge.to][edge.input], header.time);
}

base::Status check_arrival(const Deployment& deployment, std::uint32_t process,
                           const control::Credit& credit) {
  if (credit.channel >= deployment.channels() ||
      !leads_here(deployment, process, credit.from, credit.to)) {
    return {base::Code::input, fmt::format("credit for edge {}, from worker {} to worker {}",
                                           credit.channel, credit.from, credit.to)};
  }
  return {};
}

}  // namespace eagre::api
