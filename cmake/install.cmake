# `make install`: the command; and the library, with its headers, a CMake package (find_package(rung), rung::rung) and
# a pkg-config file. docs/library.md says how it is used; tests/package builds a project against an installation.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS rung_command)
install(TARGETS rung EXPORT rung-targets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# Headers of the rooms that a program may use. Ours alone are those that show a library which others need not have, or
# code for one instruction set, and those that include such a one.
file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS rung/*.hpp)
list(FILTER headers EXCLUDE REGEX "^rung/(app|cli|train)/|^rung/system/raster")
set(ours_pattern "#include <(Eigen|toml|fast_float|CLI)|namespace rung::RUNG_ISA|__asm__")
while(NOT ours_pattern STREQUAL "")
  set(newly_ours "")
  foreach(header ${headers})
    file(STRINGS ${header} lines REGEX "${ours_pattern}" LIMIT_COUNT 1)
    if(lines)
      list(REMOVE_ITEM headers ${header})
      list(APPEND newly_ours "#include \"${header}\"")
    endif()
  endforeach()
  list(JOIN newly_ours "|" ours_pattern)
endwhile()
foreach(header ${headers})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder})
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rung)
install(EXPORT rung-targets NAMESPACE rung:: DESTINATION ${package})
file(CONFIGURE OUTPUT rung-config.cmake @ONLY CONTENT [[
# A static library's own libraries are linked by whoever links it.
include(CMakeFindDependencyMacro)
find_dependency(fmt)
find_dependency(nlohmann_json)
find_dependency(OpenSSL COMPONENTS Crypto)
find_dependency(ZLIB)
find_dependency(PkgConfig)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
find_dependency(tomlplusplus)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/rung-targets.cmake)
]])
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/rung-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rung-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/rung-config-version.cmake
  DESTINATION ${package})

file(CONFIGURE OUTPUT rung.pc @ONLY CONTENT [[
prefix=${pcfiledir}/../..
Name: rung
Description: Scaling laws for language models: fits, certifies, predicts. C++20, static
Version: @PROJECT_VERSION@
Requires: fmt libcrypto zlib libpcre2-8 tomlplusplus
Cflags: -I${prefix}/@CMAKE_INSTALL_INCLUDEDIR@ -DRUNG_VERSION=\"@PROJECT_VERSION@\" -pthread
Libs: -L${prefix}/@CMAKE_INSTALL_LIBDIR@ -lrung -pthread
]])
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rung.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
