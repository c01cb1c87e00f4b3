#include "rung/law/special_kernel.hpp"

// cmake/laws.cmake writes the list: one RUNG_LAW(stem) for each file rung/law/special/STEM.hpp,
// and kernel_STEM() for each instruction set.
#define RUNG_LAW(stem) Kernel kernel_##stem();
#ifdef RUNG_HAVE_avx512
namespace rung::avx512 {
#include "rung/law/special.inc"
}
#endif
#ifdef RUNG_HAVE_avx2
namespace rung::avx2 {
#include "rung/law/special.inc"
}
#endif
namespace rung::baseline {
#include "rung/law/special.inc"
}
#undef RUNG_LAW

namespace rung {

std::optional<Kernel> special_kernel(std::string_view law,
                                     [[maybe_unused]] std::string_view instruction_set) {
#define RUNG_LAW(stem) \
  if (law == #stem) return kernel_##stem();
#ifdef RUNG_HAVE_avx512
  if (instruction_set == "avx512") {
    using namespace avx512;
#include "rung/law/special.inc"
    return {};
  }
#endif
#ifdef RUNG_HAVE_avx2
  if (instruction_set == "avx2") {
    using namespace avx2;
#include "rung/law/special.inc"
    return {};
  }
#endif
  using namespace baseline;
#include "rung/law/special.inc"
#undef RUNG_LAW
  return {};
}

}  // namespace rung
