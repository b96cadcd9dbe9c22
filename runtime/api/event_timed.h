// How a stream enters event time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "runtime/api/stream.h"
#include "runtime/api/traits.h"
#include "runtime/windows/assign.h"
#include "runtime/windows/newest.h"

namespace eagre::api {

// A stream as it entered event time.
template <class T>
struct EventTimed {
  // In event time.
  Stream<T> on_time;
  // Where the stream was, at its epochs.
  Stream<T> late;
};

template <class T>
template <class At>
EventTimed<T> Stream<T>::assign_event_time(At at, windows::Disorder disorder) const {
  return assign_event_time(std::move(at), windows::OneSource{}, disorder);
}

template <class T>
template <class At, class SourceOf>
EventTimed<T> Stream<T>::assign_event_time(At at, SourceOf source_of,
                                           windows::Disorder disorder) const {
  using S = Returned<SourceOf, const T&>;
  Builder& builder = *scope_.builder();
  if (builder.coordinates(scope_.index()) != 1) {
    throw dataflow::MisuseError("assign_event_time() was used in \"" +
                                builder.scope_name(scope_.index()) +
                                "\": use it outside of loops and of event time");
  }
  if (disorder.bound < 0) {
    throw dataflow::MisuseError("the bound of disorder must be 0 or more, and is " +
                                std::to_string(disorder.bound));
  }
  const auto newest =
      apply<windows::Newest<T, S, At, SourceOf>>("newest", at, std::move(source_of)).broadcast();
  const plan::ScopeIndex inside = builder.event_time_scope();
  const auto enter = [&](StreamEnd end) {
    while (end.scope != 0) {
      end = builder.leave(std::move(end));
    }
    return builder.enter(std::move(end), inside);
  };
  using Assign = windows::AssignEventTime<T, S, At>;
  OperatorTraits traits = traits_of<Assign>(2);
  traits.own_outputs = 1;
  const plan::NodeIndex node =
      builder.add_operator(inside, "assign event time", {enter(end_), enter(newest.end())}, traits,
                           [at, disorder](std::uint32_t, std::uint32_t) {
                             return std::make_unique<Assign>(at, disorder);
                           });
  return {Stream(Scope(scope_.builder(), inside), builder.output(node, 0)),
          Stream(Scope(scope_.builder(), 0), builder.leave(builder.output(node, 1)))};
}

}  // namespace eagre::api
