# One test program a room (rung/ROOM/**_test.cpp) and one a kind of test that no room owns (tests/KIND/*_test.cpp).
# tests/slow is left to `make test-slow`; the sanitizer build has the rooms' programs only, without the few tests that
# are statistics over many fits (RUNG_TEST_FILTER in CMakePresets.json), each of which would take a minute there.
find_package(GTest REQUIRED)
include(GoogleTest)
option(RUNG_UNIT_TESTS_ONLY "Build only the programs unit_ROOM" OFF)
set(RUNG_TEST_FILTER "" CACHE STRING "Googletest's filter: which tests ctest is to have")
set(RUNG_TEST_PREFIX "" CACHE STRING "Put before each test's name, to tell builds apart in one run of ctest")

function(rung_test_program name)
  add_executable(${name} ${ARGN})
  rung_unite(${name})
  rung_compile_fast(${name})
  target_link_libraries(${name} PRIVATE rung_cli GTest::gmock GTest::gtest_main
                        nlohmann_json::nlohmann_json rung_warnings)
  add_dependencies(${name} rung_command)
  target_compile_definitions(${name} PRIVATE RUNG_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             RUNG_COMMAND="$<TARGET_FILE:rung_command>")
  if(RUNG_TEST_FILTER)
    set(filter TEST_FILTER ${RUNG_TEST_FILTER})
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} ${filter}
                       TEST_PREFIX "${RUNG_TEST_PREFIX}" PROPERTIES TIMEOUT 600 LABELS ${name})
endfunction()

# What a Pack computes, and every law's kernels, in each instruction set that this machine may have: for unit_law.
function(rung_probe_instruction_sets target)
  foreach(isa ${RUNG_ISAS})
    set(source ${CMAKE_BINARY_DIR}/generated/tests/pack_probe_${isa}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"tests/support/pack_probe.hpp\"\n")
    rung_kernel_source(${target} ${source} ${isa})
    target_compile_definitions(${target} PRIVATE RUNG_HAVE_${isa})
  endforeach()
endfunction()

set(folders rung)
if(NOT RUNG_UNIT_TESTS_ONLY)
  list(APPEND folders tests)
endif()
foreach(folder ${folders})
  file(GLOB rooms CONFIGURE_DEPENDS ${folder}/*)
  foreach(room ${rooms})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${room}/*_test.cpp)
    if(sources)
      get_filename_component(room_name ${room} NAME)
      if(room_name STREQUAL train)
        if(TARGET rung_trainer)  # where there is a libtorch
          rung_test_program(unit_train ${sources})
          target_link_libraries(unit_train PRIVATE rung_trainer ${TORCH_LIBRARIES})
          target_include_directories(unit_train SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
          add_dependencies(unit_train rung_train)
        endif()
      elseif(folder STREQUAL rung)
        rung_test_program(unit_${room_name} ${sources})
      else()
        rung_test_program(${room_name} ${sources})
      endif()
    endif()
  endforeach()
endforeach()
rung_probe_instruction_sets(unit_law)
target_link_libraries(unit_lm PRIVATE rung_generation)
if(RUNG_UNIT_TESTS_ONLY)
  return()
endif()

if(TARGET rung_train)
  add_dependencies(cli rung_train)
  add_dependencies(slow rung_train)
endif()

# Checks of the source tree and of the checks themselves.
find_program(RUNG_PYTHON python3 REQUIRED)
add_test(NAME checks.format COMMAND ${CMAKE_SOURCE_DIR}/scripts/check_format)
add_test(NAME checks.layers COMMAND ${RUNG_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/check_layers)
add_test(NAME checks.sizes COMMAND ${RUNG_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/check_sizes)
add_test(NAME checks.pure COMMAND ${RUNG_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/check_pure
  ${CMAKE_BINARY_DIR} ${CMAKE_CXX_COMPILER})
file(GLOB python_tests CONFIGURE_DEPENDS tests/*/*_test.py)
foreach(file ${python_tests})
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME checks.${name} COMMAND ${RUNG_PYTHON} ${file})
endforeach()

# An installation, used by somebody else's project.
add_test(NAME package COMMAND ${RUNG_PYTHON} tests/package/package_check.py ${CMAKE_BINARY_DIR} ${CMAKE_CXX_COMPILER}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})

# What was derived from public results is what would be derived today.
add_test(NAME checks.published COMMAND ${RUNG_PYTHON} ${CMAKE_SOURCE_DIR}/tests/checks/derived_files.py)
set_tests_properties(checks.published PROPERTIES SKIP_RETURN_CODE 77)

# The fuzz targets' corpora, here without a fuzzer.
file(GLOB fuzz_sources CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(target ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name ${target})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    continue()
  endif()
  add_executable(${target}_replay ${source} tests/fuzz/replay.cpp)
  target_link_libraries(${target}_replay PRIVATE rung_generation rung rung_warnings)
  add_test(NAME fuzz.${name} COMMAND ${target}_replay ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
endforeach()

# Every command in the documents is a test, listed when ctest starts.
file(CONFIGURE OUTPUT documented_commands.cmake @ONLY CONTENT [[
set(runner "@RUNG_PYTHON@" "@CMAKE_SOURCE_DIR@/tests/docs/documented_commands.py")
execute_process(COMMAND ${runner} --list OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" names "${names}")
foreach(name ${names})
  add_test("docs.${name}" ${runner} "@CMAKE_BINARY_DIR@/rung" "${name}")
  set_tests_properties("docs.${name}" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600 LABELS docs)
endforeach()
]])
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_BINARY_DIR}/documented_commands.cmake)

# They give the same on every instruction set.
add_test(NAME isa_agreement COMMAND ${RUNG_PYTHON} ${CMAKE_SOURCE_DIR}/tests/docs/isa_agreement.py ${CMAKE_BINARY_DIR}/rung)
set_tests_properties(isa_agreement PROPERTIES LABELS slow TIMEOUT 3600)
