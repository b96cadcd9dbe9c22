# What tools/check builds and reads; nothing of it belongs to the default build. The target that
# compiles every header alone, all_verify_interface_header_sets, is CMake's own.
#   layers.txt       one line a layer: its name, its folder, the layers it names
#   links_alone      every layer linked whole, with nothing but what it declares
#   eagre_generated  the headers made from schemas, for tools that only parse
get_property(layers GLOBAL PROPERTY EAGRE_LAYERS)
set(main "${PROJECT_BINARY_DIR}/links_alone/main.cc")
file(CONFIGURE OUTPUT "${main}" CONTENT "int main() { return 0; }\n")
add_custom_target(links_alone)
set(table "")
foreach(layer IN LISTS layers)
  get_property(entry GLOBAL PROPERTY EAGRE_LAYER_${layer})
  list(JOIN entry " " entry)
  string(APPEND table "${layer} ${entry}\n")

  set(target links_alone_${layer})
  add_executable(${target} EXCLUDE_FROM_ALL "${main}")
  target_link_options(${target} PRIVATE -Wl,--no-undefined)
  get_target_property(type eagre_${layer} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,eagre_${layer}>)
  else()
    target_link_libraries(${target} PRIVATE eagre_${layer})
  endif()
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/links_alone")
  add_dependencies(links_alone ${target})
endforeach()
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/layers.txt" CONTENT "${table}")

function(eagre_finish_checks)
  add_custom_target(eagre_generated)
  get_property(schema_targets GLOBAL PROPERTY EAGRE_SCHEMA_TARGETS)
  if(schema_targets)
    add_dependencies(eagre_generated ${schema_targets})
  endif()
endfunction()
cmake_language(DEFER DIRECTORY "${PROJECT_SOURCE_DIR}" CALL eagre_finish_checks)
