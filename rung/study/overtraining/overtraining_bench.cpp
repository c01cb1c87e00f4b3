#include <benchmark/benchmark.h>

#include <cstdlib>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/study/overtraining/fits.hpp"

namespace rung::overtraining {
namespace {

std::filesystem::path published_testbed() {
  const char* given = std::getenv("RUNG_SHARED");
  return std::filesystem::path(given ? given : "../shared") / "data/over-training";
}

/// Reads all 104 models and fits all 1,176 laws. The published program takes about 10 s.
void read_and_fit_everything(benchmark::State& state) {
  if (!std::filesystem::exists(published_testbed())) {
    state.SkipWithError("no shared data");
    return;
  }
  const int n_threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    const Testbed testbed = read_testbed(published_testbed(), n_threads);
    benchmark::DoNotOptimize(fit_laws(testbed, default_study(), {}, n_threads));
  }
}
BENCHMARK(read_and_fit_everything)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace rung::overtraining
