#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/figure/overtraining/budget.hpp"
#include "rung/figure/overtraining/correlation.hpp"
#include "rung/figure/overtraining/cost.hpp"
#include "rung/figure/overtraining/figure1.hpp"
#include "rung/figure/overtraining/tasks.hpp"
#include "rung/figure/overtraining/tokens.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/fits.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::overtraining {
namespace {

using nlohmann::json;

class OvertrainingFigure : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto golden = shared_path("goldens/over-training/fig1_series.json");
    if (!golden) GTEST_SKIP() << "no shared goldens";
    testbed_ = read_testbed("published:over-training");
    fits_ = fit_laws(testbed_, default_study(), {{"rpj"}, {"c4_val"}, {"avg_subset", "mmlu"}});
    golden_ = json::parse(read_file(*golden));
  }

  /// Some mark of the panel stands here, filled or hollow as asked.
  static bool has_mark(const Panel& panel, double x, double y, bool filled) {
    return std::any_of(panel.layers.begin(), panel.layers.end(), [&](const Layer& layer) {
      const Scatter* mark = std::get_if<Scatter>(&layer);
      return mark && mark->filled == filled && std::abs(mark->x[0] / x - 1) < 1e-6 &&
             std::abs(mark->y[0] / y - 1) < 1e-6;
    });
  }
  /// Some curve of the panel passes its first or last point here.
  static bool has_curve_end(const Panel& panel, double x, double y) {
    return std::any_of(panel.layers.begin(), panel.layers.end(), [&](const Layer& layer) {
      const Curve* curve = std::get_if<Curve>(&layer);
      if (!curve) return false;
      for (const std::size_t i : {std::size_t{0}, curve->x.size() - 1}) {
        if (std::abs(curve->x[i] / x - 1) < 1e-6 && std::abs(curve->y[i] / y - 1) < 1e-6)
          return true;
      }
      return false;
    });
  }
  void expect_marks(const Panel& panel, const char* series, const char* y, bool filled) const {
    const json& expected = golden_[series];
    for (std::size_t i = 0; i < expected["x"].size(); ++i) {
      EXPECT_TRUE(has_mark(panel, expected["x"][i], expected[y][i], filled)) << series << " " << i;
    }
  }

  Testbed testbed_;
  Fits fits_;
  json golden_;
};

TEST_F(OvertrainingFigure, figure1_has_the_published_marks) {
  const Figure figure = figure1(testbed_, default_study(), fits_);
  ASSERT_EQ(figure.panels.size(), 2u);
  EXPECT_EQ(
      figure.title,
      "RedPajama: 95% intervals of ±44% in loss and ±94% in error; larger runs came within 0.7% "
      "and 3.6%");
  expect_marks(figure.panels[0], "left_points_fit", "y_minus_E", true);
  expect_marks(figure.panels[0], "left_points_target", "y_minus_E", true);
  expect_marks(figure.panels[0], "left_predictions", "y_minus_E", false);
  expect_marks(figure.panels[1], "right_points_fit", "y", true);
  expect_marks(figure.panels[1], "right_points_target", "y", true);
  expect_marks(figure.panels[1], "right_predictions", "y", false);
}

TEST_F(OvertrainingFigure, figure1_has_the_published_lines) {
  const Figure figure = figure1(testbed_, default_study(), fits_);
  const Panel& panel = figure.panels[0];
  int n_lines = 0;
  for (const auto& [name, series] : golden_.items()) {
    if (!name.starts_with("left_dashed")) continue;
    EXPECT_TRUE(has_curve_end(panel, series["x"].back(), series["y"].back())) << name;
    EXPECT_TRUE(has_curve_end(panel, series["x"].front(), series["y"].front())) << name;
    ++n_lines;
  }
  EXPECT_EQ(n_lines, 8);
}

TEST_F(OvertrainingFigure, the_legend_of_figure1_has_every_dashed_line) {
  const Figure figure = figure1(testbed_, default_study(), fits_);
  std::set<std::uint32_t> explained;
  for (const LegendGroup& group : figure.legend) {
    for (const Layer& sample : group.samples) {
      if (const auto* scatter = std::get_if<Scatter>(&sample))
        explained.insert(scatter->colour.rgb);
      if (const auto* curve = std::get_if<Curve>(&sample)) explained.insert(curve->colour.rgb);
    }
  }
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* curve = std::get_if<Curve>(&layer); curve && curve->dash == Dash::dashed) {
      EXPECT_TRUE(explained.contains(curve->colour.rgb)) << curve->colour.hex();
    }
  }
}

