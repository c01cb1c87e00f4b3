#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/figure/ladder/extrapolate_d.hpp"
#include "rung/figure/ladder/extrapolate_n.hpp"
#include "rung/study/ladder/simulate.hpp"

namespace rung::ladder {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// Of three sizes, which determine nothing.
std::vector<ExtrapolateNResult> undetermined(std::size_t n_tasks) {
  SimulationSettings settings;
  settings.n_tasks = n_tasks;
  settings.sizes.pop_back();
  const SimulatedLadder made = simulate_ladder(settings, 1);
  return run_extrapolate_n({.metric = Metric::rc_bpb, .n_tokens = 3.7e10}, made.ladder, made.tasks);
}

double largest_x(const Panel& panel) {
  double largest = 0;
  for (const Layer& layer : panel.layers) {
    if (const auto* curve = std::get_if<Curve>(&layer))
      largest = std::max(largest, *std::max_element(curve->x.begin(), curve->x.end()));
  }
  return largest;
}

TEST(ExtrapolateNFigure, DrawsNoLawToTargetsThatItDoesNotDetermine) {
  for (const std::size_t n_tasks : {1u, 3u}) {
    const Figure figure = extrapolation_figure(undetermined(n_tasks));
    EXPECT_THAT(figure.title, EndsWith(": nothing is determined"));
    EXPECT_THAT(figure.subtitle, HasSubstr("(!): not determined"));
    ASSERT_EQ(figure.panels.size(), n_tasks);
    for (const Panel& panel : figure.panels) {
      EXPECT_THAT(panel.title, EndsWith(" (!)"));
      EXPECT_LT(largest_x(panel), 1.2 * 758e6);
    }
  }
}

/// A size measured at one number of tokens is a mark where a line shows nothing, and the legend
/// names nothing that is not drawn.
TEST(ExtrapolateNFigure, ALegendNamesWhatIsDrawn) {
  ExtrapolateNResult result{.task = {.key = "loss", .name = "loss"}};
  for (const double d : {1e9, 2e9}) {
    ExtrapolateNAtD& at = result.at.emplace_back(ExtrapolateNAtD{.n_tokens = d});
    at.points.push_back({.label = "1B", .n_params = 1e9, .n_tokens = d, .y = 2.5});
    if (d > 1e9) at.points.push_back({.label = "2B", .n_params = 2e9, .n_tokens = d, .y = 2.4});
    at.predictions.emplace_back().label = "7B";
    at.predictions.back().determined = false;
  }
  std::size_t n_marked = 0;
  const Figure figure = extrapolation_figure({result});
  for (const Layer& layer : figure.panels.front().layers) {
    if (const auto* marks = std::get_if<Scatter>(&layer)) {
      EXPECT_FALSE(marks->x.empty()) << marks->label;
      n_marked += marks->x.size();
    }
  }
  EXPECT_EQ(n_marked, 3u);
}

TEST(ExtrapolateNFigure, SpeaksOfPredictionsLeftOutWhereThereAreSome) {
  const auto subtitle = [](bool all_determined) {
    ExtrapolateNResult result{.task = {.key = "loss", .name = "loss"}};
    for (const double d : {1e9, 2e9}) {
      ExtrapolateNAtD& at = result.at.emplace_back(ExtrapolateNAtD{.n_tokens = d});
      ExtrapolateNAtD::SizePrediction& one = at.predictions.emplace_back();
      one.predicted = one.actual = 2.5;
      one.interval = Interval{0.9, 2.4, 2.6, "delta"};
      one.determined = all_determined || d > 1e9;
    }
    return extrapolation_figure({result}).subtitle;
  };
  EXPECT_THAT(subtitle(true), Not(HasSubstr("left out")));
  EXPECT_THAT(subtitle(false), HasSubstr("those left out rest on three sizes"));
}

/// A run whose losses fall faster towards its end, by so much.
ExtrapolateDResult along_run(double fall_by_decay) {
  Run run{.model = "370M"};
  std::vector<double>& losses = run.metrics["loss"];
  for (int i = 1; i <= 20; ++i) {
    const double share = i / 20.0, d = 2e10 * share, noise = 0.001 * std::sin(7 * i);
    run.n_tokens.push_back(d);
    losses.push_back((2 + 400 / std::pow(d, 0.3)) * (1 + noise - fall_by_decay * share * share));
  }
  Task task{.key = "loss", .name = "loss"};
  task.columns_by_metric[static_cast<std::size_t>(Metric::loss)] = {{"loss"}};
  return extrapolate_d(run, task, {.metric = Metric::loss});
}

const Scatter* predicted_in(const Panel& panel) {
  for (const Layer& layer : panel.layers) {
    const auto* points = std::get_if<Scatter>(&layer);
    if (points && points->label == "predicted") return points;
  }
  return nullptr;
}

bool has_doubted_note(const Panel& panel) {
  return std::any_of(panel.layers.begin(), panel.layers.end(), [](const Layer& layer) {
    const auto* note = std::get_if<Note>(&layer);
    return note && note->text.ends_with(" (!)");
  });
}

TEST(ExtrapolateDFigure, ShowsWhatIsPredictedAtTheRunsEndAndItsDoubt) {
  const Figure missed = extrapolation_figure({along_run(0.03)});
  const Scatter* predicted = predicted_in(missed.panels.front());
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->x.front(), 2e10);
  EXPECT_EQ(predicted->y_lower.size(), 1u);
  EXPECT_TRUE(has_doubted_note(missed.panels.front()));
  EXPECT_EQ(missed.subtitle, "(!): an interval that misses the run's last checkpoint");
  const Figure held = extrapolation_figure({along_run(0)});
  EXPECT_TRUE(predicted_in(held.panels.front()));
  EXPECT_FALSE(has_doubted_note(held.panels.front()));
  EXPECT_EQ(held.subtitle, "");
}

