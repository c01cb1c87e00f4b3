/// The search for the best families, and a fit from scores to prediction.

#include <benchmark/benchmark.h>

#include "rung/core/rng.hpp"
#include "rung/data/join.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/study/observational/family_choice.hpp"
#include "rung/study/observational/metric_fit.hpp"

namespace {

using namespace rung;
using namespace rung::observational;

Models published_models(const char* set_name, const char* downstream = nullptr) {
  const std::string folder = "published:obs-scaling/";
  const ModelSet& set = builtin_model_sets().set(set_name);
  Table table = read_table(folder + set.table);
  if (downstream) table = join(table, read_table(folder + downstream), "Model").table;
  std::vector<std::string> warnings;
  const auto& metrics = downstream ? set.fit_metrics : set.metrics;
  return models_of_set(models_of(table, metrics, {}, {}, warnings), set);
}

/// Families of one to eight models with three components each.
SubsetProblem random_families(std::size_t n_families, std::size_t max_families) {
  Rng rng(7);
  SubsetProblem problem;
  problem.all = Matrix(3, 3);
  for (std::size_t f = 0; f < n_families; ++f) {
    FamilyGram family{.n_models = 1 + rng.below(8), .gram = Matrix(3, 3)};
    for (std::size_t m = 0; m < family.n_models; ++m) {
      const double x[] = {rng.normal(), 0.5 * rng.normal(), 0.2 * rng.normal()};
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
          family.gram(i, j) += x[i] * x[j];
          problem.all(i, j) += x[i] * x[j];
        }
      }
    }
    problem.families.push_back(std::move(family));
  }
  problem.max_families = max_families;
  problem.budgets = {4, 8, 12, 16, 20, 24, 28, 32, 36};
  return problem;
}

void search(benchmark::State& state, const SubsetProblem& problem) {
  const SubsetOptions options{.n_threads = static_cast<int>(state.range(0))};
  double n = 0;
  for (auto _ : state) {
    const SubsetResult found = best_subsets(problem, options);
    n = found.n_combinations;
    benchmark::DoNotOptimize(found);
  }
  state.counters["combinations"] = n;
}

/// The published search over all 21 families of the 77 models, components included.
void subsets_published(benchmark::State& state) {
  const Models models = published_models("base");
  const std::vector<std::size_t> rows = candidates(models, {});
  ChoiceOptions options{.budgets = {4, 8, 12, 16, 20, 24, 28, 32, 36}};
  options.include_families = {"Llama-2"};
  options.subset.n_threads = static_cast<int>(state.range(0));
  double n = 0;
  for (auto _ : state) n = choose_families(models, rows, options).n_combinations;
  state.counters["combinations"] = n;
}
BENCHMARK(subsets_published)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void subsets_of_20_families(benchmark::State& state) { search(state, random_families(20, 9)); }
BENCHMARK(subsets_of_20_families)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void subsets_of_27_families(benchmark::State& state) { search(state, random_families(27, 16)); }
BENCHMARK(subsets_of_27_families)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Imputation, components and one fit with its search for better optima.
void scores_to_prediction(benchmark::State& state) {
  const Models models = published_models("base-compute", "base_llm_emergent_capability_eval.csv");
  const Sample sample = make_sample(models, {.metric = "word_unscrambling_2_exact_match"});
  MetricFitOptions options{.predictor = parse_predictor("pc:3")};
  options.regression.certify = state.range(0) != 0;
  options.regression.n_threads = 2;
  for (auto _ : state) benchmark::DoNotOptimize(fit_metric(sample, options));
}
BENCHMARK(scores_to_prediction)
    ->ArgName("certify")
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
