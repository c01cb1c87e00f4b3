// An over-training testbed from arbitrary text, its six files parted by lines of "====": nothing
// but InputError, or models that have every loss and every task, and tasks that are known.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/testbed_folder.hpp"

namespace {

constexpr std::string_view kParting = "\n====\n";

/// The text up to the next parting, which goes.
std::string take_part(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find(kParting));
  text.remove_prefix(std::min(text.size(), part.size() + kParting.size()));
  return std::string(part);
}

void check(const rung::Testbed& testbed) {
  if (testbed.models.size() != 2) std::abort();
  for (const rung::TestbedModel& model : testbed.models) {
    if (model.losses.size() != testbed.loss_sets.size()) std::abort();
    if (model.accuracies.size() != testbed.tasks.size()) std::abort();
  }
  for (const std::string& task : testbed.tasks) testbed.task_info(task);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  rung::TestbedSources sources{
      .folder = "t", .models = {}, .evaluations = {}, .grid = {}, .tasks = {}};
  for (const std::string name : {"c4-d=96_l=8_h=4-1.0", "rpj-d=96_l=8_h=4-2"}) {
    const std::string stem = rung::evaluation_stem(name);
    sources.models[name] = {"t/models/" + name + ".json", take_part(text)};
    sources.evaluations[stem] = {"t/evals/" + stem + ".json", take_part(text)};
  }
  sources.tasks = {"t/eval_metadata.csv", take_part(text)};
  sources.grid = {"t/grid.json", take_part(text)};
  std::optional<rung::Testbed> testbed;
  try {
    testbed = rung::parse_testbed(sources, 1);
  } catch (const rung::InputError&) {
  }
  if (testbed) check(*testbed);
  return 0;
}
