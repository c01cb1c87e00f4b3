# Data files compiled into the library, so that the command runs from anywhere: every rung/**/*.toml, the published
# tables (rung/data/published), and whatever other patterns (relative to the source folder) the caller names.
# rung/core/embedded.hpp reads them back by path.
#
# Text becomes a string literal; what is compressed is taken in by the assembler, in a blink, as it stands.
function(rung_embed target)
  set(patterns rung/*.toml rung/data/published/*.json rung/data/published/*.gz ${ARGN})
  list(TRANSFORM patterns PREPEND ${CMAKE_SOURCE_DIR}/)
  file(GLOB_RECURSE paths RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${patterns})
  list(SORT paths)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded.cpp)
  set(symbols "")
  set(files "")
  set(n_binaries 0)
  foreach(path ${paths})
    if(path MATCHES "\\.gz$")
      string(APPEND symbols "RUNG_BINARY(rung_embedded_${n_binaries}, \"${CMAKE_SOURCE_DIR}/${path}\")\n")
      string(APPEND files "{\"${path}\", binary(rung_embedded_${n_binaries}, rung_embedded_${n_binaries}_end)},\n")
      math(EXPR n_binaries "${n_binaries} + 1")
      set_property(SOURCE ${output} APPEND PROPERTY OBJECT_DEPENDS ${CMAKE_SOURCE_DIR}/${path})
    else()
      set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
      file(READ ${path} content)
      if(content MATCHES "\\)RUNG_FILE\"")
        message(FATAL_ERROR "${path} holds the mark that ends an embedded file")
      endif()
      string(APPEND files "{\"${path}\", R\"RUNG_FILE(${content})RUNG_FILE\"},\n")
    endif()
  endforeach()
  string(CONCAT source "#include \"rung/core/embedded_binary.hpp\"\n\n${symbols}\nnamespace rung {\n\n"
    "std::span<const EmbeddedFile> embedded_files() {\n  static const EmbeddedFile kFiles[] = {\n${files}};\n"
    "  return kFiles;\n}\n}  // namespace rung\n")
  set(old "")
  if(EXISTS ${output})
    file(READ ${output} old)
  endif()
  if(NOT old STREQUAL source)  # left alone when nothing changed, so that nothing is compiled again
    file(WRITE ${output} "${source}")
  endif()
  target_sources(${target} PRIVATE ${output})
endfunction()
