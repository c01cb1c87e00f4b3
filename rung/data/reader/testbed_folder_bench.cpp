#include <benchmark/benchmark.h>

#include <cstdlib>

#include "rung/data/reader/testbed_folder.hpp"

namespace rung {
namespace {

/// 104 models with their evaluations, from a warm file cache. The published program takes 16 to 21
/// ms.
void read_published_testbed(benchmark::State& state) {
  const char* given = std::getenv("RUNG_SHARED");
  const std::filesystem::path folder =
      std::filesystem::path(given ? given : "../shared") / "data/over-training";
  if (!std::filesystem::exists(folder)) {
    state.SkipWithError("no shared data");
    return;
  }
  for (auto _ : state)
    benchmark::DoNotOptimize(read_testbed(folder, static_cast<int>(state.range(0))));
}
BENCHMARK(read_published_testbed)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace rung
