#include "runtime/api/handles.h"

namespace eagre::api {

std::vector<InstanceAddress> Handles::all() const {
  std::vector<InstanceAddress> addresses;
  for (std::uint32_t worker = 0; worker < slot_->get("a handle").workers(); ++worker) {
    addresses.push_back(on(worker));
  }
  return addresses;
}

InstanceAddress Handles::on(std::uint32_t worker) const {
  return {node_, worker, slot_->get("a handle").actor(node_, worker)};
}

std::uint32_t Handles::worker_for(std::uint64_t key_hash) const {
  return data::worker_of_group(data::key_group(key_hash), slot_->get("a handle").workers());
}

base::Result<data::Batch> Handles::ask_worker(std::uint32_t worker, data::Batch request) const {
  return slot_->get("a handle").ask(node_, worker, std::move(request));
}

}  // namespace eagre::api
