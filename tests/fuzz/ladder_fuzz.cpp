// Files of tasks, configurations and runs: either what they say or an InputError, never anything
// else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/study/ladder/task.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

void check(const rung::Run& run) {
  if (run.metrics.at("x").size() != run.n_rows()) std::abort();
  for (std::size_t i = 1; i < run.n_rows(); ++i) {
    if (!(run.n_tokens[i] > run.n_tokens[i - 1])) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const std::string kColumns[] = {"x"};
  try {
    switch (fuzz::turn_of(text, 5)) {
      case 0:
        rung::ladder::Catalogue().add_text(text, "tasks.toml");
        break;
      case 1:
        rung::ladder::parse_config(text, "config.json");
        break;
      case 2:
        rung::ladder::parse_external_point(text, "point.json", kColumns);
        break;
      case 3:
        check(rung::ladder::parse_run(text, "run.csv", {{"x"}, {"y"}}));
        break;
      default:
        check(rung::ladder::parse_run_of_table(text, "runs.csv", "S", {{"x"}, {"y"}}));
    }
  } catch (const rung::InputError&) {
  }
  return 0;
}
