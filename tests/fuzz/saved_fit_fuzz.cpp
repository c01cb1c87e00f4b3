// A saved fit from arbitrary text: an InputError, or one that predicts, inside its data and beyond,
// and reads back as it was written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/report/saved_fit.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

void predict(const rung::Fitted& group) {
  std::vector<double> beyond = group.highest;
  for (double& input : beyond) input *= 10;
  for (const std::vector<double>& inputs : {group.lowest, group.highest, beyond}) {
    group.predict(inputs);
    group.interval(inputs);
    if (!(group.extrapolation(inputs) >= 1)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try {
    const rung::SavedFit saved = rung::read_saved_fit(text, "fit.json");
    if (fuzz::turn_of(text, 2) == 0) {
      for (const rung::Fitted& group : saved.groups) predict(group);
      return 0;
    }
    const std::string written = rung::saved_fit_text(saved);
    if (rung::saved_fit_text(rung::read_saved_fit(written, "fit.json")) != written) std::abort();
  } catch (const rung::InputError&) {
  }
  return 0;
}
