# File formats and importers are listed from their files: rung/data/reader/formats/NAME.cpp defines `Format format_NAME()`,
# rung/data/reader/importers/NAME.cpp `Importer importer_NAME()`. This writes the lists that rung/data/reader/format.cpp
# and importer.cpp read.
function(rung_list_formats)
  foreach(kind formats importers)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rung/data/reader/${kind}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    set(list "")
    foreach(source ${sources})
      get_filename_component(stem ${source} NAME_WE)
      string(APPEND list "RUNG_FORMAT(${stem})\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/rung/data/reader/${kind}.inc CONTENT "${list}")
  endforeach()
endfunction()
