#include "rung/core/known_names.hpp"

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {

std::string close_or_all(const char* all, const std::string& name, std::vector<std::string> known) {
  constexpr std::size_t kMost = 12;
  if (std::string close = did_you_mean(name, known); !close.empty()) return close;
  if (known.size() > kMost) {
    known.resize(kMost);
    known.emplace_back("…");
  }
  return all + join(known, ", ");
}

}  // namespace rung
