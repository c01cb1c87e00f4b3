#include "rung/figure/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "rung/core/error.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The picture of a plan for a formula of N, D and what else is named, with one candidate for each
/// batch size, of which the first is trained `n_runs` times; the fit is to `n_points` runs.
Figure plan_of(const std::string& formula, const std::vector<std::string>& inputs,
               const std::vector<double>& batches, std::size_t n_runs = 1,
               std::size_t n_points = 12) {
  const auto points = std::make_shared<Points>(inputs.size(), n_points);
  std::vector<double> at(std::max<std::size_t>(2, inputs.size()), 1e6);
  for (std::size_t i = 0; i < n_points; ++i) {
    at[0] = 2e7 * std::pow(3, i % 4), at[1] = at[0] * std::pow(5, 1 + i / 4 % 3);
    const double n = std::pow(at[0], -0.5), d = std::pow(at[1], -0.5);
    points->set(i, std::span(at).first(inputs.size()),
                2 + 1e3 * n + 1e4 * d + 0.01 * std::sin(5.0 * static_cast<double>(i)));
  }
  const Fitted fitted(std::make_shared<const Law>(formula_law(formula, inputs)), points,
                      FitOptions());
  std::vector<plan::Candidate> candidates;
  for (const double batch : batches) {
    candidates.push_back({{1e9, 2e10, batch}});
    candidates.back().inputs.resize(inputs.size());
  }
  plan::Design design;
  design.runs.assign(n_runs, {0});
  return plan_figure(fitted, candidates, design, plan::Criterion::d);
}

TEST(PlanFigure, AxesOfAFormulaAreAsInTheFitsFigure) {
  const Figure figure = plan_of("E + A/N^a + B/D^b", {"N", "D"}, {0});
  const Panel& panel = figure.panels.front();
  EXPECT_EQ(panel.x.label, "N: parameters");
  EXPECT_EQ(panel.y.label, "D: training tokens");
  EXPECT_EQ(panel.x.ticks, TickStyle::count);
  EXPECT_TRUE(panel.x.log && panel.y.log);
  EXPECT_EQ(figure.subtitle, "1 of 1 candidates");
}

TEST(PlanFigure, NeedsTwoInputsAndSaysThatThePlanDoesNot) {
  try {
    plan_of("E + A/N^a", {"N"}, {0});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("leave out -o: the plan itself needs none"));
  }
}

TEST(PlanFigure, TellsRunsFromCandidates) {
  const Figure figure = plan_of("E + A/N^a + B/D^b", {"N", "D"}, {0, 0}, 3);
  EXPECT_EQ(figure.subtitle, "3 runs of 1 of 2 candidates");
}

TEST(PlanFigure, ManyRunsHideNoCandidates) {
  const auto layers_of = [](std::size_t n_points) {
    return plan_of("E + A/N^a + B/D^b", {"N", "D"}, {0, 0}, 1, n_points).panels.front().layers;
  };
  const std::vector<Layer> few = layers_of(12), many = layers_of(600);
  const auto& old = std::get<Scatter>(few.front());
  EXPECT_EQ(old.label, "runs so far");
  EXPECT_FALSE(old.filled);
  EXPECT_LT(std::get<Scatter>(many.front()).size_px, old.size_px / 2);
  EXPECT_EQ(std::get<Scatter>(many.at(1)).label, "other candidates");
}

TEST(PlanFigure, SaysWhichInputsItDoesNotShow) {
  const std::string formula = "E + A/N^a + B/D^b + 0*log(S)";
  EXPECT_THAT(plan_of(formula, {"N", "D", "S"}, {1e5, 1e6}).subtitle,
              HasSubstr("; runs that differ in S alone lie on each other"));
  EXPECT_THAT(plan_of(formula, {"N", "D", "S"}, {1e6, 1e6}).subtitle, Not(HasSubstr("differ")));
}

}  // namespace
}  // namespace rung
