// The sending end of one edge at one instance: takes batches, gives each record to the workers
// that the edge's pact says.
//
// Laws: every record that goes in comes out exactly once (with broadcast: once for every worker),
// at the time, generation and interval that it came with, on the edge's channel; no batch that
// comes out is empty. Source of the idea: Naiad's exchange contracts, timely's parallelization
// contracts ("pacts").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/data/batch.h"

namespace eagre::data {

// Takes what a router sends.
class Emit {
 public:
  virtual ~Emit() = default;
  // Called once a batch, in the order in which they must arrive.
  virtual void emit(std::uint32_t worker, Batch batch) = 0;
};

struct RouterOptions {
  std::uint32_t channel = 0;
  std::uint32_t workers = 1;
  // The sending worker.
  std::uint32_t self = 0;
  // An open batch is sent when it has so many bytes.
  std::size_t target_bytes = std::size_t{64} << 10;
  std::uint64_t generation = 0;
};

// Threads: confined to one actor.
class Router {
 public:
  virtual ~Router() = default;
  // `batch` carries the edge's own time and the generation of the options. What is sent at once
  // and what stays open until flush() is up to the router; batches of different times never mix.
  virtual void route(const Batch& batch, Emit& emit) = 0;
  // Sends all that is open: at the end of an activation, before frontiers are reported.
  virtual void flush(Emit& emit) = 0;
};

// The part of a router that knows the record type: an open batch for every worker.
// Threads: confined to one actor.
class Splitter {
 public:
  virtual ~Splitter() = default;
  // Adds each record to the open batch of its worker; one that has reached `target_bytes` is sent
  // under `header`.
  virtual void split(const Batch& batch, const Header& header, std::size_t target_bytes,
                     Emit& emit) = 0;
  // Sends every open batch under `header`.
  virtual void flush(const Header& header, Emit& emit) = 0;
};

// Sends whole batches to `target`, or to all workers.
std::unique_ptr<Router> make_forwarding_router(const RouterOptions& options, std::uint32_t target);
std::unique_ptr<Router> make_broadcast_router(const RouterOptions& options);
std::unique_ptr<Router> make_splitting_router(const RouterOptions& options,
                                              std::unique_ptr<Splitter> splitter);

}  // namespace eagre::data
