#include "runtime/windows/sessions.h"

namespace eagre::windows {

SessionGap::SessionGap(std::int64_t gap) : gap_(gap) {
  Slicing::check("gap", gap);
}

}  // namespace eagre::windows
