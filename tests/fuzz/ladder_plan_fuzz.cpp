// Plans of ladders to train from arbitrary text: nothing but InputError; each rung's settings are
// read back as written, and its command line and job script can be made.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rung/core/error.hpp"
#include "rung/lm/job_script.hpp"
#include "tests/fuzz/by_turns.hpp"

namespace {

void check(const rung::lm::LadderPlan& plan, const rung::lm::PlannedRung& rung) {
  const std::string settings = rung::lm::toml_of(rung.settings);
  // With a trainer of its own a plan needs no data, which settings of ours have.
  if (!rung.settings.data.empty() &&
      rung::lm::toml_of(rung::lm::parse_settings(settings, "run.toml")) != settings)
    std::abort();
  try {
    rung::lm::slurm_script(plan, rung, {});
    rung::lm::local_script(plan, rung, {.n_processes = 2});
  } catch (const rung::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const rung::model::Configs kConfigs = rung::model::Configs::embedded();
  std::string text(reinterpret_cast<const char*>(bytes), size);
  // Mostly one that needs no data file.
  if (fuzz::turn_of(text, 4) != 0)
    text = "trainer = \"t {name} {lr} {steps}\"\nlog = \"l\"\nmodels = [\"tiny-20k\"]\n" + text;
  try {
    const rung::lm::LadderPlan plan =
        rung::lm::parse_ladder_plan(text, "/nowhere/plan.toml", kConfigs);
    for (std::size_t i = 0; i < plan.rungs.size() && i < 3; ++i) check(plan, plan.rungs[i]);
  } catch (const rung::InputError&) {
  }
  return 0;
}
