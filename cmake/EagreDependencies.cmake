# Everything comes from Debian packages; tools/setup installs them.
# What is found here is found again by an installed eagre: see eagreConfig.cmake.in.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
set(FOUND_LIBATOMIC TRUE)  # CapnProto's config looks for it in a way that only C compilers pass
find_package(CapnProto REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
if(EAGRE_SANITIZE STREQUAL "thread" AND NOT EXISTS "${CAF_ROOT}/lib")
  message(FATAL_ERROR "There is no CAF that was built with ThreadSanitizer in CAF_ROOT, "
                      "${CAF_ROOT}: run tools/setup --tsan.")
endif()
find_package(CAF 0.17.6 REQUIRED COMPONENTS core io)
find_package(OpenSSL 3 REQUIRED)
find_package(xxHash REQUIRED)
