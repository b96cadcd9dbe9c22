# Installs the libraries, their headers under include/eagre, the schemas, and a package config:
# find_package(eagre) gives eagre::eagre, and one target a layer.
include(CMakePackageConfigHelpers)
set(EAGRE_CONFIG_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/eagre")
set(EAGRE_HEADER_DIR "${CMAKE_INSTALL_INCLUDEDIR}/eagre")

get_property(layers GLOBAL PROPERTY EAGRE_LAYERS)
list(TRANSFORM layers PREPEND eagre_ OUTPUT_VARIABLE targets)
install(TARGETS eagre eagre_compiler ${targets} EXPORT eagre
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  FILE_SET HEADERS DESTINATION "${EAGRE_HEADER_DIR}"
  INCLUDES DESTINATION "${EAGRE_HEADER_DIR}")
install(EXPORT eagre NAMESPACE eagre:: FILE eagreTargets.cmake DESTINATION "${EAGRE_CONFIG_DIR}")
install(DIRECTORY schema DESTINATION "${EAGRE_HEADER_DIR}" FILES_MATCHING PATTERN "*.capnp")
install(DIRECTORY "${EAGRE_GENERATED_DIR}/schema" DESTINATION "${EAGRE_HEADER_DIR}"
        FILES_MATCHING PATTERN "*.capnp.h")

configure_package_config_file(cmake/eagreConfig.cmake.in eagreConfig.cmake
  INSTALL_DESTINATION "${EAGRE_CONFIG_DIR}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(eagreConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/eagreConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/eagreConfigVersion.cmake"
              cmake/FindCAF.cmake cmake/FindxxHash.cmake
        DESTINATION "${EAGRE_CONFIG_DIR}")
