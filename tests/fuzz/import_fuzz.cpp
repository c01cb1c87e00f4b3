// Other programs' files from arbitrary bytes: the first byte says the importer, and nothing but
// InputError comes out, or runs whose metrics have a value a checkpoint.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rung/core/error.hpp"
#include "rung/data/reader/importer.hpp"

namespace {

/// Paths at which each kind finds the names that it needs.
constexpr const char* kPaths[] = {
    "runs/a:b=c,model=m/stats.json", "mlruns/0/0123456789abcdef0123456789abcdef/metrics/loss",
    "logs/190M/events.out.tfevents.1", "samples_arc_easy_2024-05-21.jsonl"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t choice = bytes[0];
  const std::string content(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const rung::Importer& importer = rung::importers()[choice % rung::importers().size()];
  const rung::SourceFile file{kPaths[choice / rung::importers().size() % 4], content};
  importer.likeness(file);
  rung::Imported imported;
  try {
    imported = rung::import_content(importer, file);
  } catch (const rung::InputError&) {
    return 0;
  }
  for (const rung::Run& run : imported.runs) {
    for (const auto& [metric, values] : run.metrics) {
      if (values.size() != run.n_rows()) __builtin_trap();
    }
  }
  return 0;
}
