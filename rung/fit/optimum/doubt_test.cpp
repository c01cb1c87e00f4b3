// Where a certificate, or "identified", would promise too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/rng.hpp"
#include "rung/fit/fit.hpp"
#include "rung/fit/optimum/structure.hpp"
#include "rung/law/catalogue.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

using testing::IsEmpty;
using testing::Not;

/// At usual parameters the difference is negative and clamped, where nothing has an effect.
TEST(Doubt, AClampedLawIsNotLinear) {
  const Law law = formula_law("max(1e-8, E + A/N^alpha - F*N)", {"N"});
  std::vector<double> n, y;
  for (int i = 1; i <= 12; ++i) {
    n.push_back(1e6 * i * i);
    y.push_back(2 + 400 / std::pow(n.back(), 0.3));
  }
  const Points points = Points::from_columns({n}, y);
  const Structure structure = structure_of(FitProblem(law, points, {}, Residual::raw, {}));
  EXPECT_EQ(structure.linear, (std::vector<int>{0, 1, 3}));
  EXPECT_EQ(structure.nonlinear, std::vector<int>{2});
}

/// With one size E and A / N^alpha are one number. Where the search ends with A or alpha on a
/// bound, or with A so small that alpha hardly matters, nothing holds it there.
TEST(Doubt, WhatHardlyMattersMayBeFree) {
  const auto law = LawCatalogue().find("chinchilla-negated");
  for (const std::uint64_t draw : {1, 13, 19, 37, 63, 64, 95, 350}) {
    Rng rng(draw);
    std::vector<double> n, d, y;
    for (int i = 0; i < 40; ++i) {
      n.push_back(1.4e8);
      d.push_back(1e10 * std::exp(5 * rng.uniform()));
      y.push_back(0.396 - 45.8 * std::pow(d.back(), -0.389) + 1e-3 * rng.normal());
    }
    for (const Loss loss : {Loss{}, Loss::huber(), Loss{LossKind::lad}}) {
      const Fit found = fit(*law, Points::from_columns({n, d}, y), {.loss = loss});
      EXPECT_FALSE(found.identified) << loss.text() << ", draw " << draw;
    }
  }
}

/// The step at the lowest L is the best fit, but exp(-k L) is gone before it is a step between two
/// rows this close: no number holds the scale that it would take.
TEST(Doubt, AStepMayOutgrowNumbers) {
  std::vector<double> l, y;
  for (int i = 0; i < 25; ++i) {
    l.push_back(i == 1 ? 4.0001 : 4 + 0.016 * i);
    y.push_back(0.7 + 3.5e-6 * std::exp(2.2 * l.back()) + (i == 0 ? 0.07 : 0) +
                (i % 2 == 0 ? 0.01 : -0.01));
  }
  const Law law = formula_law("E + A*exp(-k*L)", {"L"});
  const Fit found = fit(law, Points::from_columns({l}, y), {});
  EXPECT_EQ(found.status, Status::local);
  EXPECT_THAT(found.notes, testing::Contains(testing::HasSubstr("a step at the lowest L")));
  for (double& x : l) x -= 4;
  const Fit shifted = fit(law, Points::from_columns({l}, y), {});
  EXPECT_LT(shifted.objective, 0.9 * found.objective) << "as the note says";
}

/// At one M, a and b are one number; eta, which alone is nonlinear, is as certain as can be.
TEST(Doubt, LinearParametersMayMakeUpForEachOther) {
  const auto law = LawCatalogue().find("over-training");
  std::vector<double> m, c, y;
  for (int i = 0; i < 30; ++i) {
    m.push_back(20);
    c.push_back(1e18 * std::pow(1.4, i));
    y.push_back(1.19 +
                (212 * std::pow(20, 0.1) + 553 * std::pow(20, -0.1)) * std::pow(c.back(), -0.1));
  }
  const Points points = Points::from_columns(
      law->info.inputs.front().name == "M" ? std::vector{m, c} : std::vector{c, m}, y);
  EXPECT_FALSE(fit(*law, points).identified);
}

/// Contamination far beyond the data, measured in a narrow range: the range of d that is searched
/// does not follow from how wide the data are.
TEST(Doubt, AScaleFarBeyondNarrowDataIsFound) {
  const auto law = LawCatalogue().find("power-contaminated");
  Rng rng(2);
  for (int trial = 0; trial < 10; ++trial) {
    std::vector<double> x, y, truth;
    double of_truth = 0;
    for (int i = 0; i < 60; ++i) {
      x.push_back(2e10 * std::exp(0.6 * rng.uniform()));
      const double exact = (415 * std::pow(x.back(), -0.25) + 1.6) * (1 - x.back() / 1.1e14);
      y.push_back(exact * (1 + 1e-4 * rng.normal()));
      of_truth += (exact - y.back()) * (exact - y.back());
    }
    const Fit found = fit(*law, Points::from_columns({x}, y));
    if (found.status != Status::certified) continue;
    EXPECT_LE(found.objective, of_truth);
  }
}

/// No grid covers four nonlinear parameters: that searches run to infinity together says nothing.
TEST(Doubt, NothingIsUnboundedThatNoGridCovers) {
  const Law law = formula_law("E + A*exp(-(x/c)^p) + B*exp(-(x/d)^q)", {"x"});
  std::vector<double> x, y;
  for (int i = 1; i <= 16; ++i) {
    x.push_back(i);
    y.push_back(i == 1 ? 9 : 2 + 0.1 * (i % 3));
  }
  const Fit found = fit(law, Points::from_columns({x}, y));
  EXPECT_EQ(found.status, Status::local);
  EXPECT_FALSE(found.identified);
  EXPECT_THAT(found.notes, Not(IsEmpty()));
}

}  // namespace
}  // namespace rung
