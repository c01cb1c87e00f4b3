// Other programs' files from arbitrary bytes: the first line names the importer, and nothing but
// InputError comes out, or runs whose metrics have a value a checkpoint.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"
#include "tests/fuzz/whole_runs.hpp"

namespace {

/// A path at which a kind finds the names that it needs.
const char* path_for(std::string_view importer) {
  if (importer == "helm") return "runs/a:b=c,model=m/stats.json";
  if (importer == "mlflow") return "mlruns/0/0123456789abcdef0123456789abcdef/metrics/loss";
  if (importer == "lm_eval_samples") return "out/m/samples_arc_easy_2024-05-21T10-11-12.jsonl";
  return "logs/190M/checkpoint-20/log";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::string_view name = text.substr(0, text.find('\n'));
  const auto importers = rung::importers();
  const auto importer = std::find_if(importers.begin(), importers.end(),
                                     [&](const rung::Importer& each) { return each.name == name; });
  if (importer == importers.end()) return 0;
  const std::string content(text.substr(std::min(text.size(), name.size() + 1)));
  const rung::ImportedFile file{path_for(name), content};
  importer->likeness(file);
  rung::Imported imported;
  try {
    imported = rung::import_content(*importer, file);
  } catch (const rung::InputError&) {
    return 0;
  }
  fuzz::trap_unless_whole(imported);
  return 0;
}
