// Formulas with kinks, against optima found piece by piece in closed form.
#include "rung/fit/optimum/piece_starts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/fit.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

struct Table {
  std::vector<double> x, y;
};

Table table_of(std::uint64_t seed, bool convex) {
  Rng rng(31, seed);
  Table table;
  const double kink = 2 + 6 * rng.uniform(), first = rng.normal(), bend = 0.3 + rng.uniform();
  for (int i = 0; i < 14; ++i) {
    table.x.push_back(0.7 * i + 0.3 * rng.uniform());
    const double past = std::max(0.0, table.x.back() - kink);
    table.y.push_back(5 + first * table.x.back() + (convex ? bend : -bend) * past +
                      0.3 * rng.normal());
  }
  return table;
}

struct Line {
  double level, slope, squares;
  double at(double x) const { return level + slope * x; }
};

/// Least squares through rows from `first` to before `last`.
Line line_through(const Table& table, std::size_t first, std::size_t last) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = first; i < last; ++i) {
    n += 1, x += table.x[i], y += table.y[i];
    xx += table.x[i] * table.x[i], xy += table.x[i] * table.y[i];
  }
  Line line{.slope = (n * xy - x * y) / (n * xx - x * x)};
  line.level = (y - line.slope * x) / n;
  line.squares = 0;
  for (std::size_t i = first; i < last; ++i)
    line.squares += std::pow(table.y[i] - line.at(table.x[i]), 2);
  return line;
}

/// The best of two lines whose kink lies between the rows that they are fitted to.
double lowest_of_lines(const Table& table, bool convex) {
  double lowest = kInfinity;
  for (std::size_t split = 2; split + 2 <= table.x.size(); ++split) {
    const Line left = line_through(table, 0, split),
               right = line_through(table, split, table.x.size());
    const double kink = (left.level - right.level) / (right.slope - left.slope);
    const bool bends = convex ? right.slope > left.slope : right.slope < left.slope;
    if (bends && table.x[split - 1] <= kink && kink <= table.x[split])
      lowest = std::min(lowest, left.squares + right.squares);
  }
  return lowest;
}

TEST(Pieces, OfTwoLinesAreFound) {
  for (const bool convex : {true, false}) {
    const Law law = formula_law(convex ? "max(a + b*x, c + d*x)" : "min(a + b*x, c + d*x)", {"x"});
    ASSERT_TRUE(law.pieces);
    EXPECT_EQ(law.pieces->n_inputs(), 2);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Table table = table_of(seed, convex);
      const Fit found = fit(law, Points::from_columns({table.x}, table.y), {});
      EXPECT_LE(found.objective, lowest_of_lines(table, convex) * (1 + 1e-9)) << seed;
    }
  }
}

/// Of E + max(A / N^alpha, B / D^beta) with `pieces`, the side of each row given.
TEST(Pieces, AreTheFormulaWhereTheSidesAreItsOwn) {
  const Law law = formula_law("E + max(A/N^alpha, B/D^beta)", {"N", "D"});
  const std::vector<double> theta = {1.7, 260, 0.28, 460, 0.26};
  for (const double n : {1e7, 3e8}) {
    for (const double d : {2e8, 5e10}) {
      const double of_n = 260 / std::pow(n, 0.28), of_d = 460 / std::pow(d, 0.26);
      EXPECT_NEAR(predict(law, theta, std::vector{n, d}), 1.7 + std::max(of_n, of_d), 1e-12);
      EXPECT_NEAR(predict(*law.pieces, theta, std::vector{n, d, 0.0}), 1.7 + of_n, 1e-12);
      EXPECT_NEAR(predict(*law.pieces, theta, std::vector{n, d, 1.0}), 1.7 + of_d, 1e-12);
    }
  }
}

/// Losses that rise or fall, whichever sign the scales have.
TEST(Pieces, LieNoHigherThanTheTruth) {
  int n_certified = 0;
  for (const char* formula : {"E + max(A/N^alpha, B/D^beta)", "E + min(A/N^alpha, B/D^beta)"}) {
    const Law law = formula_law(formula, {"N", "D"});
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Rng rng(32, seed);
      const std::vector<double> truth = {1 + rng.uniform(), 200 + 200 * rng.uniform(),
                                         0.25 + 0.1 * rng.uniform(), 300 + 300 * rng.uniform(),
                                         0.22 + 0.1 * rng.uniform()};
      Points points(2, 24);
      for (std::size_t i = 0; i < points.size(); ++i) {
        const std::vector<double> inputs = {1e7 * std::exp(5 * rng.uniform()),
                                            2e8 * std::exp(6 * rng.uniform())};
        points.set(i, inputs, predict(law, truth, inputs) * std::exp(0.01 * rng.normal()));
      }
      const Fit found = fit(law, points, {.residual = Residual::log});
      const FitProblem problem(law, points, {}, Residual::log);
      EXPECT_LE(found.objective, problem.exact_objective(truth)) << formula << ' ' << seed;
      n_certified += found.status == Status::certified ? 1 : 0;
    }
  }
  EXPECT_GE(n_certified, 10);
}

}  // namespace
}  // namespace rung