TEST_F(OvertrainingFigure, task_panels_name_the_doubt) {
  const Figure figure = task_figure(testbed_, default_study(), fits_);
  ASSERT_EQ(figure.panels.size(), 2u);
  EXPECT_EQ(figure.panels[0].title, "17 tasks: +4%");
  EXPECT_EQ(figure.panels[1].title, "MMLU, 5-shot (chance level)");
  EXPECT_EQ(
      figure.title,
      "Trained on RedPajama: 1 of 2 errors follow loss without a doubt, and 1 of these within "
      "10% up to the larger runs");
  const Fits one = fit_laws(testbed_, default_study(), {{"rpj"}, {"c4_val"}, {"mmlu"}});
  EXPECT_EQ(task_figure(testbed_, default_study(), one).title,
            "Trained on RedPajama: 0 of 1 error follows loss without a doubt");
}

TEST_F(OvertrainingFigure, tasks_say_what_their_mark_means_where_there_is_one) {
  EXPECT_EQ(task_figure(testbed_, default_study(), fits_).subtitle.find("(!)"), std::string::npos);
  const Fits missed = fit_laws(testbed_, default_study(),
                               {{"c4_original"}, {"c4_val"}, {"bigbench_cs_algorithms"}});
  const Figure figure = task_figure(testbed_, default_study(), missed);
  EXPECT_TRUE(figure.panels[0].title.ends_with("(!)")) << figure.panels[0].title;
  EXPECT_TRUE(figure.subtitle.ends_with("; (!): bears no doubt, and is more than 10% off"))
      << figure.subtitle;
}

TEST_F(OvertrainingFigure, tokens_have_a_panel_a_training_set) {
  const Figure figure = token_figure(default_study(), fits_, token_curves(testbed_, "c4_val"));
  ASSERT_EQ(figure.panels.size(), 1u);
  EXPECT_EQ(figure.panels[0].title, "RedPajama");
  // The law and other runs of six sizes, the largest with one run, of four of them fitted ones.
  EXPECT_EQ(figure.panels[0].layers.size(), 2u * 6 + 4);
  std::size_t n_filled = 0;
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* runs = std::get_if<Scatter>(&layer); runs && runs->filled)
      n_filled += runs->x.size();
  }
  EXPECT_EQ(n_filled, fits_.loss_laws[0].models.size());
  EXPECT_NE(figure.title.find("at the median and by 14.7% at most, at 5 per parameter"),
            std::string::npos)
      << figure.title;
}

TEST_F(OvertrainingFigure, tokens_of_a_law_in_doubt_are_marked_and_have_no_message) {
  Fits fits = fits_;
  fits.loss_laws[0].fitted.fit.identified = false;
  const Figure figure = token_figure(default_study(), fits, token_curves(testbed_, "c4_val"));
  EXPECT_EQ(figure.panels[0].title, "RedPajama (!)");
  EXPECT_EQ(figure.title, "Loss against tokens per parameter");
  EXPECT_TRUE(figure.subtitle.ends_with("; (!): the law is not to be trusted"));
}

TEST_F(OvertrainingFigure, tokens_are_drawn_over_the_ratios_that_there_are) {
  std::erase_if(testbed_.models, [](const TestbedModel& model) {
    return model.tokens_per_parameter() < 20 || model.tokens_per_parameter() > 320;
  });
  const Fits fits = fit_laws(testbed_, default_study(), {{"rpj"}, {"c4_val"}, {"avg"}});
  const Figure figure = token_figure(default_study(), fits, token_curves(testbed_, "c4_val"));
  const Curve& law = std::get<Curve>(figure.panels[0].layers[0]);
  EXPECT_NEAR(law.x.front(), 20, 1e-9);
  EXPECT_NEAR(law.x.back(), 320, 1e-9);
}

TEST_F(OvertrainingFigure, correlations_are_sorted) {
  const CorrelationResult correlations =
      run_correlation({{"rpj"}, {"c4_val"}, {}}, testbed_, default_study());
  const Figure figure = correlation_figure(default_study(), correlations);
  const Heatmap& map = std::get<Heatmap>(figure.panels.at(0).layers.at(0));
  ASSERT_EQ(map.values.size(), 48u);
  for (std::size_t i = 1; i < map.values.size(); ++i)
    EXPECT_LE(map.values[i][0], map.values[i - 1][0]);
}

TEST(CostFigure, is_drawn_through_the_grid_and_says_what_lies_beyond_the_runs) {
  const auto cost_at = [](double ratio) {
    const Estimate estimate{ratio / 20, Interval{0.95, ratio / 40, ratio / 10, "delta-mean"}};
    return OverTrainingCost{ratio, estimate, estimate, estimate};
  };
  CostLine line{"C4", {cost_at(20), cost_at(5000)}};
  line.costs[1].beyond = {{kBeyondInRatio, 7.8}};
  line.curve = {cost_at(20), cost_at(300), cost_at(5000)};
  const Figure figure = cost_figure({line}, 1e21, "C4 eval");
  EXPECT_EQ(figure.title,
            "C4 at 5000 tokens per parameter: 250 (125 to 500) times the compute for 250 (125 to "
            "500) times the size");
  EXPECT_EQ(cost_figure({line, line}, 1e21, "C4 eval").title,
            "2 training sets at 5000 tokens per parameter: 250 times the compute for the "
            "same loss (intervals: 125 to 500)");
  EXPECT_TRUE(figure.subtitle.ends_with(
      "open marks: up to 7.8 times beyond the fitted runs' tokens per parameter"));
  std::size_t n_open = 0;
  for (const Layer& layer : figure.panels[0].layers) {
    if (const auto* curve = std::get_if<Curve>(&layer)) {
      EXPECT_EQ(curve->x.size(), 3u);
    }
    if (const auto* marks = std::get_if<Scatter>(&layer); marks && !marks->filled)
      n_open += marks->x.size();
  }
  EXPECT_EQ(n_open, 1u);
}

