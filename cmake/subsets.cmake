# The inner loop of the search over subsets of model families (rung/study/observational/subset_kernel.hpp), for each
# instruction set.
function(rung_add_subsets target)
  set(generated ${CMAKE_BINARY_DIR}/generated/rung/study)
  foreach(isa ${RUNG_ISAS})
    file(CONFIGURE OUTPUT ${generated}/subset_${isa}.cpp CONTENT
"#include \"rung/study/observational/subset_kernel.hpp\"
namespace rung::${isa} {
observational::FindSubset find_subset(std::size_t n_components);
observational::FindSubset find_subset(std::size_t n_components) { return find_subset_for(n_components); }
}
")
    rung_kernel_source(${target} ${generated}/subset_${isa}.cpp ${isa})
  endforeach()
endfunction()
