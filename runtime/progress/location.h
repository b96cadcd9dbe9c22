// Where pointstamps are counted: a port of a node. An input port counts messages in flight to it,
// an output port the capabilities held for it.
#pragma once

#include <cstdint>

#include "runtime/base/ids.h"

namespace eagre::progress {

struct LocationTag;
struct NodeTag;
struct ScopeTag;

// Dense index into the ports of a topology.
using Location = base::Id<LocationTag, std::uint32_t>;
// Dense index into the nodes of a topology.
using NodeId = base::Id<NodeTag, std::uint32_t>;
// Dense index into the scopes of a topology.
using ScopeId = base::Id<ScopeTag, std::uint32_t>;

}  // namespace eagre::progress
