#include <cstdlib>

#include "rung/law/law.hpp"

namespace rung {
namespace {

bool cpu_has([[maybe_unused]] std::string_view isa) {
#ifdef RUNG_HAVE_avx512
  if (isa == "avx512")
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#endif
#ifdef RUNG_HAVE_avx2
  if (isa == "avx2") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return false;
}

std::string_view best_instruction_set() {
  const char* asked = std::getenv("RUNG_ISA");
  const std::string_view limit = asked == nullptr ? "avx512" : asked;
  if (limit == "avx512" && cpu_has("avx512")) return "avx512";
  if (limit != "baseline" && cpu_has("avx2")) return "avx2";
  return "baseline";
}

}  // namespace

std::string_view instruction_set() {
  static const std::string_view isa = best_instruction_set();
  return isa;
}

}  // namespace rung
