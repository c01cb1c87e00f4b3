# One libFuzzer program a file: tests/fuzz/NAME_fuzz.cpp. Needs clang and the flags of the preset `fuzz`.
file(GLOB fuzz_sources CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE rung rung_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endforeach()
