#include "actors/directory.h"

#include "actors/uplink.h"

namespace eagre::actors {

Directory::Directory() = default;
Directory::~Directory() = default;

}  // namespace eagre::actors
