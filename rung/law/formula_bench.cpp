// Compiled laws against the same from their formulas' text, over 240 points.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/core/rng.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/formula.hpp"

namespace {

enum class From { compiled, text };

rung::Law law_from(const std::string& name, From from) {
  const rung::Law& law = rung::find_law(name);
  if (from == From::compiled) return law;
  std::vector<std::string> inputs;
  for (const rung::InputInfo& input : law.info.inputs) inputs.push_back(input.name);
  return rung::formula_law(law.info.formula, inputs);
}

/// Typical parameters, and points about the law with 3% of noise.
struct Case {
  rung::Law law;
  rung::Points points;
  rung::AlignedArray target;
  std::vector<double> theta;

  Case(const std::string& name, From from)
      : law(law_from(name, from)), points(law.info.inputs.size(), 240) {
    const rung::Law& described = rung::find_law(name);
    rung::Rng rng(1);
    theta.resize(law.info.parameters.size());
    std::vector<double> typical;
    for (const rung::ParameterInfo& parameter : described.info.parameters) {
      typical.push_back(parameter.typical);
      theta[static_cast<std::size_t>(law.parameter_index(parameter.name))] = parameter.typical;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<double> row;
      for (const rung::InputInfo& x : described.info.inputs) {
        row.push_back(x.typical_low * std::pow(x.typical_high / x.typical_low, rng.uniform()));
      }
      points.set(i, row, 1);
    }
    const rung::AlignedArray unused(points.n_padded());
    rung::AlignedArray f(points.n_padded());
    described.kernel.predict(nullptr, {typical.data(), nullptr, points.view(unused)}, f.data());
    for (std::size_t i = 0; i < f.size(); ++i) f[i] *= 1 + 0.03 * rng.normal();
    target = f;
  }

  rung::KernelCall call() const {
    return {theta.data(), nullptr, points.view(target), rung::Residual::raw, {.delta = 1e-2}};
  }
};

void derivatives(benchmark::State& state, const std::string& name, From from) {
  const Case made(name, from);
  const std::size_t P = made.theta.size();
  std::vector<double> gradient(P), hessian(P * (P + 1) / 2), metric(hessian);
  for (auto _ : state) {
    benchmark::DoNotOptimize(made.law.kernel.derivatives(
        made.law.kernel.self.get(), made.call(), gradient.data(), hessian.data(), metric.data()));
  }
}

void objective(benchmark::State& state, const std::string& name, From from) {
  const Case made(name, from);
  for (auto _ : state) {
    benchmark::DoNotOptimize(made.law.kernel.objective(made.law.kernel.self.get(), made.call()));
  }
}

void parse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(rung::formula_law("E + A/N^alpha + B/D^beta", {"N", "D"}));
  }
}

#define RUNG_COMPARE(what, law)                                  \
  BENCHMARK_CAPTURE(what, law##_compiled, #law, From::compiled); \
  BENCHMARK_CAPTURE(what, law##_formula, #law, From::text)
RUNG_COMPARE(derivatives, chinchilla);
RUNG_COMPARE(objective, chinchilla);
RUNG_COMPARE(derivatives, sigmoid);
RUNG_COMPARE(objective, sigmoid);
BENCHMARK(parse)->Name("parse_formula");

}  // namespace
