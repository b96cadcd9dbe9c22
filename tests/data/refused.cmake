# Types that are no records must fail to compile with a message that says why and what to do. Every
# tests/data/refused/<reason>.snippet begins with the message that the compiler must print.
file(GLOB snippets CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/refused/*.snippet")
foreach(snippet IN LISTS snippets)
  get_filename_component(reason "${snippet}" NAME_WE)
  string(REPLACE "_" " " reason "${reason}")
  set(test "data: refused at compile time: ${reason}")
  add_test(NAME "${test}" COMMAND ${CMAKE_COMMAND}
    "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DSNIPPET=${snippet}"
    -P "${CMAKE_CURRENT_LIST_DIR}/refused/expect_message.cmake")
  set_tests_properties("${test}" PROPERTIES LABELS data TIMEOUT 120)
endforeach()
