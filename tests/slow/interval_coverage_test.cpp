// 1,000 simulations each: do 90% intervals hold 86 to 94% of the truths? Of the mean at ten times
// the compute, and of each parameter that the data determine; for single laws and for the chained
// one, at 16, 40 and 240 points; of the chained one at least, for intervals reach over all ends of
// the curve that the runs leave possible. Prints the numbers that docs/fit.md and docs/ladder.md
// record.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/study/ladder/simulate.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung {
namespace {

constexpr std::size_t kSimulations = 1000;
constexpr double kNominal = 0.9, kLeastHeld = 0.86, kMost = 0.94;

void expect_covered(const std::string& what, const std::vector<unsigned char>& inside,
                    double least = kLeastHeld, double most = kMost) {
  double n_inside = 0;
  for (const unsigned char one : inside) n_inside += one;
  const double share = n_inside / static_cast<double>(inside.size());
  std::printf("%s: %.1f%%\n", what.c_str(), 100 * share);
  EXPECT_GE(share, least) << what;
  EXPECT_LE(share, most) << what;
}

/// A law, its truth, where it is measured, with what noise, and where it is asked.
struct Scene {
  std::string law;
  std::vector<double> truth;
  double noise_sd;                // in residual space
  std::vector<double> low, high;  // of the inputs, spread evenly over their logarithms
  std::vector<double> far;        // at ten times the largest compute

  std::vector<double> inputs(std::size_t i, std::size_t n) const {
    const std::size_t per_side =
        low.size() == 1 ? n : static_cast<std::size_t>(std::sqrt(static_cast<double>(n)) + 0.5);
    const std::size_t place[] = {i % per_side, i / per_side};
    const std::size_t count[] = {per_side, (n + per_side - 1) / per_side};
    std::vector<double> row;
    for (std::size_t k = 0; k < low.size(); ++k) {
      const double share = static_cast<double>(place[k]) / static_cast<double>(count[k] - 1);
      row.push_back(low[k] * std::pow(high[k] / low[k], share));
    }
    return row;
  }
};

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> all = {
      {"chinchilla",
       {406.4, 410.7, 1.69, 0.34, 0.28},
       0.003,
       {1e8, 2e9},
       {3e9, 6e11},
       {1e10, 2e12}},
      {"compute-power", {1060, 1.8, 0.154}, 0.003, {1e18}, {1e21}, {1e22}},
      {"sigmoid", {-0.7, 1.2, 4, 0.95}, 0.01, {0.75}, {2.2}, {0.65}}};
  return all;
}

struct Case {
  Scene scene;
  std::size_t n_points;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Scene& scene : scenes()) {
    for (const std::size_t n : {16, 40, 240}) all.push_back({scene, n});
  }
  return all;
}

class LawCoverage : public testing::TestWithParam<Case> {
 protected:
  const Scene& scene() const { return GetParam().scene; }
  const Law& law() const { return find_law(scene().law); }

  Points simulated(std::uint64_t seed) const {
    Rng rng(23, seed);
    Points points(scene().low.size(), GetParam().n_points);
    const Residual residual = law().info.residual;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::vector<double> row = scene().inputs(i, points.size());
      const double f = predict(law(), scene().truth, row);
      points.set(
          i, row,
          back_transformed(residual, transformed(residual, f) + scene().noise_sd * rng.normal()));
    }
    return points;
  }

  /// Parameters that data like these determine to a tenth of themselves.
  std::vector<int> determined() const {
    const Points points = simulated(0);
    const FitProblem problem(law(), points, {}, law().info.residual);
    const auto covariance = covariance_at(problem, problem.coordinates_of(scene().truth));
    std::vector<int> found;
    const std::size_t n = covariance->coordinates.size();
    for (std::size_t c = 0; c < n; ++c) {
      const int p = problem.parameter_of(covariance->coordinates[c]);
      const double size =
          problem.of_log(p) ? 1 : std::abs(scene().truth[static_cast<std::size_t>(p)]);
      if (std::sqrt(covariance->matrix[c * n + c]) <= 0.1 * size) found.push_back(p);
    }
    return found;
  }
};

TEST_P(LawCoverage, Is86To94Percent) {
  const std::vector<int> parameters = determined();
  std::vector<unsigned char> mean(kSimulations);
  std::vector<std::vector<unsigned char>> by_delta(parameters.size(), mean), by_profile(by_delta);
  const double truth_far = predict(law(), scene().truth, scene().far);
  parallel_for(kSimulations, 0, [&](std::size_t i) {
    const Points points = simulated(i + 1);
    const Residual residual = law().info.residual;
    const Fit fitted = fit(law(), points, {.residual = residual, .level = kNominal});
    const FitProblem problem(law(), points, {}, residual);
    const auto interval = delta_interval(problem, fitted, scene().far, kNominal, false);
    mean[i] = interval && interval->lower <= truth_far && truth_far <= interval->upper;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const auto p = static_cast<std::size_t>(parameters[k]);
      const double truth = scene().truth[p];
      const ParameterEstimate& estimate = fitted.parameters[p];
      by_delta[k][i] = estimate.lower && *estimate.lower <= truth && truth <= *estimate.upper;
      const auto followed = profile(problem, fitted, parameters[k], kNominal);
      by_profile[k][i] = followed && (!followed->lower || *followed->lower <= truth) &&
                         (!followed->upper || truth <= *followed->upper);
    }
  });
  const std::string name = scene().law + ", " + std::to_string(GetParam().n_points) + " points, ";
  expect_covered(name + "mean at 10x (delta)", mean);
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::string& parameter =
        law().info.parameters[static_cast<std::size_t>(parameters[k])].name;
    expect_covered(name + parameter + " (delta)", by_delta[k]);
    expect_covered(name + parameter + " (profile)", by_profile[k]);
  }
}

