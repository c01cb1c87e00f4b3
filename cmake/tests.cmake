# One test program a room (rung/ROOM/**_test.cpp) and one a kind of test that no room owns (tests/KIND/*_test.cpp).
find_package(GTest REQUIRED)
include(GoogleTest)

function(rung_test_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE rung_cli GTest::gmock GTest::gtest_main Eigen3::Eigen
                        nlohmann_json::nlohmann_json rung_warnings)
  add_dependencies(${name} rung_command)
  target_compile_definitions(${name} PRIVATE RUNG_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             RUNG_COMMAND="$<TARGET_FILE:rung_command>")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                       PROPERTIES TIMEOUT 600 LABELS ${name})
endfunction()

foreach(folder rung tests)
  file(GLOB rooms CONFIGURE_DEPENDS ${folder}/*)
  foreach(room ${rooms})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${room}/*_test.cpp)
    if(sources)
      get_filename_component(room_name ${room} NAME)
      if(folder STREQUAL rung)
        rung_test_program(unit_${room_name} ${sources})
      else()
        rung_test_program(${room_name} ${sources})
      endif()
    endif()
  endforeach()
endforeach()
