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
  try {
    rung::ladder::Catalogue().add_text(text, "tasks.toml");
  } catch (const rung::InputError&) {
  }
  try {
    rung::ladder::parse_config(text, "config.json");
  } catch (const rung::InputError&) {
  }
  try {
    const std::string columns[] = {"x"};
    rung::ladder::parse_external_point(text, "point.json", columns);
  } catch (const rung::InputError&) {
  }
  try {
    check(rung::ladder::parse_run(text, "run.csv", {{"x"}, {"y"}}));
  } catch (const rung::InputError&) {
  }
  try {
    check(rung::ladder::parse_run_of_table(text, "runs.csv", "S", {{"x"}, {"y"}}));
  } catch (const rung::InputError&) {
  }
  return 0;
}
