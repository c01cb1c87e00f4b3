// The over-training testbed as it ships: its laws and its predictions against the published
// program's.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/study/overtraining/fits.hpp"
#include "rung/study/overtraining/predict.hpp"
#include "tests/golden/golden_numbers.hpp"

namespace rung::overtraining {
namespace {

using nlohmann::json;

struct Published {
  Testbed testbed = read_testbed("published:over-training");
  Fits fits = fit_laws(testbed, default_study(), {{}, {"c4_val"}, {"avg", "avg_subset"}});
  json numbers = golden_numbers("overtraining");
};

const Published& published() {
  static const Published kPublished;
  return kPublished;
}

void expect_near(double value, double expected, double tolerance) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

TEST(OvertrainingGolden, LawsOfTheDefaultStudy) {
  const Fits& fits = published().fits;
  ASSERT_EQ(fits.loss_laws.size(), 3u);
  ASSERT_EQ(fits.error_laws.size(), 6u);
  for (const ErrorLaw& law : fits.error_laws) {
    const std::string key = "train=" + law.train_set + "-loss=c4_val-downstream=" + law.error_set;
    SCOPED_TRACE(key);
    const json& expected = published().numbers.at("fits").at(key);
    EXPECT_EQ(law.fitted.fit.status, Status::certified);
    // The published program's single descent stops up to 6e-6 short of the optimum in k.
    for (const char* name : {"k", "gamma", "epsilon"})
      expect_near(law.fitted.value(name), expected.at("error").at(name), 2e-5);
    for (const LossLaw& loss_law : fits.loss_laws) {
      if (loss_law.train_set != law.train_set) continue;
      EXPECT_EQ(loss_law.fitted.fit.status, Status::certified);
      for (const char* name : {"a", "b", "eta", "E"})
        expect_near(loss_law.fitted.value(name), expected.at("loss").at(name), 1e-6);
    }
  }
}

TEST(OvertrainingGolden, HeadlinePredictions) {
  const Testbed& testbed = published().testbed;
  const Fits& fits = published().fits;
  std::size_t n_compared = 0;
  for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
    for (std::size_t e = 0; e < fits.choice.error_sets.size(); ++e) {
      for (const ModelPrediction& row :
           predictions(testbed, fits.loss_law(t, 0), fits.error_law(t, 0, e), fits.error_sets[e])) {
        const std::string& name = testbed.models[row.model].name;
        if (!published().numbers.at("targets").contains(name)) continue;
        SCOPED_TRACE(name);
        const json& target = published().numbers.at("targets").at(name);
        EXPECT_EQ(*row.loss.actual, target.at("loss").at("true").get<double>());
        expect_near(*row.loss.predicted, target.at("loss").at("pred"), 1e-7);
        const json& error = target.at("error").at(fits.choice.error_sets[e]);
        expect_near(*row.error.actual, error.at("true"), 1e-14);
        expect_near(*row.error.predicted, error.at("pred_chained"), 1e-6);
        expect_near(*row.error_from_true_loss.predicted, error.at("pred_from_true_loss"), 1e-6);
        ++n_compared;
      }
    }
  }
  EXPECT_EQ(n_compared, 12u);  // six models, two averages
}

}  // namespace
}  // namespace rung::overtraining
