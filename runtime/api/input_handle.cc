#include "runtime/api/input_handle.h"

#include <utility>

namespace eagre::api {

InputFeed::InputFeed(std::shared_ptr<DriverSlot> slot, std::uint32_t node, std::string name)
    : slot_(std::move(slot)), node_(node), name_(std::move(name)) {}

void InputFeed::feed(data::Batch batch) {
  Driver& driver = slot_->get("input \"" + name_ + "\"");
  driver.feed(node_, turn_, {std::move(batch), {}});
  turn_ = (turn_ + 1) % driver.workers();
}

void InputFeed::change_holds(const std::vector<dataflow::HoldChange>& holds, data::Batch batch) {
  Driver& driver = slot_->get("input \"" + name_ + "\"");
  const std::uint32_t turn = turn_;
  if (batch) {
    turn_ = (turn_ + 1) % driver.workers();
  }
  for (std::uint32_t worker = 0; worker < driver.workers(); ++worker) {
    dataflow::Feed feed{{}, holds};
    if (worker == turn) {
      std::swap(feed.batch, batch);
    }
    driver.feed(node_, worker, std::move(feed));
  }
}

void InputFeed::misuse(const std::string& what) const {
  throw dataflow::MisuseError("input \"" + name_ + "\" " + what);
}

}  // namespace eagre::api
