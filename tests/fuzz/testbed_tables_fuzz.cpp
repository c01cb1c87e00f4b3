// A testbed of three tables from arbitrary text, parted by lines of "====": nothing but InputError,
// or models that have every loss and every task, and tasks that are known.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/testbed_tables.hpp"

namespace {

std::string next_part(std::string_view& text) {
  constexpr std::string_view kParting = "\n====\n";
  const std::string_view part = text.substr(0, text.find(kParting));
  text.remove_prefix(std::min(text.size(), part.size() + kParting.size()));
  return std::string(part);
}

void check(const rung::Testbed& testbed) {
  for (const rung::TestbedModel& model : testbed.models) {
    if (model.losses.size() != testbed.loss_sets.size()) std::abort();
    if (model.accuracies.size() != testbed.tasks.size()) std::abort();
    for (const rung::LossEvaluation& loss : model.losses) {
      if (loss.loss_nats <= 0) std::abort();  // NaN: not measured
    }
  }
  for (const std::string& task : testbed.tasks) testbed.task_info(task);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const rung::TestbedTexts texts{next_part(text), next_part(text), next_part(text)};
  std::optional<rung::Testbed> testbed;
  try {
    testbed = rung::assemble_testbed(rung::parse_testbed_tables(texts, "folder"));
  } catch (const rung::InputError&) {
  }
  if (testbed) check(*testbed);
  return 0;
}
