// The three tables of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#include "examples/packages/dependency_graph.h"
#include "examples/packages/index.h"

namespace packages {

// Rows of a table.
inline constexpr std::size_t kRows = 15;

// The words that the descriptions use most.
void write_words(const eagre::Scope& scope, const eagre::Stream<Package>& index);
// How many components there are of each size, the largest first.
void write_components(const eagre::Scope& scope, const DependencyGraph& dependencies);
// The packages of the highest PageRank.
void write_ranks(const eagre::Scope& scope, const DependencyGraph& dependencies,
                 std::uint64_t iterations);

}  // namespace packages
