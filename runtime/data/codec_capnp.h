// Records of types that Cap'n Proto generates from a user's schema: for streams whose records must
// grow fields without a new program at every reader. Include this only where such a type is used.
#pragma once

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/schema.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/canonical.h"
#include "runtime/data/codec.h"

namespace eagre::data {

namespace capnp_words {

using Words = std::vector<std::uint64_t>;

// The struct as one segment in Cap'n Proto's own order, which readMessageUnchecked may read.
Words flatten(capnp::AnyStruct::Reader reader);
// Whether these words are exactly what flatten makes of a struct of this schema or of another
// version of it, so that reading them needs no bounds and cannot fail.
bool is_flat(std::span<const std::uint64_t> words, capnp::StructSchema schema);
// Equal for structs of equal content, whatever version of the schema wrote them.
Words canonical(capnp::AnyStruct::Reader reader);

}  // namespace capnp_words

// One struct S of a Cap'n Proto schema, as a value: it owns its words.
//   auto m = Message<Person>::build([](Person::Builder p) { p.setName("Ada"); });
//   m.reader().getName();
// Threads: value.
template <class S>
class Message {
 public:
  // All fields at their defaults.
  Message() = default;
  explicit Message(typename S::Reader reader)
      : words_(capnp_words::flatten(capnp::AnyStruct::Reader(reader))) {}

  // `fill` is called once with an S::Builder.
  template <class Fill>
  static Message build(Fill&& fill) {
    capnp::MallocMessageBuilder builder;
    std::forward<Fill>(fill)(builder.initRoot<S>());
    return Message(builder.getRoot<S>().asReader());
  }

  // Valid until this message is changed or destroyed.
  typename S::Reader reader() const {
    static constexpr std::uint64_t kNull = 0;
    const std::uint64_t* const words = words_.empty() ? &kNull : words_.data();
    return capnp::readMessageUnchecked<S>(reinterpret_cast<const capnp::word*>(words));
  }

  // Equal content, whatever the version of the schema.
  friend bool operator==(const Message& a, const Message& b) {
    return a.words_ == b.words_ || a.canonical() == b.canonical();
  }

  capnp_words::Words canonical() const {
    return capnp_words::canonical(capnp::AnyStruct::Reader(reader()));
  }

 private:
  friend struct Codec<Message>;

  capnp_words::Words words_;
};

// Two columns: a length in words, the words.
template <class S>
struct Codec<Message<S>> {
  using T = Message<S>;
  static constexpr Refusal kRefusal = Refusal::none;
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = false;
  static constexpr std::size_t kColumns = 2;
  static constexpr std::uint64_t kLayout =
      layout_of(LayoutKind::message, {S::_capnpPrivate::typeId});

  static std::uint64_t encoded_size(const T& value) {
    return sizeof(std::uint32_t) + value.words_.size() * sizeof(std::uint64_t);
  }
  static void encode(const T& value, Column* columns) {
    columns[0].put(static_cast<std::uint32_t>(value.words_.size()));
    columns[1].append(value.words_.data(), value.words_.size() * sizeof(std::uint64_t));
  }
  static void decode(Cursor* columns, T& out) {
    const auto length = columns[0].get<std::uint32_t>();
    const std::byte* const from = columns[1].take(length * sizeof(std::uint64_t));
    out.words_.resize(length);
    if (length != 0) {
      std::memcpy(out.words_.data(), from, length * sizeof(std::uint64_t));
    }
  }
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    const auto words = sum_of_lengths(n, columns[0]);
    if (!words || columns[1].size() % 8 != 0 || columns[1].size() / 8 != *words) {
      return false;
    }
    const auto* at = reinterpret_cast<const std::uint64_t*>(columns[1].data());
    for (Cursor lengths(columns[0].data()); n != 0; --n) {
      const auto length = lengths.get<std::uint32_t>();
      if (!capnp_words::is_flat({at, length}, capnp::Schema::from<S>())) {
        return false;
      }
      at += length;
    }
    return true;
  }
};

template <class S>
struct Canonical<Message<S>> {
  static void encode(const Message<S>& value, OrderedBytes& out) {
    out.put_string(as_text(value.canonical()));
  }
  static int compare(const Message<S>& a, const Message<S>& b) {
    const capnp_words::Words x = a.canonical();
    const capnp_words::Words y = b.canonical();
    return as_text(x).compare(as_text(y));
  }

 private:
  static std::string_view as_text(const capnp_words::Words& words) {
    return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t)};
  }
};

}  // namespace eagre::data
