# One libFuzzer program a file, tests/fuzz/NAME_fuzz.cpp, over a library of the readers and parsers alone, so that it is
# compiled quickly. Needs clang and the flags of the preset `fuzz`. Each is a test that fuzzes for RUNG_FUZZ_SECONDS,
# beginning with tests/fuzz/corpus/NAME; what it learns stays in the build folder.
set(RUNG_FUZZ_SECONDS 5 CACHE STRING "How long each fuzz test runs")
file(GLOB fuzzed_sources CONFIGURE_DEPENDS
  rung/core/*.cpp rung/data/*.cpp rung/law/formula.cpp rung/law/formula/*.cpp rung/law/instruction_set.cpp
  rung/fit/constraint_text.cpp rung/fit/points.cpp rung/study/file.cpp rung/study/ladder/config.cpp
  rung/study/ladder/metric.cpp rung/study/ladder/run.cpp rung/study/ladder/task.cpp rung/study/ladder/task_file.cpp
  rung/study/overtraining/study.cpp rung/plan/grid.cpp rung/plan/hardware.cpp)
list(FILTER fuzzed_sources EXCLUDE REGEX "_(test|bench)\\.cpp$")
add_library(rung_fuzzed STATIC ${fuzzed_sources})
target_include_directories(rung_fuzzed PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(rung_fuzzed PUBLIC fmt::fmt Threads::Threads
  PRIVATE nlohmann_json::nlohmann_json FastFloat::fast_float tomlplusplus::tomlplusplus OpenSSL::Crypto ZLIB::ZLIB)
target_compile_definitions(rung_fuzzed PUBLIC RUNG_VERSION="${PROJECT_VERSION}")
rung_add_formula(rung_fuzzed)
rung_embed(rung_fuzzed)

enable_testing()
file(GLOB targets CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cpp)
foreach(source ${targets})
  get_filename_component(target ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name ${target})
  set(learnt ${CMAKE_BINARY_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${learnt})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE rung_fuzzed)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_test(NAME fuzz.${name}.${RUNG_FUZZ_SECONDS}s
    COMMAND ${target} -max_total_time=${RUNG_FUZZ_SECONDS} -timeout=60 -rss_limit_mb=2048 -print_final_stats=1
            -artifact_prefix=${CMAKE_BINARY_DIR}/${name}- ${learnt} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
endforeach()