TEST(CostFigure, says_how_intervals_are_drawn_and_what_is_not_to_be_trusted) {
  const Estimate estimate{2, Interval{0.95, 1, 12, "delta-mean"}};
  CostLine line{"C4", {{1e6, estimate, estimate, estimate}}};
  const Figure bars = cost_figure({line}, 1e30, "C4 eval");
  EXPECT_NE(bars.subtitle.find("; bars: the law's 95% interval"), std::string::npos);
  EXPECT_EQ(bars.subtitle.find("trusted"), std::string::npos);
  EXPECT_GT(bars.panels[0].y.upper.value_or(0), 12);  // an end, not an arrow
  line.costs[0].doubt = "more than a hundred times outside the fitted runs";
  line.curve = line.costs;
  const Figure curve = cost_figure({line}, 1e30, "C4 eval");
  EXPECT_NE(curve.subtitle.find("; shaded: the law's 95% interval"), std::string::npos);
  EXPECT_TRUE(curve.subtitle.ends_with(
      "; not to be trusted: too far from the fitted runs, or too uncertain"));
}

TEST(CostFigure, says_that_a_band_goes_on_where_it_does) {
  const auto subtitle_of = [](double upper) {
    const auto cost_at = [&](double ratio) {
      const Estimate estimate{1 + ratio / 20, Interval{0.95, 1, upper * ratio, "delta-mean"}};
      return OverTrainingCost{ratio, estimate, estimate, estimate};
    };
    CostLine line{"C4", {cost_at(20), cost_at(320)}};
    line.curve = line.costs;
    return cost_figure({line}, 1e21, "C4 eval").subtitle;
  };
  EXPECT_EQ(subtitle_of(0.06).find("goes on"), std::string::npos) << subtitle_of(0.06);
  EXPECT_NE(subtitle_of(1e4).find("shaded: the law's 95% interval, which goes on"),
            std::string::npos);
}

TEST(BudgetFigure, tells_of_arrows_where_there_are_some) {
  const auto subtitle_of = [](double n, double most) {
    const auto plan_of = [](double size, double upper) {
      return BudgetPlan{.n_params = {size, Interval{0.95, size / 2, upper, "delta-mean"}},
                        .tokens_per_parameter = {20}};
    };
    return budget_figure({{"C4", {plan_of(1e12, 2e12), plan_of(n, most)}}}, 1e21, {0, 1e12}, "x")
        .subtitle;
  };
  EXPECT_NE(subtitle_of(1e9, 1e15).find("arrows"), std::string::npos);
  // A bar 500 times as long as it is high ends within the panel, where another point stands higher.
  EXPECT_EQ(subtitle_of(1e9, 5e11).find("arrows"), std::string::npos);
}

TEST(BudgetFigure, a_size_for_free_inference_is_a_ring_around_the_plan_at_its_place) {
  BudgetPlan plan{.n_params = {1e9},
                  .n_tokens = {2e10},
                  .tokens_per_parameter = {20},
                  .loss_nats = {2.5},
                  .loss_of_free_inference_size = 2.5};
  const Figure figure = budget_figure({{"C4", {plan}}}, 1e21, {0}, "C4 eval");
  std::vector<Scatter> marks;
  for (const auto& layer : figure.panels.back().layers) {
    if (const auto* scatter = std::get_if<Scatter>(&layer)) marks.push_back(*scatter);
  }
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_FALSE(marks[0].filled);
  EXPECT_TRUE(marks[1].filled);
  EXPECT_EQ(marks[0].x, marks[1].x);
  EXPECT_GT(marks[0].size_px, marks[1].size_px + 4);
}

TEST(BudgetFigure, says_what_is_best_where_there_is_nothing_to_compare) {
  const BudgetPlan plan{.n_params = {1e9}, .n_tokens = {2e10}, .tokens_per_parameter = {20}};
  EXPECT_EQ(budget_figure({{"C4", {plan}}}, 1e21, {0}, "C4 eval").title,
            "Best for the budget: C4 1B parameters on 20B tokens");
  EXPECT_EQ(budget_figure({{"C4", {plan, plan}}}, 1e21, {0, 1e12}, "C4 eval").title,
            "The more inference a budget also pays for, the smaller the model and the longer its "
            "training");
}

}  // namespace
}  // namespace rung::overtraining