TEST(ExtrapolateDFigure, LeavesLawsThatAreNotDeterminedOutOfItsMean) {
  const ExtrapolateDResult fine = along_run(0);
  ExtrapolateDResult open = fine;
  open.check_error = 18487991.354;
  open.fitted.fit.identified = false;
  const Figure figure = extrapolation_figure({fine, open});
  EXPECT_EQ(figure.title, extrapolation_figure({fine}).title);
  EXPECT_EQ(figure.subtitle, "Means over 1 of 2 runs");
  EXPECT_THAT(figure.panels.back().title, EndsWith(": not determined (!)"));
  EXPECT_FALSE(predicted_in(figure.panels.back()));
  const Figure none = extrapolation_figure({open});
  EXPECT_THAT(none.title, EndsWith(": nothing is determined"));
  EXPECT_EQ(none.subtitle, "");
}

TEST(ExtrapolateDFigure, RingsACheckpointThatStandsOffItsRun) {
  ExtrapolateDResult off = along_run(0);
  off.wrong_checkpoints.push_back({.n_tokens = 1.7e10, .value = 3});
  const Figure figure = extrapolation_figure({off});
  EXPECT_THAT(figure.panels.front().title, HasSubstr(" (!): "));
  EXPECT_EQ(figure.subtitle, "Ringed: a checkpoint that stands off its run (!)");
  const auto* ring = std::get_if<Scatter>(&figure.panels.front().layers.front());
  ASSERT_TRUE(ring);
  EXPECT_EQ(ring->y, std::vector<double>{3});
}

TEST(ExtrapolateDFigure, HasMeansOfSeveralRunsAlone) {
  EXPECT_THAT(extrapolation_figure({along_run(0)}).subtitle, Not(HasSubstr("Means")));
  EXPECT_EQ(extrapolation_figure({along_run(0), along_run(0)}).subtitle, "Means over 2 runs");
}

}  // namespace
}  // namespace rung::ladder
