# Warnings are errors, in every target of ours and in none of the libraries'.
add_library(rung_warnings INTERFACE)
target_compile_options(rung_warnings INTERFACE -Wall -Wextra -Wconversion -Wno-sign-conversion -Werror)
