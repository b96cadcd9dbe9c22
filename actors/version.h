// The version of the library, as --version prints it. CMake reads it here.
#pragma once

namespace eagre {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace eagre
