# Kernels: what evaluates laws, compiled once for each instruction set, apart because code made for AVX-512 must not
# run elsewhere (see simd.hpp).
set(RUNG_ISAS "baseline" CACHE STRING "Instruction sets to compile kernels for")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND RUNG_ISAS STREQUAL "baseline" AND NOT RUNG_BASELINE_ONLY)
  set(RUNG_ISAS "baseline;avx2;avx512" CACHE STRING "" FORCE)
endif()
set(RUNG_FLAGS_baseline "")
set(RUNG_FLAGS_avx2 -mavx2 -mfma)
set(RUNG_FLAGS_avx512 -mavx512f -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512)
set(RUNG_LANES_baseline 2)
set(RUNG_LANES_avx2 4)
set(RUNG_LANES_avx512 8)

# Compiles `source` as a kernel of one instruction set. -O2 in every preset: without it a Dual is unusably slow.
function(rung_kernel_source target source isa)
  target_sources(${target} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES
    COMPILE_DEFINITIONS "RUNG_ISA=${isa};RUNG_LANES=${RUNG_LANES_${isa}}"
    COMPILE_OPTIONS "${RUNG_FLAGS_${isa}};-O2;-ffp-contract=fast;-fno-math-errno;-fno-trapping-math;-Wno-psabi")
endfunction()

# The kernel of formulas: one program for all of them, which runs their tapes.
function(rung_add_formula target)
  set(generated ${CMAKE_BINARY_DIR}/generated/rung/law)
  foreach(isa ${RUNG_ISAS})
    file(CONFIGURE OUTPUT ${generated}/formula_${isa}.cpp CONTENT
"#include \"rung/law/formula/kernel.hpp\"
namespace rung::${isa} {
Kernel kernel_formula();
Kernel kernel_formula() {
  using K = FormulaKernel;
  return {K::predict, K::jacobian, K::objective, K::derivatives, K::derivatives_apart, kLanes, {}};
}
}
")
    rung_kernel_source(${target} ${generated}/formula_${isa}.cpp ${isa})
    target_compile_definitions(${target} PRIVATE RUNG_HAVE_${isa})
  endforeach()
endfunction()

# Descents in lanes (rung/fit/optimum/batch_kernel.hpp) use the Packs of each instruction set, too.
function(rung_add_batch target)
  set(generated ${CMAKE_BINARY_DIR}/generated/rung/fit)
  foreach(isa ${RUNG_ISAS})
    file(CONFIGURE OUTPUT ${generated}/batch_${isa}.cpp CONTENT
"#include \"rung/fit/optimum/batch_kernel.hpp\"
namespace rung::${isa} {
void descend_in_lanes(const BatchCall& call, BatchDescent* descents, std::size_t n);
void descend_in_lanes(const BatchCall& call, BatchDescent* descents, std::size_t n) {
  descend_all(call, descents, n);
}
}
")
    rung_kernel_source(${target} ${generated}/batch_${isa}.cpp ${isa})
  endforeach()
endfunction()

# The kernels of laws that no formula says: rung/law/special/STEM.hpp has a struct of the same name in CamelCase. The
# list is for special_kernel.cpp.
function(rung_add_special target)
  set(generated ${CMAKE_BINARY_DIR}/generated/rung/law)
  file(GLOB laws CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rung/law/special/*.hpp)
  set(list "")
  foreach(law ${laws})
    get_filename_component(stem ${law} NAME_WE)
    set(type "")
    string(REPLACE "_" ";" words ${stem})
    foreach(word ${words})
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND type ${first}${rest})
    endforeach()
    string(APPEND list "RUNG_LAW(${stem})\n")
    foreach(isa ${RUNG_ISAS})
      file(CONFIGURE OUTPUT ${generated}/${stem}_${isa}.cpp CONTENT
"#include \"rung/law/special/${stem}.hpp\"
namespace rung::${isa} {
Kernel kernel_${stem}();
Kernel kernel_${stem}() { return kernel_of<${type}>(); }
}
")
      rung_kernel_source(${target} ${generated}/${stem}_${isa}.cpp ${isa})
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${generated}/special.inc CONTENT "${list}")
endfunction()

function(rung_add_laws target)
  rung_add_formula(${target})
  rung_add_special(${target})
  rung_add_batch(${target})
endfunction()
