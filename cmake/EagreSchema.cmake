# eagre_schemas(TARGET dir)
# Compiles every Cap'n Proto schema of `dir` into TARGET; its header is included by the schema's
# path from the root: "schema/batch.capnp.h".
set(EAGRE_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")

function(eagre_schemas target dir)
  file(GLOB schemas CONFIGURE_DEPENDS "${dir}/*.capnp")
  if(NOT schemas)
    return()
  endif()
  set(CAPNPC_SRC_PREFIX "${PROJECT_SOURCE_DIR}")
  set(CAPNPC_OUTPUT_DIR "${EAGRE_GENERATED_DIR}")
  file(MAKE_DIRECTORY "${CAPNPC_OUTPUT_DIR}")
  capnp_generate_cpp(generated_sources generated_headers ${schemas})
  set_source_files_properties(${generated_sources} PROPERTIES COMPILE_OPTIONS "-w")
  target_sources(${target} PRIVATE ${generated_sources})
  target_include_directories(${target} SYSTEM PUBLIC
    $<BUILD_INTERFACE:${EAGRE_GENERATED_DIR}>)
  target_link_libraries(${target} PUBLIC CapnProto::capnp)
  add_custom_target(${target}_schemas DEPENDS ${generated_headers})
  set_property(GLOBAL APPEND PROPERTY EAGRE_SCHEMA_TARGETS ${target}_schemas)
endfunction()
