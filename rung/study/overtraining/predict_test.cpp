#include "rung/study/overtraining/predict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::overtraining {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OvertrainingPredictions : public ::testing::Test {
 protected:
  struct Published {
    Testbed testbed;
    Fits fits;
    std::filesystem::path goldens;
  };

  void SetUp() override {
    const auto goldens = shared_path("goldens/over-training");
    if (!goldens) GTEST_SKIP() << "no shared goldens";
    static const Published kPublished = [&] {
      Published made{read_testbed("published:over-training"), {}, *goldens};
      made.fits = fit_laws(made.testbed, default_study(), {{}, {"c4_val"}, {}});
      return made;
    }();
    published_ = &kPublished;
  }
  const Testbed& testbed() const { return published_->testbed; }
  json golden(const char* file) const { return json::parse(read_file(published_->goldens / file)); }
  std::size_t place(const std::vector<std::string>& names, const std::string& name) const {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
  const ErrorLaw& error_law(const std::string& train_set, const std::string& errors) const {
    const Choice& choice = published_->fits.choice;
    return published_->fits.error_law(place(choice.train_sets, train_set), 0,
                                      place(choice.error_sets, errors));
  }
  std::vector<ModelPrediction> predicted(const std::string& train_set,
                                         const std::string& errors) const {
    const Fits& fits = published_->fits;
    return predictions(testbed(), fits.loss_law(place(fits.choice.train_sets, train_set), 0),
                       error_law(train_set, errors),
                       fits.error_sets[place(fits.choice.error_sets, errors)]);
  }
  std::vector<Doubt> doubts_of(const std::string& train_set, const std::string& errors) const {
    const Fits& fits = published_->fits;
    return doubts(testbed(), fits.loss_law(place(fits.choice.train_sets, train_set), 0),
                  error_law(train_set, errors),
                  fits.error_sets[place(fits.choice.error_sets, errors)]);
  }

  const Published* published_ = nullptr;
};

/// Errors are compared with those of the exact optimum: the published program stopped up to 6e-6
/// short of it in k, which shows as 4e-7 in its predictions.
TEST_F(OvertrainingPredictions, equal_the_published_ones_for_every_model) {
  const json published = golden("predictions.json");
  const json optimality = golden("optimality.json")["down"];
  int n_compared = 0;
  for (const std::string& train_set : testbed().train_sets()) {
    for (const std::string errors : {"avg", "avg_subset"}) {
      const auto exact =
          optimality[train_set + "|c4_val|" + errors]["optimum"].get<std::vector<double>>();
      const auto error_at = [&](double loss) {
        return exact[2] - exact[0] * std::exp(-exact[1] * loss);
      };
      for (const ModelPrediction& row : predicted(train_set, errors)) {
        const json& expected = published[testbed().models[row.model].name];
        SCOPED_TRACE(testbed().models[row.model].name + " " + errors);
        const double loss = expected["loss"]["c4_val"]["pred"].get<double>();
        EXPECT_NEAR(*row.loss.predicted / loss, 1, 1e-7);
        EXPECT_EQ(*row.loss.actual, expected["loss"]["c4_val"]["true"]);
        EXPECT_NEAR(*row.error.predicted / error_at(loss), 1, 1e-7);
        EXPECT_NEAR(*row.error_from_true_loss.predicted / error_at(*row.loss.actual), 1, 1e-7);
        const json& error = expected["err_via_c4_val"][errors];
        EXPECT_NEAR(*row.error.predicted / error["pred_chained"].get<double>(), 1, 1e-6);
        EXPECT_EQ(row.in_loss_fit, expected["in_loss_fit"]);
        EXPECT_EQ(row.in_error_fit, expected["in_error_fit"]);
        ++n_compared;
      }
    }
  }
  EXPECT_EQ(n_compared, 208);
}

