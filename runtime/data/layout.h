// Layout fingerprints: what a batch's columns hold, as a number made from the structure of the
// record type (kinds and sizes of its fields, never names). Equal structures have equal
// fingerprints on every machine, and in every version: they are part of the format.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "runtime/base/hash.h"

namespace eagre::data {

// Values are part of the format: append only.
enum class LayoutKind : std::uint64_t {
  boolean = 1,
  character = 2,
  unsigned_integer = 3,
  signed_integer = 4,
  floating = 5,
  packed_class = 6,
  packed_struct = 7,
  array = 8,
  fields = 9,
  string = 10,
  optional = 11,
  vector = 12,
  duration = 13,
  time_point = 14,
  message = 15,
};

constexpr std::uint64_t layout_of(LayoutKind kind, std::initializer_list<std::uint64_t> parts) {
  std::uint64_t fingerprint = base::hash_u64(static_cast<std::uint64_t>(kind));
  for (const std::uint64_t part : parts) {
    fingerprint = base::hash_u64(fingerprint + 0x9e3779b97f4a7c15ULL) ^ base::hash_u64(part);
  }
  return fingerprint;
}

}  // namespace eagre::data
