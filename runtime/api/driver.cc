#include "runtime/api/driver.h"

#include <fmt/core.h>

namespace eagre::api {

Driver& DriverSlot::get(const std::string& what) const {
  if (driver == nullptr) {
    throw dataflow::MisuseError(fmt::format(
        "{} was used while its dataflow is not running: use it inside scope.drive()", what));
  }
  return *driver;
}

}  // namespace eagre::api
