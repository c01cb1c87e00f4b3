# File formats are listed from their files: rung/data/reader/formats/NAME.cpp defines `Format format_NAME()`. This writes
# the list that rung/data/reader/format.cpp reads.
function(rung_list_formats)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rung/data/reader/formats/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(list "")
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(APPEND list "RUNG_FORMAT(${stem})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/rung/data/reader/formats.inc CONTENT "${list}")
endfunction()
