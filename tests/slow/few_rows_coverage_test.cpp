// Do 90% intervals of the mean at ten times the compute hold 86 to 94% of the truths with few rows?
// The kind that `rung fit` takes there (the delta method, checked by profile likelihood) has to;
// the bootstraps are measured beside it. Prints the numbers that docs/fit.md records.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "rung/core/parallel.hpp"
#include "rung/core/rng.hpp"
#include "rung/fit/fitted.hpp"

namespace rung {
namespace {

constexpr double kLevel = 0.9, kLeast = 0.86, kMost = 0.94;

struct Scene {
  const char* law;
  std::vector<double> truth;
  std::vector<double> low, high, far;  // inputs: spread evenly over their logarithms, and asked for
};

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> all = {
      {"chinchilla", {406.4, 410.7, 1.69, 0.34, 0.28}, {1e8, 3e9}, {2e9, 6e11}, {6e9, 2e12}},
      {"compute-power", {1060, 1.8, 0.154}, {1e18}, {1e21}, {1e22}},
      {"sigmoid", {-0.7, 1.2, 4, 0.95}, {0.75}, {2.2}, {0.65}}};
  return all;
}

Points simulated(const Scene& scene, std::size_t n, double noise_sd, std::uint64_t seed) {
  const Law& law = find_law(scene.law);
  Rng rng(31, seed);
  Points points(scene.low.size(), n);
  const std::size_t per_side =
      scene.low.size() == 1 ? n : static_cast<std::size_t>(std::sqrt(static_cast<double>(n)) + 0.5);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t place[] = {i % per_side, i / per_side};
    const std::size_t count[] = {per_side, (n + per_side - 1) / per_side};
    std::vector<double> row;
    for (std::size_t k = 0; k < scene.low.size(); ++k) {
      const double share = static_cast<double>(place[k]) / static_cast<double>(count[k] - 1);
      row.push_back(scene.low[k] * std::pow(scene.high[k] / scene.low[k], share));
    }
    const Residual residual = law.info.residual;
    const double exact = transformed(residual, predict(law, scene.truth, row));
    points.set(i, row, back_transformed(residual, exact + noise_sd * rng.normal()));
  }
  return points;
}

enum class Kind { by_covariance, cases, residuals };

/// The share of simulated tables whose interval holds the truth; no interval does not.
double coverage(const Scene& scene, std::size_t n, double noise_sd, Kind kind,
                std::size_t n_tables) {
  const Law& law = find_law(scene.law);
  const double truth = predict(law, scene.truth, scene.far);
  std::vector<unsigned char> inside(n_tables);
  parallel_for(n_tables, 0, [&](std::size_t i) {
    Fitted fitted(law, simulated(scene, n, noise_sd, i),
                  {.residual = law.info.residual, .level = kLevel});
    if (kind != Kind::by_covariance) {
      fitted.draw_replicates(
          {.kind = kind == Kind::cases ? ResampleKind::points : ResampleKind::residuals,
           .n_replicates = 300,
           .seed = i,
           .n_threads = 1});
    }
    const auto interval = fitted.interval(scene.far);
    inside[i] = interval && interval->lower <= truth && truth <= interval->upper;
  });
  double n_inside = 0;
  for (const unsigned char one : inside) n_inside += one;
  return n_inside / static_cast<double>(n_tables);
}

class FewRows : public testing::TestWithParam<Scene> {};

TEST_P(FewRows, TheDefaultKindHoldsWhatItSays) {
  const Scene& scene = GetParam();
  const auto n_parameters = static_cast<std::size_t>(find_law(scene.law).n_parameters());
  for (const double noise_sd : {0.003, 0.02}) {
    for (const std::size_t n :
         {n_parameters + 2, std::size_t{8}, std::size_t{10}, std::size_t{16}, std::size_t{40}}) {
      const double share = coverage(scene, n, noise_sd, Kind::by_covariance, 1000);
      std::printf("%s, noise %g, %zu rows, delta or profile: %.1f%%\n", scene.law, noise_sd, n,
                  100 * share);
      EXPECT_GE(share, kLeast) << scene.law << " " << n << " rows, noise " << noise_sd;
      EXPECT_LE(share, kMost) << scene.law << " " << n << " rows, noise " << noise_sd;
    }
  }
}

/// Only measured: few rows are too few for a bootstrap, which is why it is not the default there.
TEST_P(FewRows, OfBootstrapsHoldLess) {
  const Scene& scene = GetParam();
  double fewest = 1;
  for (const std::size_t n : {6, 8, 10, 16, 40}) {
    const double cases = coverage(scene, n, 0.003, Kind::cases, 300);
    const double residuals = coverage(scene, n, 0.003, Kind::residuals, 300);
    std::printf("%s, %zu rows: case bootstrap %.1f%%, residual bootstrap %.1f%%\n", scene.law, n,
                100 * cases, 100 * residuals);
    fewest = std::min(fewest, cases);
  }
  EXPECT_LT(fewest, kLeast) << "then the case bootstrap could be the default";
}

INSTANTIATE_TEST_SUITE_P(Laws, FewRows, testing::ValuesIn(scenes()), [](const auto& info) {
  std::string name = info.param.law;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace rung
