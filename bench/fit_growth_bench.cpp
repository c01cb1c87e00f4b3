/// How `rung fit` grows with the rows, beside a script with scipy on the same table, and laws with
/// many parameters on tables of the size that people have.

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "rung/cli/terminal.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/fitted.hpp"
#include "rung/law/formula.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

using namespace rung;

/// Random sizes and lengths that follow Chinchilla's law, with 1% noise.
std::string write_table(const std::filesystem::path& folder, std::size_t n_rows) {
  const std::string path = (folder / (std::to_string(n_rows) + ".csv")).string();
  std::ofstream file(path);
  file << "N,D,loss\n";
  file.precision(12);
  Rng rng(n_rows);
  for (std::size_t i = 0; i < n_rows; ++i) {
    const double n = std::pow(10, 7.5 + 2.5 * rng.uniform()),
                 d = std::pow(10, 9 + 3 * rng.uniform());
    const double loss = 1.69 + 406.4 / std::pow(n, 0.34) + 410.7 / std::pow(d, 0.28);
    file << n << ',' << d << ',' << loss * std::exp(0.01 * rng.normal()) << '\n';
  }
  return path;
}

/// The script's CPU seconds; 0 where Debian's Python has no scipy.
double scipy_seconds(const std::string& table) {
  const auto script = std::filesystem::path(RUNG_SOURCE_DIR) / "bench/least_squares.py";
  const std::string command = "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 '" +
                              script.string() + "' '" + table + "' 2>/dev/null";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  double seconds = 0;
  if (std::fscanf(pipe, "%lf", &seconds) != 1) seconds = 0;
  pclose(pipe);
  return seconds;
}

/// Aim: by least squares at most 0.2 s for 20,000 rows and 8 s for 1,000,000; huber and lad at most
/// three times that.
void fit_rows(benchmark::State& state, const char* loss) {
  const TempFolder folder;
  const auto n_rows = static_cast<std::size_t>(state.range(0));
  const std::string table = write_table(folder.path(), n_rows);
  const std::array argv = {"rung",   "fit", table.c_str(), "--law", "chinchilla",
                           "--loss", loss,  "--bootstrap", "0",     "--threads",
                           "1"};
  for (auto _ : state) {
    std::ostringstream out, err;
    if (cli::run(static_cast<int>(argv.size()), argv.data(), out, err) != 0)
      return state.SkipWithError(err.str().c_str());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (std::string(loss) == "squared") state.counters["scipy_s"] = scipy_seconds(table);
}
void growing(benchmark::internal::Benchmark* bench) {
  for (const int rows : {1000, 8000, 20000, 100000, 1000000}) bench->Arg(rows);
  bench->Unit(benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(fit_rows, squared, "squared")->Apply(growing);
BENCHMARK_CAPTURE(fit_rows, huber, "huber:1e-3")->Apply(growing);
BENCHMARK_CAPTURE(fit_rows, lad, "lad")->Apply(growing);

/// The law at its typical parameters and inputs, with 0.3% noise.
Points simulated(const Law& law, std::size_t n) {
  std::vector<double> truth;
  for (const ParameterInfo& parameter : law.info.parameters) truth.push_back(parameter.typical);
  Rng rng(7);
  Points points(law.info.inputs.size(), n);
  std::vector<double> row(law.info.inputs.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const InputInfo& input = law.info.inputs[k];
      const double share = rng.uniform(), low = input.typical_low, high = input.typical_high;
      row[k] = input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
    }
    points.set(i, row, predict(law, truth, row) * (1 + 0.003 * rng.normal()));
  }
  return points;
}

/// Aim: at most 5 s.
void fit_law(benchmark::State& state, const char* name) {
  const Law& law = find_law(name);
  const Points points = simulated(law, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    Fitted fitted(law, points, {.residual = law.info.residual});
    fitted.use_profile_intervals();
    benchmark::DoNotOptimize(fitted.diagnosis());
  }
}
BENCHMARK_CAPTURE(fit_law, bnsl_1, "bnsl-1")->Arg(405)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit_law, vocabulary, "vocabulary")->Arg(1080)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit_law, farseer, "farseer")->Arg(404)->Unit(benchmark::kMillisecond);

/// Aim: at most 5 s.
void fit_formula_of_ten(benchmark::State& state) {
  const Law law = formula_law(
      "E + A/N^alpha + B/D^beta + F/(N^gamma*D^delta) + G*ln(N)*ln(D) + H*ln(N)", {"N", "D"});
  Rng rng(9);
  Points points(2, static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double n = std::pow(10, 7 + 3 * rng.uniform()), d = std::pow(10, 9 + 3 * rng.uniform());
    const double y = 1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(d, 0.28);
    points.set(i, std::array{n, d}, y * (1 + 0.003 * rng.normal()));
  }
  for (auto _ : state) benchmark::DoNotOptimize(fit(law, points, {.residual = Residual::log}));
}
BENCHMARK(fit_formula_of_ten)->Arg(2700)->Unit(benchmark::kMillisecond);

}  // namespace
