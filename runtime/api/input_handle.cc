#include "runtime/api/input_handle.h"

#include <utility>

namespace eagre::api {

InputFeed::InputFeed(std::shared_ptr<DriverSlot> slot, std::uint32_t node, std::string name)
    : slot_(std::move(slot)), node_(node), name_(std::move(name)) {}

void InputFeed::feed(data::Batch batch) {
  Driver& driver = slot_->get("input \"" + name_ + "\"");
  driver.feed(node_, driver.first_worker() + turn_, {std::move(batch), {}});
  turn_ = (turn_ + 1) % driver.own_workers();
}

void InputFeed::change_holds(const std::vector<dataflow::HoldChange>& holds, data::Batch batch) {
  Driver& driver = slot_->get("input \"" + name_ + "\"");
  const std::uint32_t turn = turn_;
  if (batch) {
    turn_ = (turn_ + 1) % driver.own_workers();
  }
  for (std::uint32_t i = 0; i < driver.own_workers(); ++i) {
    dataflow::Feed feed{{}, holds};
    if (i == turn) {
      std::swap(feed.batch, batch);
    }
    driver.feed(node_, driver.first_worker() + i, std::move(feed));
  }
}

void InputFeed::misuse(const std::string& what) const {
  throw dataflow::MisuseError("input \"" + name_ + "\" " + what);
}

}  // namespace eagre::api
