#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/select.hpp"
#include "rung/system/file.hpp"

namespace {

/// A tall file in the temporary folder: parameters, tokens, loss of each row.
class TallFile {
 public:
  explicit TallFile(std::int64_t n_rows)
      : path_(std::filesystem::temp_directory_path() / fmt::format("rung_tall_{}.csv", n_rows)) {
    rung::Rng rng(1);
    std::string content = "params,tokens,loss\n";
    for (std::int64_t row = 0; row < n_rows; ++row) {
      content += fmt::format("{},{},{}\n", static_cast<std::int64_t>(1e10 * rng.uniform()),
                             static_cast<std::int64_t>(1e12 * rng.uniform()), 2 + rng.uniform());
    }
    rung::write_file(path_, content);
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

double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;  // in kilobytes on Linux
}

/// peak_GB is the whole process's so far, writing the file included: run alone to read it.
void table_tall_csv(benchmark::State& state) {
  const TallFile file(state.range(0));
  for (auto _ : state) {
    const rung::Table table =
        rung::read_table(file.path(), {.n_threads = static_cast<int>(state.range(1))});
    if (table.n_rows() != static_cast<std::size_t>(state.range(0))) state.SkipWithError("rows");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.n_bytes());
  state.counters["peak_GB"] = peak_gigabytes();
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
