// Fits of metrics against the published program's numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "rung/study/observational/formula_text.hpp"
#include "rung/study/observational/metric_fit.hpp"
#include "tests/golden/observe_goldens.hpp"
#include "tests/support/observe_fits.hpp"

namespace rung::observational {
namespace {

std::vector<std::string> parts_of(const std::string& key) {
  std::vector<std::string> parts;
  std::istringstream in(key);
  for (std::string part; std::getline(in, part, '|');) parts.push_back(part);
  return parts;
}

PredictorOptions predictor(const std::string& name) {
  return parse_predictor(name == "FLOPs"        ? "flops"
                         : name == "Model Size" ? "size"
                                                : "pc:" + name.substr(2));
}

RegressionOptions regression(const std::string& link, const std::string& method) {
  RegressionOptions options;
  options.link = link == "None"  ? Link::identity
                 : link == "exp" ? Link::exponential
                                 : parse_link(link);
  if (method == "robust_delta1") options.loss = Loss::huber(1);
  if (method == "robust_default") options.loss = Loss::huber(0.1);
  return options;
}

/// The published sample: its models, first those that were learnt from, with its y.
Sample sample_of(const Models& models, const json& golden) {
  Sample sample;
  sample.models = models.rows(rows_named(models, golden["models"]));
  for (const json& y : golden["y"]) sample.y.push_back(number(y));
  const std::size_t n_train = golden["n_train"];
  for (std::size_t i = 0; i < sample.y.size(); ++i)
    (i < n_train ? sample.train : sample.test).push_back(i);
  return sample;
}

/// What an objective is in the published units: least squares a sum of squares, Huber a sum.
double objective_of(const std::vector<double>& y, const std::vector<double>& predicted,
                    std::size_t n, const Loss& loss) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = std::abs(predicted[i] - y[i]);
    if (loss.kind == LossKind::squared) {
      sum += r * r;
    } else {
      const double delta = loss.parameter;
      sum += r <= delta ? r * r / 2 : delta * (r - delta / 2);
    }
  }
  return sum;
}

/// The published optimum is the best known of these, where the others have a better one.
struct Counts {
  int n = 0, same = 0, better = 0;
};

Counts compare(const std::string& file, const Models& default_models, const Models& other) {
  const json all = *observe_golden("d_" + file);
  Counts counts;
  for (const auto& [key, golden] : all["fits"].items()) {
    if (!golden.contains("models")) continue;
    SCOPED_TRACE(key);
    const std::vector<std::string> parts = parts_of(key);
    const MetricFitOptions options{predictor(parts[3]), regression(parts[1], parts[2])};
    // statsmodels' delta is in units of the residuals' own spread, so its optimum is another.
    if (options.regression.link == Link::identity &&
        options.regression.loss.kind != LossKind::squared)
      continue;
    const Sample sample = sample_of(parts[0] == "default" ? default_models : other, golden);
    const MetricFit fit = fit_metric(sample, options);
    std::vector<double> theirs;
    for (const json& y : golden["pred"]) theirs.push_back(number(y));
    const double published =
        objective_of(sample.y, theirs, sample.train.size(), options.regression.loss);
    EXPECT_LE(fit.regression.fit.objective, published * (1 + 1e-10) + 1e-18);
    ++counts.n;
    if (fit.regression.fit.objective < published * (1 - 1e-6)) {
      ++counts.better;
      continue;
    }
    ++counts.same;
    if (options.regression.loss.kind != LossKind::squared) continue;
    EXPECT_NEAR(*fit.train.mse, number(golden["metrics"]["mse_train"]), 1e-7 * *fit.train.mse);
    if (fit.test.n == 0 || fit.regression.fit.status == Status::unbounded) continue;
    // The published optimum is as near as its own stopping rule allows: 1.5e-3 in the worst case.
    EXPECT_NEAR(*fit.test.mse, number(golden["metrics"]["mse_test"]), 1.6e-3 * *fit.test.mse);
    EXPECT_NEAR(*fit.test.mae, number(golden["metrics"]["mae_test"]), 1.6e-3 * *fit.test.mae);
  }
  return counts;
}

