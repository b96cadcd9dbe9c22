# One dialect and one set of warnings for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

add_library(eagre_compiler INTERFACE)
target_compile_features(eagre_compiler INTERFACE cxx_std_20)
# Floating point is never contracted: the same sums on every machine.
target_compile_options(eagre_compiler INTERFACE -ffp-contract=off)
add_library(eagre_warnings INTERFACE)
target_compile_options(eagre_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)

# EAGRE_TEST_ENVIRONMENT: test properties that every test of a sanitized program has.
set(EAGRE_TEST_ENVIRONMENT "")
set(EAGRE_SANITIZE "" CACHE STRING "address (and undefined behaviour), thread, or empty")
if(EAGRE_SANITIZE STREQUAL "address")
  # Every finding ends the program. Null is left to the address sanitizer, which ends a program that
  # uses it: headers of the packaged CAF form null references, and without its checks a file compiles in
  # three quarters of the time.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  set(EAGRE_TEST_ENVIRONMENT ENVIRONMENT
    "UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1")
  option(EAGRE_FUZZ "Build the libFuzzer targets too; needs clang" OFF)
  if(EAGRE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
elseif(EAGRE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
  set(EAGRE_TEST_ENVIRONMENT ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
elseif(EAGRE_SANITIZE)
  message(FATAL_ERROR "EAGRE_SANITIZE is address, thread or empty, not ${EAGRE_SANITIZE}")
endif()