TEST_F(OvertrainingPredictions, headline_errors_are_the_published_ones) {
  struct Headline {
    const char *train_set, *model;
    double loss, all, subset;  // relative errors in percent
  };
  const Headline kHeadlines[] = {
      {"rpj", "rpj-open_lm_1b-32.0", 0.7103, 3.4362, 3.6365},
      {"rw_original", "rw_original-open_lm_1b-16.0", 0.0052, 4.2984, 5.6167},
      {"c4_original", "c4_original-open_lm_1b-4.0", 1.4979, 3.0819, 9.5818},
      {"c4_original", "c4_original-open_lm_7b-1.0", 4.2952, 0.0745, 0.1370},
      {"rpj", "rpj-open_lm_7b-1.0", 0.7320, 2.0969, 0.0464},
      {"rw_original", "rw_original-open_lm_7b-1.0", 1.6193, 2.7588, 2.9388}};
  std::vector<std::string> targets;
  for (const Headline& headline : kHeadlines) {
    SCOPED_TRACE(headline.model);
    for (const auto& [errors, expected] :
         {std::pair("avg", headline.all), std::pair("avg_subset", headline.subset)}) {
      for (const ModelPrediction& row : predicted(headline.train_set, errors)) {
        if (testbed().models[row.model].name != headline.model) continue;
        EXPECT_TRUE(row.is_target);
        EXPECT_NEAR(100 * std::abs(*row.loss.relative_error()), headline.loss, 1e-4);
        EXPECT_NEAR(100 * std::abs(*row.error.relative_error()), expected, 1e-4);
      }
    }
  }
  for (const std::string& train_set : testbed().train_sets()) {
    for (const ModelPrediction& row : predicted(train_set, "avg")) {
      if (row.is_target) targets.push_back(testbed().models[row.model].name);
    }
  }
  EXPECT_EQ(targets.size(), std::size(kHeadlines));
}

TEST_F(OvertrainingPredictions, every_average_has_intervals_that_widen_along_the_chain) {
  for (const std::string& train_set : testbed().train_sets()) {
    for (const ModelPrediction& row : predicted(train_set, "avg_subset")) {
      ASSERT_TRUE(row.loss.interval && row.error.interval && row.error_from_true_loss.interval);
      EXPECT_LT(row.loss.interval->lower, *row.loss.predicted);
      EXPECT_GT(row.loss.interval->upper, *row.loss.predicted);
      EXPECT_LE(row.error.interval->lower, *row.error.predicted);
      EXPECT_GE(row.error.interval->upper, *row.error.predicted);
      EXPECT_GE(row.error.interval->lower, 0);
      EXPECT_LE(row.error.interval->upper, 1);
    }
  }
}

/// What no doubt is raised of may still be off: far less often, and never by most of it.
TEST_F(OvertrainingPredictions, what_bears_no_doubt_is_seldom_far_off) {
  const Fits& fits = published_->fits;
  int n_undoubted = 0, n_far_off = 0, n_wide = 0, n_wide_far_off = 0;
  for (const std::string& train_set : fits.choice.train_sets) {
    for (const std::string& errors : fits.choice.error_sets) {
      const std::vector<Doubt> found = doubts_of(train_set, errors);
      const auto miss = worst_miss(predicted(train_set, errors));
      ASSERT_TRUE(miss);
      const bool far = std::abs(miss->relative_error) > 0.2;
      if (found.empty()) {
        ++n_undoubted, n_far_off += far;
        EXPECT_LT(std::abs(miss->relative_error), 0.5) << train_set << " " << errors;
      } else if (found == std::vector{Doubt::wide_interval}) {
        ++n_wide, n_wide_far_off += far;
      }
    }
  }
  EXPECT_GT(n_undoubted, 10);
  EXPECT_LE(n_far_off, n_undoubted / 10);
  EXPECT_GE(n_wide_far_off, n_wide / 3);  // the doubt is raised for a reason
}

TEST_F(OvertrainingPredictions, unpredictable_tasks_are_named) {
  EXPECT_TRUE(doubts_of("rpj", "avg").empty());
  EXPECT_TRUE(doubts_of("rpj", "avg_subset").empty());
  EXPECT_TRUE(doubts_of("rpj", "bigbench_strategy_qa").empty());
  EXPECT_THAT(doubts_of("rpj", "jeopardy"), ElementsAre(Doubt::wide_interval)) << "89% off";
  EXPECT_THAT(doubts_of("c4_original", "bigbench_repeat_copy_logic"), ElementsAre(Doubt::constant));
  EXPECT_THAT(doubts_of("rpj", "mmlu"), Contains(Doubt::chance_level));
  EXPECT_THAT(doubts_of("rpj", "winogrande"), Contains(Doubt::unbounded));
  EXPECT_THAT(doubts_of("rpj", "squad"), ElementsAre(Doubt::leaves_range)) << "-125% at 6.9B";
}

TEST_F(OvertrainingPredictions, ALawOfOneRatioSaysWhatItLacks) {
  LossLaw law = published_->fits.loss_laws.front();
  law.fitted.fit.identified = false;
  EXPECT_THAT(doubt_words(law), Not(HasSubstr("tokens per parameter")));
  law.fitted.lowest[0] = law.fitted.highest[0] = 20;
  EXPECT_THAT(doubt_words(law), HasSubstr("all have 20 tokens per parameter"));
}

}  // namespace
}  // namespace rung::overtraining
