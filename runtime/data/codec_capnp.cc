#include "runtime/data/codec_capnp.h"

#include <capnp/dynamic.h>
#include <kj/exception.h>

namespace eagre::data::capnp_words {

namespace {

kj::ArrayPtr<capnp::word> as_capnp(Words& words) {
  return kj::arrayPtr(reinterpret_cast<capnp::word*>(words.data()), words.size());
}

void read_all(capnp::DynamicStruct::Reader reader);

void read_all(const capnp::DynamicValue::Reader& value) {
  switch (value.getType()) {
    case capnp::DynamicValue::STRUCT:
      read_all(value.as<capnp::DynamicStruct>());
      break;
    case capnp::DynamicValue::LIST:
      for (const capnp::DynamicValue::Reader element : value.as<capnp::DynamicList>()) {
        read_all(element);
      }
      break;
    default:
      break;
  }
}

// Reads every field that the schema knows; throws kj::Exception if one is not of its type.
void read_all(capnp::DynamicStruct::Reader reader) {
  for (const capnp::StructSchema::Field field : reader.getSchema().getNonUnionFields()) {
    if (reader.has(field)) {
      read_all(reader.get(field));
    }
  }
  KJ_IF_MAYBE (field, reader.which()) {
    if (reader.has(*field)) {
      read_all(reader.get(*field));
    }
  }
}

}  // namespace

Words flatten(capnp::AnyStruct::Reader reader) {
  Words words(reader.totalSize().wordCount + 1);
  capnp::copyToUnchecked(reader, as_capnp(words));
  return words;
}

bool is_flat(std::span<const std::uint64_t> words, capnp::StructSchema schema) {
  if (words.empty()) {
    return true;
  }
  try {
    const kj::ArrayPtr<const capnp::word> segment =
        kj::arrayPtr(reinterpret_cast<const capnp::word*>(words.data()), words.size());
    capnp::ReaderOptions options;
    // It is walked three times; shared content would be walked more often. (Lists of structs
    // count one word an element even where the elements are empty.)
    options.traversalLimitInWords = 4 * words.size() + 64;
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1), options);
    const capnp::AnyStruct::Reader root = message.getRoot<capnp::AnyStruct>();
    if (root.totalSize().wordCount + 1 != words.size()) {
      return false;
    }
    const Words flat = flatten(root);
    if (std::memcmp(flat.data(), words.data(), words.size_bytes()) != 0) {
      return false;
    }
    read_all(message.getRoot<capnp::DynamicStruct>(schema));
    return true;
  } catch (const kj::Exception&) {
    return false;
  }
}

Words canonical(capnp::AnyStruct::Reader reader) {
  const kj::Array<capnp::word> canonical = reader.canonicalize();
  Words words(canonical.size());
  std::memcpy(words.data(), canonical.begin(), words.size() * sizeof(std::uint64_t));
  return words;
}

}  // namespace eagre::data::capnp_words
