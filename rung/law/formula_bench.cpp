// Laws of the catalogue over 240 points, and over the 16 of a ladder.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/core/embedded.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/formula.hpp"
#include "rung/law/law_file.hpp"

namespace {

/// Typical parameters, and points about the law with 3% of noise.
struct Case {
  const rung::Law& law;
  rung::Points points;
  rung::AlignedArray target;
  std::vector<double> theta;

  Case(const std::string& name, std::size_t n_points)
      : law(rung::find_law(name)), points(law.info.inputs.size(), n_points) {
    rung::Rng rng(1);
    for (const rung::ParameterInfo& parameter : law.info.parameters)
      theta.push_back(parameter.typical);
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<double> row;
      for (const rung::InputInfo& x : law.info.inputs) {
        row.push_back(x.typical_low * std::pow(x.typical_high / x.typical_low, rng.uniform()));
      }
      points.set(i, row, 1);
    }
    target = rung::AlignedArray(points.n_padded());
    law.kernel.predict(law.kernel.self.get(), call(), target.data());
    for (std::size_t i = 0; i < target.size(); ++i) target[i] *= 1 + 0.03 * rng.normal();
  }

  rung::KernelCall call() const {
    return {theta.data(), nullptr, points.view(target), rung::Residual::raw, {.delta = 1e-2}};
  }
};

void derivatives(benchmark::State& state, const std::string& name, std::size_t n_points = 240) {
  const Case made(name, n_points);
  const std::size_t P = made.theta.size();
  std::vector<double> gradient(P), hessian(P * (P + 1) / 2), metric(hessian);
  for (auto _ : state) {
    benchmark::DoNotOptimize(made.law.kernel.derivatives(
        made.law.kernel.self.get(), made.call(), gradient.data(), hessian.data(), metric.data()));
  }
}

void objective(benchmark::State& state, const std::string& name, std::size_t n_points = 240) {
  const Case made(name, n_points);
  for (auto _ : state) {
    benchmark::DoNotOptimize(made.law.kernel.objective(made.law.kernel.self.get(), made.call()));
  }
}

void parse_formula(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(rung::formula_law("E + A/N^alpha + B/D^beta", {"N", "D"}));
  }
}

void read_every_law(benchmark::State& state) {
  for (auto _ : state) {
    for (const rung::EmbeddedFile& file : rung::embedded_files()) {
      if (file.path.starts_with("rung/law/"))
        benchmark::DoNotOptimize(rung::parse_law(file.content, std::string(file.path)));
    }
  }
}

#define RUNG_LAW(law)                        \
  BENCHMARK_CAPTURE(derivatives, law, #law); \
  BENCHMARK_CAPTURE(objective, law, #law)
#define RUNG_LAW_ON_A_LADDER(name, law)                        \
  BENCHMARK_CAPTURE(derivatives, name##_of_a_ladder, law, 16); \
  BENCHMARK_CAPTURE(objective, name##_of_a_ladder, law, 16)
RUNG_LAW_ON_A_LADDER(chinchilla, "chinchilla");
RUNG_LAW_ON_A_LADDER(single_step, "single-step");
RUNG_LAW(chinchilla);
RUNG_LAW(sigmoid);
RUNG_LAW(farseer);
RUNG_LAW(distillation);
BENCHMARK_CAPTURE(derivatives, five_factor_moe, "five-factor-moe");
BENCHMARK_CAPTURE(derivatives, joint_moe, "joint-moe");
BENCHMARK(parse_formula);
BENCHMARK(read_every_law)->Unit(benchmark::kMillisecond);

}  // namespace
