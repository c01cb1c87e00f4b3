# Benchmarks: rung/**_bench.cpp and bench/*.cpp, one program.
find_package(benchmark QUIET)
file(GLOB_RECURSE bench_sources CONFIGURE_DEPENDS rung/*_bench.cpp bench/*.cpp)
if(benchmark_FOUND AND bench_sources)
  add_executable(rung_bench ${bench_sources})
  target_link_libraries(rung_bench PRIVATE rung_cli benchmark::benchmark_main nlohmann_json::nlohmann_json rung_warnings)
  target_compile_definitions(rung_bench PRIVATE RUNG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endif()
