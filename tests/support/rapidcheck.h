// Laws as random tests: RapidCheck's generators and shrinking, reported through Catch2 v3.
//
// check("sentence", property) runs the property on random values. A failure fails the Catch2 test
// and prints the shrunk counterexample, and the RC_PARAMS setting that replays it alone. Inside a
// property use RC_ASSERT and RC_PRE, not REQUIRE: RapidCheck runs it again and again to shrink.
#pragma once

#include <rapidcheck.h>

#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>
#include <utility>

namespace eagre::testing {

// Runs `property` on up to `cases` random inputs whose size grows up to `max_size`.
template <typename Property>
void check(const std::string& sentence, int cases, int max_size, Property&& property) {
  const rc::detail::Configuration& configuration = rc::detail::configuration();
  rc::detail::TestParams params = configuration.testParams;
  params.maxSuccess = cases;
  params.maxSize = max_size;
  rc::detail::TestMetadata metadata;
  metadata.id = sentence;
  metadata.description = sentence;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
  if (result.template is<rc::detail::SuccessResult>()) {
    SUCCEED(sentence);
    return;
  }
  std::ostringstream text;
  text << sentence << "\n";
  rc::detail::printResultMessage(result, text);
  if (result.template is<rc::detail::FailureResult>()) {
    rc::detail::Configuration replay;
    replay.testParams.seed = params.seed;
    replay.reproduce[sentence] = result.template get<rc::detail::FailureResult>().reproduce;
    text << "\nreplay it alone: RC_PARAMS=\"" << rc::detail::configToMinimalString(replay) << "\"";
  }
  text << "\nrepeat the run: RC_PARAMS=\"seed=" << params.seed << "\"";
  FAIL(text.str());
}

// The same with RapidCheck's own number of cases (RC_PARAMS="max_success=..." changes it).
template <typename Property>
void check(const std::string& sentence, Property&& property) {
  const rc::detail::TestParams& params = rc::detail::configuration().testParams;
  check(sentence, params.maxSuccess, params.maxSize, std::forward<Property>(property));
}

}  // namespace eagre::testing
