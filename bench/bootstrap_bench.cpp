/// Refits inside a bootstrap: how many a second, and how many miss the best optimum known.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/interval/bootstrap.hpp"
#include "rung/fit/optimum/search.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/ladder/steps.hpp"
#include "tests/golden/ladder_goldens.hpp"

namespace {

using namespace rung;

DrawWeights draw_cases(std::size_t n_points, std::uint64_t seed) {
  std::vector<int> cluster_of(n_points);
  for (std::size_t i = 0; i < n_points; ++i) cluster_of[i] = static_cast<int>(i);
  return draw_clusters(cluster_of, static_cast<int>(n_points), std::vector<double>(n_points, 1.0),
                       seed);
}

/// Step 1 of the published ladder, one problem a task: 16 points, 5 parameters.
struct Step1Problems {
  ladder::Step1Settings settings{.points = {.moving_avg = 5}};
  std::vector<Points> points;
  std::vector<std::vector<double>> optima;
  Fitted fitted;  // the last, for how all are fitted

  explicit Step1Problems(const ladder::PublishedLadder& published) {
    for (const ladder::Task& task : published.tasks) {
      fitted = run_step1(published.ladder, task, settings).fitted;
      points.push_back(*fitted.points);
      optima.push_back(fitted.fit.theta);
    }
  }
  std::size_t size() const { return points.size(); }
  FitProblem problem(const Points& of) const {
    return {*fitted.law, of, fitted.options.loss, fitted.options.residual,
            fitted.options.constraints};
  }
};

Points reweighted(const Points& points, const double* weights) {
  Points copy = points;
  std::vector<double> row(points.n_inputs());
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = points.input(k, i);
    copy.set(i, row, points.y(i), weights[i]);
  }
  return copy;
}

/// The share of some replicates that a search of their own takes lower, by more than 1e-6.
double share_missed(const Step1Problems& problems, const std::vector<Bootstrap>& found,
                    std::uint64_t seed) {
  constexpr std::size_t kChecked = 250;  // of each task
  std::size_t n_missed = 0;
  for (std::size_t t = 0; t < problems.size(); ++t) {
    const Points& points = problems.points[t];
    const DrawWeights draw = draw_cases(points.size(), seed);
    std::vector<double> weights(points.size());
    for (std::size_t i = 0; i < kChecked; ++i) {
      const std::size_t replicate = i * found[t].size() / kChecked;
      draw(replicate, weights.data());
      const Points resampled = reweighted(points, weights.data());
      const SearchResult best = global_search(problems.problem(resampled),
                                              {problems.optima[t], found[t].theta_of(replicate)});
      if (found[t].objective[replicate] > best.minima.front().objective * (1 + 1e-6)) ++n_missed;
    }
  }
  return static_cast<double>(n_missed) / static_cast<double>(kChecked * problems.size());
}

/// On one thread, the making of the library of starts counted in.
void step1_refits(benchmark::State& state) {
  const auto published = ladder::published_ladder("final.json");
  const Step1Problems problems(published);
  const auto n_replicates = static_cast<std::size_t>(state.range(0));
  constexpr std::uint64_t kSeed = 7;
  std::vector<Bootstrap> found;
  for (auto _ : state) {
    found.clear();
    for (std::size_t t = 0; t < problems.size(); ++t) {
      found.push_back(bootstrap(problems.problem(problems.points[t]), problems.optima[t],
                                draw_cases(problems.points[t].size(), kSeed),
                                {.n_replicates = n_replicates, .n_threads = 1}));
    }
  }
  std::size_t n_not_converged = 0;
  for (const Bootstrap& task : found) n_not_converged += task.n_not_converged;
  const double n_refits = static_cast<double>(n_replicates * problems.size());
  state.counters["refits"] = benchmark::Counter(
      n_refits, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  state.counters["not_converged"] = static_cast<double>(n_not_converged) / n_refits;
  state.counters["missed"] = share_missed(problems, found, kSeed);
}
BENCHMARK(step1_refits)->Arg(2000)->Arg(20000)->Unit(benchmark::kMillisecond);

/// 240 noisy points of the Chinchilla law.
Points many_points() {
  const Law& law = find_law("chinchilla");
  std::vector<double> theta;
  for (const ParameterInfo& parameter : law.info.parameters) theta.push_back(parameter.typical);
  Rng rng(1);
  Points points(2, 240);
  for (std::size_t i = 0; i < 240; ++i) {
    const std::vector<double> row = {1e8 * std::pow(100, rng.uniform()),
                                     2e9 * std::pow(1000, rng.uniform())};
    points.set(i, row, predict(law, theta, row) * std::exp(0.01 * rng.normal()));
  }
  return points;
}

/// 4,000 refits to 240 points on two threads.
void refits_to_many_points(benchmark::State& state, const Law& law, Loss loss) {
  const Points points = many_points();
  const Fit fitted = fit(law, points, {.loss = loss, .residual = Residual::log});
  const FitProblem problem(law, points, loss, Residual::log);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bootstrap(problem, fitted.theta, draw_cases(points.size(), 3),
                                       {.n_replicates = 4000, .n_threads = 2}));
  }
}
void law_refits(benchmark::State& state) {
  refits_to_many_points(state, find_law("chinchilla"),
                        state.range(0) != 0 ? Loss::huber() : Loss{});
}
void formula_refits(benchmark::State& state) {
  const Law law = formula_law("E + A / N^alpha + B / D^beta", {"N", "D"});
  refits_to_many_points(state, law, state.range(0) != 0 ? Loss::huber() : Loss{});
}
BENCHMARK(law_refits)
    ->ArgName("huber")
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(formula_refits)
    ->ArgName("huber")
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
