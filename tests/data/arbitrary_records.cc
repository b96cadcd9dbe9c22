#include "tests/data/arbitrary_records.h"

namespace eagre::data::testing {

std::uint64_t any_bits(base::Random& random) {
  const std::uint64_t bits = random();
  return bits >> random.below(64);
}

double any_double(base::Random& random) {
  return static_cast<double>(static_cast<std::int64_t>(any_bits(random))) / 1000;
}

void fill_string(base::Random& random, std::uint64_t size, std::string& out) {
  // Zeros and what stands for them in encodings, or any bytes.
  static constexpr char kMarks[] = {'\0', '\1', '\xff', 'a'};
  const bool marks = random.coin(0.5);
  out.clear();
  for (std::uint64_t left = random.below(size + 1); left != 0; --left) {
    out += marks ? kMarks[random.below(std::size(kMarks))] : static_cast<char>(random.below(256));
  }
}

Draw any_draw(std::uint64_t max_size) {
  const auto whole = [](std::uint64_t end) {
    return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, end));
  };
  const std::uint64_t size = *whole(max_size + 1).as("size");
  const std::uint64_t seed = *rc::gen::noShrink(whole(~std::uint64_t{0})).as("seed");
  return Draw{base::Random(seed), size};
}

void check_records(const std::string& sentence, int cases, std::uint64_t max_size,
                   const std::function<void(Draw&)>& property) {
  eagre::testing::check(sentence, cases, 100, [&] {
    Draw draw = any_draw(max_size);
    property(draw);
  });
}

}  // namespace eagre::data::testing