/// Losses with a kink or a narrow delta: how dense residuals are near it is measured on the same
/// few points, so the delta method is allowed more here.
TEST_P(LawCoverage, OfRobustLossesIs80To96Percent) {
  constexpr std::size_t kFewer = 500;
  const double truth_far = predict(law(), scene().truth, scene().far);
  const Residual residual = law().info.residual;
  for (const char* text : {"lad", "huber:0.001"}) {
    const Loss loss = parse_loss(text);
    std::vector<unsigned char> inside(kFewer);
    parallel_for(kFewer, 0, [&](std::size_t i) {
      const Points points = simulated(i + 1);
      const Fit fitted =
          fit(law(), points, {.loss = loss, .residual = residual, .level = kNominal});
      const FitProblem problem(law(), points, loss, residual);
      const auto interval = delta_interval(problem, fitted, scene().far, kNominal, false);
      inside[i] = interval && interval->lower <= truth_far && truth_far <= interval->upper;
    });
    expect_covered(scene().law + ", " + std::to_string(GetParam().n_points) + " points, " + text +
                       ", mean at 10x (delta)",
                   inside, 0.80, 0.96);
  }
}

INSTANTIATE_TEST_SUITE_P(Laws, LawCoverage, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = info.param.scene.law + "_" + std::to_string(info.param.n_points);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

/// The chain of both steps, on ladders that follow its laws: the bootstrap over runs, for the
/// accuracy that a model of ten times the compute turns out to have.
struct ChainCase {
  std::size_t n_runs;
  double n_questions;
};

class ChainCoverage : public testing::TestWithParam<ChainCase> {
 protected:
  /// Sizes and lengths of a ladder of so many runs.
  static ladder::SimulationSettings settings(const ChainCase& of) {
    const std::size_t n_runs = of.n_runs;
    const std::size_t n_sizes = n_runs == 16 ? 4 : n_runs == 40 ? 8 : 16;
    const std::size_t n_lengths = n_runs / n_sizes;
    ladder::SimulationSettings made;
    made.sizes.clear();
    made.lengths.clear();
    for (std::size_t i = 0; i < n_sizes; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(n_sizes - 1);
      made.sizes.push_back({std::to_string(i), 190e6 * std::pow(1.3e9 / 190e6, share)});
    }
    for (std::size_t i = 0; i < n_lengths; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(n_lengths - 1);
      made.lengths.push_back(std::pow(10.0, share));
    }
    made.targets = {{"target", 1.3e9 * std::sqrt(10.0), 20 * 10}};
    made.n_tasks = 1;
    made.n_checkpoints = 6;
    made.law_departure = made.sigmoid_departure = 0;
    made.n_examples = of.n_questions;
    return made;
  }
};

TEST_P(ChainCoverage, IsAtLeast86Percent) {
  constexpr int kReplicates = 600;
  std::vector<unsigned char> inside(kSimulations);
  parallel_for(kSimulations, 0, [&](std::size_t i) {
    const ladder::SimulatedLadder made = ladder::simulate_ladder(settings(GetParam()), i);
    const auto chains =
        ladder::run_chain(made.ladder, made.ladder, made.tasks,
                          {.n_bootstrap = kReplicates, .n_threads = 1, .level = kNominal});
    const ladder::TargetPrediction& target = chains.front().targets.front();
    inside[i] = target.interval && target.interval->lower <= *target.actual &&
                *target.actual <= target.interval->upper;
  });
  expect_covered("chain, " + std::to_string(GetParam().n_runs) + " runs, " +
                     std::to_string(static_cast<int>(GetParam().n_questions)) +
                     " questions, accuracy at 10x (bootstrap)",
                 inside, kLeastHeld, 1);
}

/// So many questions that their draw does not matter, and as many as benchmarks have.
INSTANTIATE_TEST_SUITE_P(Runs, ChainCoverage,
                         testing::Values(ChainCase{16, 1e6}, ChainCase{40, 1e6},
                                         ChainCase{240, 1e6}, ChainCase{16, 1500},
                                         ChainCase{40, 1500}, ChainCase{240, 1500}),
                         [](const auto& info) {
                           return std::to_string(info.param.n_runs) + "_runs_" +
                                  std::to_string(static_cast<int>(info.param.n_questions));
                         });

}  // namespace
}  // namespace rung
