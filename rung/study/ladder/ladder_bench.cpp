#include <benchmark/benchmark.h>

#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/study/ladder/points.hpp"
#include "tests/support/shared_data.hpp"

namespace {

using namespace rung::ladder;

/// The published ladder from its files to the points of both steps, all 8 tasks, 4 metrics.
void ladder_files_to_points(benchmark::State& state) {
  const auto config = rung::shared_path("data/olmo-ladder/configs/final.json");
  if (!config) return state.SkipWithError("needs the shared data");
  constexpr Metric kWanted[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4, Metric::rc_soft_log};
  const std::vector<std::string> set = {"v2_main"};
  for (auto _ : state) {
    const Catalogue catalogue = Catalogue::embedded();
    const std::vector<Task> tasks = catalogue.select(set);
    const Ladder ladder = read_ladder(read_config(*config), columns_of(tasks, kWanted),
                                      static_cast<int>(state.range(0)));
    for (const Task& task : tasks) {
      benchmark::DoNotOptimize(step1_points(ladder, task, {.moving_avg = 5}));
      benchmark::DoNotOptimize(step2_points(ladder, task, {.skip_perc = 0.1, .moving_avg = 5}));
    }
  }
}
BENCHMARK(ladder_files_to_points)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
