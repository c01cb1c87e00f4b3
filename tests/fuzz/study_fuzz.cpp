// Study files and over-training studies: what they say or an InputError, never anything else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rung/core/error.hpp"
#include "rung/study/file.hpp"
#include "rung/study/overtraining/study.hpp"
#include "tests/fuzz/by_turns.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    if (fuzz::turn_of(text, 2) == 0) {
      rung::overtraining::parse_study(text, "study.toml");
      return 0;
    }
    const rung::StudyFile study = rung::parse_study_file(text, "study.toml");
    if (study.steps.empty()) std::abort();
    for (const rung::StudyStep& step : study.steps) {
      if (step.command.empty()) std::abort();
    }
  } catch (const rung::InputError&) {
  }
  return 0;
}
