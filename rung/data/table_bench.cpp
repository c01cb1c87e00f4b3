#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/usage.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/select.hpp"

namespace {

/// A tall file in the temporary folder: parameters, tokens, loss of each row.
class TallFile {
 public:
  explicit TallFile(std::int64_t n_rows)
      : path_(std::filesystem::temp_directory_path() / fmt::format("rung_tall_{}.csv", n_rows)) {
    // Row by row, so that peak_GB is the reader's.
    rung::Rng rng(1);
    std::ofstream out(path_);
    out << "params,tokens,loss\n";
    for (std::int64_t row = 0; row < n_rows; ++row) {
      out << fmt::format("{},{},{}\n", static_cast<std::int64_t>(1e10 * rng.uniform()),
                         static_cast<std::int64_t>(1e12 * rng.uniform()), 2 + rng.uniform());
    }
  }
  TallFile(const TallFile&) = delete;
  TallFile& operator=(const TallFile&) = delete;
  ~TallFile() { std::filesystem::remove(path_); }

  const std::filesystem::path& path() const { return path_; }
  std::int64_t n_bytes() const {
    return static_cast<std::int64_t>(std::filesystem::file_size(path_));
  }

 private:
  std::filesystem::path path_;
};

void table_tall_csv(benchmark::State& state) {
  const TallFile file(state.range(0));
  const rusage start = rung::bench::usage_so_far();
  for (auto _ : state) {
    const rung::Table table =
        rung::read_table(file.path(), {.n_threads = static_cast<int>(state.range(1))});
    if (table.n_rows() != static_cast<std::size_t>(state.range(0))) state.SkipWithError("rows");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.n_bytes());
  rung::bench::count_usage(state, start, file.n_bytes());
}
BENCHMARK(table_tall_csv)
    ->ArgNames({"rows", "threads"})
    ->Args({1'000'000, 2})
    ->Args({10'000'000, 1})
    ->Args({10'000'000, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

rung::Table tall_table(std::size_t n_rows) {
  rung::Rng rng(1);
  rung::Table table("bench");
  for (const char* name : {"N", "C", "loss"}) {
    std::vector<double> values(n_rows);
    for (double& value : values) value = 1 + rng.uniform();
    table.add({name, std::move(values)});
  }
  table.add({"dataset", std::vector<std::string>(n_rows, "c4")});
  return table;
}

void evaluate(benchmark::State& state, const char* text) {
  const rung::Table table = tall_table(1'000'000);
  const rung::Expression expression = rung::parse_expression(text);
  for (auto _ : state) benchmark::DoNotOptimize(rung::evaluate(expression, table));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * table.n_rows()));
}
void expression_arithmetic(benchmark::State& state) { evaluate(state, "C/(6*N)"); }
void expression_condition(benchmark::State& state) {
  evaluate(state, "loss < 1.5 and dataset = 'c4'");
}
void expression_power(benchmark::State& state) { evaluate(state, "1.7 + 400/N^0.34"); }
BENCHMARK(expression_arithmetic)->Unit(benchmark::kMillisecond);
BENCHMARK(expression_condition)->Unit(benchmark::kMillisecond);
BENCHMARK(expression_power)->Unit(benchmark::kMillisecond);

}  // namespace
