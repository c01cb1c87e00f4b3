#include "rung/study/overtraining/fits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rung/data/reader/testbed_folder.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::overtraining {
namespace {

using nlohmann::json;

/// All fits of the published testbed, made once.
class OvertrainingFits : public ::testing::Test {
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
      made.fits = fit_laws(made.testbed, default_study());
      return made;
    }();
    published_ = &kPublished;
  }
  const Fits& fits() const { return published_->fits; }
  json golden(const char* file) const { return json::parse(read_file(published_->goldens / file)); }

  const Published* published_ = nullptr;
};

double relative(double value, double expected) { return std::abs(value - expected) / expected; }

TEST_F(OvertrainingFits, loss_laws_are_the_true_optima) {
  const json optimality = golden("optimality.json")["loss"];
  ASSERT_EQ(fits().loss_laws.size(), 24u);
  for (const LossLaw& law : fits().loss_laws) {
    const std::string key = law.train_set + "|" + law.loss_set;
    SCOPED_TRACE(key);
    // Published as E + alpha N^p + beta 6^(p/2) (M N)^p.
    const auto expected = optimality[key]["optimum"].get<std::vector<double>>();
    const double eta = -expected[2] / 2;
    EXPECT_EQ(law.fitted.fit.status, Status::certified);
    EXPECT_LT(relative(law.fitted.value("a"), expected[0] * std::pow(6, eta)), 1e-6);
    EXPECT_LT(relative(law.fitted.value("b"), expected[1]), 1e-6);
    EXPECT_LT(relative(law.fitted.value("eta"), eta), 1e-6);
    EXPECT_LT(relative(law.fitted.value("E"), expected[3]), 1e-6);
    EXPECT_LT(law.fitted.fit.objective, optimality[key]["ssr_upstream"].get<double>() * (1 + 1e-9));
  }
}

TEST_F(OvertrainingFits, error_laws_of_the_averages_are_the_true_optima) {
  const json optimality = golden("optimality.json")["down"];
  for (const ErrorLaw& law : fits().error_laws) {
    if (law.error_set != "avg" && law.error_set != "avg_subset") continue;
    const std::string key = law.train_set + "|" + law.loss_set + "|" + law.error_set;
    SCOPED_TRACE(key);
    const auto expected = optimality[key]["optimum"].get<std::vector<double>>();
    EXPECT_EQ(law.fitted.fit.status, Status::certified);
    EXPECT_LT(relative(law.fitted.value("k"), expected[0]), 2e-5);
    EXPECT_LT(relative(law.fitted.value("gamma"), expected[1]), 2e-5);
    EXPECT_LT(relative(law.fitted.value("epsilon"), expected[2]), 2e-5);
  }
}

TEST_F(OvertrainingFits, no_task_fits_worse_than_in_the_published_program) {
  const json downstream = golden("downstream_fits.json");
  ASSERT_EQ(fits().error_laws.size(), 1152u);
  int n_compared = 0;
  for (const ErrorLaw& law : fits().error_laws) {
    const std::string key = law.train_set + "|" + law.loss_set + "|" + law.error_set;
    const json& published = downstream[key];
    if (!published["ok"].get<bool>()) continue;
    // Rounding is all that is left of a perfect fit.
    EXPECT_LE(law.fitted.fit.objective, published["ssr"].get<double>() * (1 + 1e-6) + 1e-28) << key;
    ++n_compared;
  }
  EXPECT_GT(n_compared, 1000);
}

/// The reference classed each fit by the lowest of its finite optimum and the three limits.
TEST_F(OvertrainingFits, infinite_parameters_are_named_as_such) {
  const json optimality = golden("optimality.json")["down"];
  int n_unbounded = 0;
  for (const ErrorLaw& law : fits().error_laws) {
    const std::string key = law.train_set + "|" + law.loss_set + "|" + law.error_set;
    const json& reference = optimality[key];
    if (!reference.contains("ssr_line_limit")) continue;  // every run has the same error
    SCOPED_TRACE(key + " " + reference.dump());
    const double line = reference["ssr_line_limit"].get<double>(),
                 plus = reference["ssr_gamma_to_plus_inf"].get<double>(),
                 minus = reference["ssr_gamma_to_minus_inf"].get<double>();
    const double limit = std::min({line, plus, minus});
    if (law.fitted.fit.status == Status::unbounded) {
      ++n_unbounded;
      EXPECT_LE(limit, law.fitted.fit.objective * (1 + 1e-9));
      ASSERT_FALSE(law.fitted.fit.notes.empty());
      EXPECT_THAT(law.fitted.fit.notes.front(),
                  ::testing::HasSubstr(limit == line   ? "straight line"
                                       : limit == plus ? "lowest L"
                                                       : "highest L"));
    } else {
      EXPECT_EQ(law.fitted.fit.status, Status::certified);
      EXPECT_LT(law.fitted.fit.objective, limit);
    }
  }
  EXPECT_GT(n_unbounded, 50);
}

TEST_F(OvertrainingFits, threads_change_nothing) {
  const Fits one = fit_laws(published_->testbed, default_study(), {{"rpj"}, {"c4_val"}, {}}, 1);
  const Fits two = fit_laws(published_->testbed, default_study(), {{"rpj"}, {"c4_val"}, {}}, 2);
  ASSERT_EQ(one.error_laws.size(), 48u);
  for (std::size_t i = 0; i < one.error_laws.size(); ++i) {
    EXPECT_EQ(one.error_laws[i].fitted.fit.theta, two.error_laws[i].fitted.fit.theta);
  }
}

TEST_F(OvertrainingFits, names_choices_that_are_not_there) {
  EXPECT_THROW(fit_laws(published_->testbed, default_study(), {{"rpk"}, {}, {}}), InputError);
  EXPECT_THROW(fit_laws(published_->testbed, default_study(), {{}, {"c4"}, {}}), InputError);
  EXPECT_THROW(fit_laws(published_->testbed, default_study(), {{}, {}, {"hella"}}), InputError);
}

}  // namespace
}  // namespace rung::overtraining
