// Which C++ types can be records. A record is a value: it means the same in another process, so it
// holds no address, and it can be made empty and assigned, so that a reader decodes into one
// object again and again. What is refused is refused while compiling, with the way out.
#pragma once

#include <type_traits>

namespace eagre::data {

// Why a type is no record; the first reason found in it or in a part of it.
enum class Refusal : unsigned char {
  none,
  pointer,
  view,
  reference,
  c_array,
  inherited,
  union_type,
  long_double,
  alignment,
  closed_class,
  no_default,
  no_fields,
  many_fields,
  recursive,
};

// How records of type T are written and read (codec.h). A specialisation for a foreign type offers
// what the ones in codec_*.h offer.
template <class T>
struct Codec;

// Whether records of type T can travel.
template <class T>
concept Record = std::is_object_v<T> && Codec<T>::kRefusal == Refusal::none;

// Called in static_assert by whatever takes a record type; always true, or an error of one line.
template <class T>
constexpr bool check_record() {
  constexpr Refusal why = Codec<T>::kRefusal;
  static_assert(why != Refusal::pointer,
                "eagre: a record holds no pointer: it would mean nothing in another process; "
                "hold the value itself, a std::optional or a std::vector");
  static_assert(why != Refusal::view,
                "eagre: a record holds no view (std::string_view, std::span, ...): what it looks "
                "at does not travel with it; hold a std::string or a std::vector");
  static_assert(why != Refusal::reference,
                "eagre: a record holds no reference and no const member: it must be assignable; "
                "hold the value itself");
  static_assert(why != Refusal::c_array,
                "eagre: a record holds no C array; use std::array<T, n>, which has the same "
                "layout, or std::vector");
  static_assert(why != Refusal::inherited,
                "eagre: an aggregate with a base class cannot be taken apart; make the base its "
                "first member");
  static_assert(why != Refusal::union_type,
                "eagre: nobody can tell which member of a union is alive; use one std::optional "
                "for each alternative");
  static_assert(why != Refusal::long_double,
                "eagre: long double differs between machines; use double");
  static_assert(why != Refusal::alignment,
                "eagre: columns are aligned to 8 bytes, this type asks for more; remove its "
                "alignas, or keep it out of records");
  static_assert(why != Refusal::closed_class,
                "eagre: no codec for this class: it has constructors, private members or virtual "
                "functions; make it an aggregate, or set eagre::data::kPackedClass<T> if it is "
                "trivially copyable and holds no pointer and no padding, or specialise "
                "eagre::data::Codec<T>");
  static_assert(why != Refusal::no_default,
                "eagre: a record must be default constructible: records are decoded into one "
                "object that is used again");
  static_assert(why != Refusal::no_fields,
                "eagre: std::tuple<> and std::array<T, 0> hold nothing; use an empty struct");
  static_assert(why != Refusal::many_fields,
                "eagre: an aggregate of more than 32 fields cannot be taken apart; group fields in "
                "structs of their own");
  static_assert(why != Refusal::recursive,
                "eagre: a record does not hold vectors of its own type; send the parts as records "
                "of one stream that name each other by numbers");
  return true;
}

}  // namespace eagre::data