TEST(FitGolden, EmergentCapabilitiesAgreeOrAreBetter) {
  const auto models = observe_models("base-all-later", "default");
  if (!models || !observe_golden("d_emergent")) GTEST_SKIP() << "needs the shared data";
  const Counts counts = compare("emergent", *models, *observe_models("base-all-later", "no-gsm8k"));
  EXPECT_GT(counts.n, 450);
  EXPECT_GT(counts.same, 300);
}

TEST(FitGolden, PostTrainingAgreesOrIsBetter) {
  const auto models = observe_models("base-all-later", "default");
  if (!models || !observe_golden("d_post_training")) GTEST_SKIP() << "needs the shared data";
  const Counts counts =
      compare("post_training", *models, *observe_models("base-all-later", "no-gsm8k"));
  EXPECT_GT(counts.n, 300);
}

// The published samples, found by our own selection.

Models emergent_models(const std::string& set) {
  return *observe_models(set, "no-gsm8k", "base_llm_emergent_capability_eval.csv");
}

struct SplitCase {
  const char* suffix;
  const char* set;
  Split split;
  const char* by;
};

class SplitGolden : public testing::TestWithParam<SplitCase> {};

TEST_P(SplitGolden, SelectsTheSameModels) {
  const auto golden = observe_golden("d_emergent");
  if (!golden) GTEST_SKIP() << "needs the shared data";
  const std::string metric = "word_unscrambling_2_exact_match";
  const json& theirs = golden->at("fits").at("nongsm|sigmoid-parametric|ols|PC3|" + metric +
                                             std::string(GetParam().suffix));
  const SampleOptions options{
      .metric = metric, .split = GetParam().split, .split_by = GetParam().by};
  const Sample sample = make_sample(emergent_models(GetParam().set), options);
  const MetricFit fit = fit_metric(sample, {});
  EXPECT_EQ(fit.train.n, theirs["n_train"].get<std::size_t>());
  EXPECT_EQ(fit.test.n, theirs["n_test"].get<std::size_t>());
  EXPECT_NEAR(*fit.train.mse, number(theirs["metrics"]["mse_train"]), 1e-7 * *fit.train.mse);
  if (fit.test.n > 0) {
    EXPECT_NEAR(*fit.test.mse, number(theirs["metrics"]["mse_test"]), 1.5e-3 * *fit.test.mse);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Splits, SplitGolden,
    testing::Values(SplitCase{"", "base-compute", {}, "flops"},
                    SplitCase{"|allfamilies", "base", {}, "flops"},
                    SplitCase{"|nosplit", "base-compute", {.method = Split::Method::none}, "flops"},
                    SplitCase{"|split:rank_by_FLOPs (1E21):0.3",
                              "base-compute",
                              {.method = Split::Method::rank, .test = 0.3},
                              "flops"},
                    SplitCase{"|split:rank_by_FLOPs (1E21):10",
                              "base-compute",
                              {.method = Split::Method::rank, .test = 10},
                              "flops"},
                    SplitCase{"|split:rank_by_y_metric:0.2",
                              "base-compute",
                              {.method = Split::Method::rank, .test = 0.2},
                              "y"}));

TEST(FitGolden, HeldOutFamiliesAreNotLearntFrom) {
  const auto golden = observe_golden("x_edge");
  if (!golden) GTEST_SKIP() << "needs the shared data";
  for (const bool add : {false, true}) {
    const json& theirs = golden->at(add ? "heldout|add=True" : "heldout|add=False");
    SampleOptions options{.metric = "word_unscrambling_2_exact_match"};
    options.hold_out = "`Model Family` in ('Pythia', 'OPT')";
    options.test_held_out = add;
    const MetricFit fit = fit_metric(make_sample(emergent_models("base-compute"), options), {});
    EXPECT_EQ(fit.train.n, theirs["n_train"].get<std::size_t>());
    EXPECT_EQ(fit.test.n, theirs["n_test"].get<std::size_t>());
    EXPECT_EQ(fit.held_out.n, add ? 0u : 16u);
    EXPECT_NEAR(*fit.test.mse, number(theirs["metrics"]["mse_test"]), 1.5e-3 * *fit.test.mse);
  }
}

TEST(FitGolden, EquivalentScalesAndFormulasAgree) {
  const auto golden = observe_golden("d_emergent");
  if (!golden) GTEST_SKIP() << "needs the shared data";
  const std::string metric = "word_unscrambling_2_exact_match";
  const json& theirs = golden->at("fits").at("nongsm|sigmoid-parametric|ols|PC3|" + metric);
  const Sample sample = make_sample(emergent_models("base-compute"), {.metric = metric});
  const MetricFit fit = fit_metric(sample, {});
  const EquivalentScale scale = equivalent_scale(sample, fit, "Llama-2", "flops");
  EXPECT_EQ(scale.n_models, theirs["equiv"]["n_ref"].get<std::size_t>());
  EXPECT_NEAR(scale.slope, theirs["equiv"]["w"].get<double>(), 1e-3);
  EXPECT_NEAR(scale.intercept, theirs["equiv"]["b"].get<double>(), 1e-3);
  std::map<std::string, double> published;
  for (std::size_t i = 0; i < theirs["models"].size(); ++i)
    published[theirs["models"][i]] = theirs["equiv"]["x"][i];
  for (std::size_t i = 0; i < fit.rows.size(); ++i)
    EXPECT_NEAR(scale.log10_scale[i], published.at(sample.models.names[fit.rows[i].model]), 1e-3);
  // Components' signs are ours to choose, so only the text's shape and the constant are compared.
  EXPECT_TRUE(formula_text(fit.regression, fit.predictors.names).ends_with(" - 4.65)"));
}

// AgentBench and AgentBoard: means of benchmarks' scores, the best tenth to be tried.
TEST(FitGolden, AgentsAgree) {
  const auto golden = observe_golden("d_agent");
  const auto models = observe_models("instruct", "instruct");
  if (!golden || !models) GTEST_SKIP() << "needs the shared data";
  int n = 0;
  for (const auto& [key, theirs] : golden->at("fits").items()) {
    const std::vector<std::string> parts = parts_of(key);
    if (!theirs.contains("models") || parts[2] != "ols" || parts[3][0] != 'P') continue;
    SCOPED_TRACE(key);
    const MetricFit fit = fit_metric(sample_of(*models, theirs),
                                     {predictor(parts[3]), regression(parts[1], parts[2])});
    const double published = number(theirs["metrics"]["mse_train"]);
    EXPECT_LE(*fit.train.mse, published * (1 + 1e-7));
    ++n;
  }
  EXPECT_EQ(n, 8);
}

// The samples, too, are found as the study's notebooks find them.
TEST(FitGolden, NoneOfSixtyStartsFindsAnythingBetter) {
  const auto golden = observe_golden("m_multistart");
  if (!golden) GTEST_SKIP() << "needs the shared data";
  const std::vector<PublishedFit> fits = published_fits();
  EXPECT_EQ(fits.size(), 92u);
  for (const PublishedFit& published : fits) {
    SCOPED_TRACE(published.key);
    const json& theirs = golden->at("fits").at(published.key);
    for (const bool certify : {true, false}) {
      SCOPED_TRACE(certify ? "certified" : "from few starts");
      const MetricFit fit =
          fit_metric(make_sample(published.models, published.sample),
                     {parse_predictor(published.x),
                      RegressionOptions{.link = published.link, .certify = certify}});
      ASSERT_EQ(fit.train.n, theirs["n_train"].get<std::size_t>());
      const double best = number(theirs["multistart"]["mse_train"]);
      EXPECT_LE(*fit.train.mse, best * (1 + 1e-7));
      const double test = number(theirs["multistart"]["mse_test"]);
      if (std::isnan(test) || *fit.train.mse < best * (1 - 1e-7)) continue;
      EXPECT_NEAR(*fit.test.mse, test, 1.5e-3 * test);
    }
  }
}

}  // namespace
}  // namespace rung::observational
