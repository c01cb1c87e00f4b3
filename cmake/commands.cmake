# Commands are listed from their files: rung/app/commands/FOLDER/NAME.cpp defines
# `std::vector<Command> FOLDER_NAME_commands()`. This writes the list that rung/app/command.cpp reads.
function(rung_list_commands)
  file(GLOB_RECURSE sources RELATIVE ${CMAKE_SOURCE_DIR}/rung/app/commands CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/rung/app/commands/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(list "")
  foreach(source ${sources})
    string(REGEX REPLACE "\\.cpp$" "" stem ${source})
    string(REPLACE "/" "_" stem ${stem})
    string(APPEND list "RUNG_COMMANDS(${stem})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/rung/app/commands.inc CONTENT "${list}")
endfunction()
