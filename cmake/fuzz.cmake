# One libFuzzer program a file, tests/fuzz/NAME_fuzz.cpp: clang, and the flags of the preset `fuzz` (fast: -O2, coverage)
# or `asan` (sanitized). Each is a test that fuzzes for RUNG_FUZZ_SECONDS, beginning with tests/fuzz/corpus/NAME; what it
# learns stays in the build folder.
set(RUNG_FUZZ_SECONDS 5 CACHE STRING "How long each fuzz test runs")
# Long enough, and the time for one input short enough, that what takes the square of its length is found.
set(RUNG_FUZZ_LIMITS -max_len=16384 -timeout=2 -rss_limit_mb=2048 -entropic=0)
add_custom_target(fuzz_programs)
file(GLOB sources CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cpp)
foreach(source ${sources})
  get_filename_component(program ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name ${program})
  set(learnt ${CMAKE_BINARY_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${learnt})
  add_executable(${program} ${source} tests/fuzz/settings.cpp)
  add_dependencies(fuzz_programs ${program})
  target_link_libraries(${program} PRIVATE rung_generation rung rung_warnings)
  target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  add_test(NAME fuzz.${name}.${RUNG_FUZZ_SECONDS}s
    COMMAND ${program} -max_total_time=${RUNG_FUZZ_SECONDS} ${RUNG_FUZZ_LIMITS} -print_final_stats=1
            -artifact_prefix=${CMAKE_BINARY_DIR}/${name}- ${learnt} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
endforeach()
