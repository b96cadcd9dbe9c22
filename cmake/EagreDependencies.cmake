# Everything comes from Debian packages; tools/setup installs them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CapnProto REQUIRED)
find_package(absl REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CAF 0.17.6 REQUIRED COMPONENTS core)
find_package(xxHash REQUIRED)
