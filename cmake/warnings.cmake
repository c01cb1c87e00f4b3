# Warnings are errors, in every target of ours and in none of the libraries'. gcc 12 misfires on string sums (-Wrestrict, GCC bug
# 105651) and on aggregates with strings (-Wmaybe-uninitialized); our options are designated initialisers with defaults.
add_library(rung_warnings INTERFACE)
target_compile_options(rung_warnings INTERFACE -Wall -Wextra -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> -Werror)
