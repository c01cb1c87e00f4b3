#include "rung/core/error.hpp"
#include "rung/law/law.hpp"

// cmake/laws.cmake writes the list: one RUNG_LAW(stem) for each file in rung/law/catalogue/, and
// RUNG_KERNEL(stem) for one law in the instruction set that RUNG_ISA names.
#define RUNG_LAW(stem) LawInfo info_##stem();
namespace rung {
#include "rung/law/list.inc"
}
#undef RUNG_LAW

#define RUNG_LAW(stem) Kernel kernel_##stem();
#ifdef RUNG_HAVE_avx512
namespace rung::avx512 {
#include "rung/law/list.inc"
}
#endif
#ifdef RUNG_HAVE_avx2
namespace rung::avx2 {
#include "rung/law/list.inc"
}
#endif
namespace rung::baseline {
#include "rung/law/list.inc"
}
#undef RUNG_LAW

namespace rung {
namespace {

std::vector<Law> compiled_laws() {
  std::vector<Law> laws;
  [[maybe_unused]] const std::string_view isa = instruction_set();
#define RUNG_LAW(stem) laws.push_back({info_##stem(), kernel_##stem()});
#ifdef RUNG_HAVE_avx512
  if (isa == "avx512") {
    using namespace avx512;
#include "rung/law/list.inc"
    return laws;
  }
#endif
#ifdef RUNG_HAVE_avx2
  if (isa == "avx2") {
    using namespace avx2;
#include "rung/law/list.inc"
    return laws;
  }
#endif
  using namespace baseline;
#include "rung/law/list.inc"
#undef RUNG_LAW
  return laws;
}

}  // namespace

const std::vector<Law>& law_catalogue() {
  static const std::vector<Law> laws = compiled_laws();
  return laws;
}

const Law& find_law(std::string_view name) {
  std::vector<std::string> known;
  for (const Law& law : law_catalogue()) {
    if (law.info.name == name) return law;
    known.push_back(law.info.name);
  }
  std::string hint = did_you_mean(std::string(name), known);
  throw InputError("there is no law '" + std::string(name) + "'",
                   hint.empty() ? "`rung laws` lists them" : hint);
}

int Law::parameter_index(std::string_view name) const {
  for (int p = 0; p < n_parameters(); ++p) {
    if (info.parameters[static_cast<std::size_t>(p)].name == name) return p;
  }
  return -1;
}

}  // namespace rung
