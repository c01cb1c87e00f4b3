#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"

namespace {

/// The shape of a run's evaluations: 97 columns, numbers of 16 to 18 digits.
std::string ladder_like_csv(int n_rows) {
  constexpr int kColumns = 97;
  rung::Rng rng(1);
  std::vector<std::string> cells = {"_step"};
  for (int i = 1; i < kColumns; ++i) cells.push_back(fmt::format("eval/task_{}_rc_5shot", i));
  std::string text = rung::join(cells, ",") + '\n';
  for (int row = 0; row < n_rows; ++row) {
    cells[0] = std::to_string(100 * row);
    for (int i = 1; i < kColumns; ++i) cells[i] = rung::shortest((i % 5 ? 1 : -1) * rng.uniform());
    text += rung::join(cells, ",") + '\n';
  }
  return text;
}

void parse(benchmark::State& state, const rung::CsvOptions& options, int n_rows) {
  const std::string text = ladder_like_csv(n_rows);
  for (auto _ : state) benchmark::DoNotOptimize(rung::parse_csv(text, "bench", options));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void csv_all_columns(benchmark::State& state) { parse(state, {}, 100); }
void csv_three_columns(benchmark::State& state) {
  parse(state, {.columns = {"_step", "eval/task_40_rc_5shot", "eval/task_96_rc_5shot"}}, 100);
}
void csv_large(benchmark::State& state) {
  parse(state, {.n_threads = static_cast<int>(state.range(0))}, 20'000);
}
BENCHMARK(csv_all_columns);
BENCHMARK(csv_three_columns);
BENCHMARK(csv_large)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
