#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
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

/// Laws of nearly that name, or else with such a title: "power-law" is what many call m1 and m2.
std::string hint_for(const std::string& name) {
  std::string title = name;
  std::replace_if(
      title.begin(), title.end(), [](char c) { return c == '-' || c == '_'; }, ' ');
  std::vector<std::string> names, titled;
  for (const Law& law : law_catalogue()) {
    names.push_back(law.info.name);
    const bool found = title.size() > 2 && law.info.title.find(title) != std::string::npos;
    if (found) titled.push_back(law.info.name + " (" + law.info.title + ")");
  }
  const std::string hint = did_you_mean(name, names);
  if (!hint.empty()) return hint;
  return (titled.empty() ? "" : "there are " + join(titled, ", ") + "; ") + "`rung laws` lists all";
}

}  // namespace

const std::vector<Law>& law_catalogue() {
  static const std::vector<Law> laws = compiled_laws();
  return laws;
}

const Law& find_law(std::string_view name) {
  for (const Law& law : law_catalogue()) {
    if (law.info.name == name) return law;
  }
  throw InputError("there is no law '" + std::string(name) + "'", hint_for(std::string(name)));
}

int Law::parameter_index(std::string_view name) const {
  for (int p = 0; p < n_parameters(); ++p) {
    if (info.parameters[static_cast<std::size_t>(p)].name == name) return p;
  }
  return -1;
}

}  // namespace rung
