// Imputation, components and lines against the published program's numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/statistics.hpp"
#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/line.hpp"
#include "rung/study/observational/pca.hpp"
#include "tests/golden/observe_goldens.hpp"

namespace rung::observational {
namespace {

/// Columns of `ours` are those of `theirs`, each up to its sign.
void expect_same_up_to_sign(const Matrix& ours, const json& theirs, double tolerance) {
  for (std::size_t k = 0; k < ours.n_columns; ++k) {
    double apart = 0, apart_mirrored = 0;
    for (std::size_t i = 0; i < ours.n_rows; ++i) {
      const double value = theirs[i][k];
      apart = std::max(apart, std::abs(ours(i, k) - value));
      apart_mirrored = std::max(apart_mirrored, std::abs(ours(i, k) + value));
    }
    EXPECT_LE(std::min(apart, apart_mirrored), tolerance) << "component " << k + 1;
  }
}

struct PcaCase {
  const char* key;
  const char* set;
};

class PcaGolden : public testing::TestWithParam<PcaCase> {};

TEST_P(PcaGolden, ImputedCellsAndScoresAgree) {
  const auto all = observe_golden("b_pca");
  if (!all) GTEST_SKIP() << "needs the shared data";
  const json& golden = all->at(GetParam().key);
  const auto metrics = golden["metrics"].get<std::vector<std::string>>();
  std::string columns;
  for (const std::string& metric : metrics) columns += metric + ",";
  const Models set = *observe_models(GetParam().set, columns);
  const Models models = set.rows(rows_named(set, golden["models"]));

  const json& settings = golden["impute"];
  ImputeOptions options{.rank = settings["n_components"]};
  if (settings["boundary"].is_null()) options.boundary.reset();
  const Imputed imputed = impute(models.scores, options);
  std::size_t n_missing = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = 0; j < metrics.size(); ++j) {
      n_missing += std::isnan(models.scores(i, j));
      EXPECT_NEAR(imputed.scores(i, j), golden["imputed"][i][j].get<double>(), 1e-12)
          << models.names[i] << " " << metrics[j];
    }
  }
  EXPECT_EQ(n_missing, golden["n_missing"].get<std::size_t>());

  const Pca found = pca(imputed.scores, {.n_components = golden["pca"]["n_components"]});
  expect_same_up_to_sign(found.scores(imputed.scores), golden["pca"]["scores"], 1e-12);
  for (std::size_t k = 0; k < found.explained_variance.size(); ++k) {
    EXPECT_NEAR(found.explained_variance_ratio[k],
                golden["pca"]["explained_variance_ratio"][k].get<double>(), 1e-13);
    EXPECT_NEAR(found.explained_variance[k], golden["pca"]["explained_variance"][k].get<double>(),
                1e-13);
  }
  if (!golden.contains("test")) return;
  const json& test = golden["test"];
  const Models tried = set.rows(rows_named(set, test["models"]));
  const Matrix filled = imputed.imputer.fill(tried.scores);
  for (std::size_t i = 0; i < tried.size(); ++i) {
    for (std::size_t j = 0; j < metrics.size(); ++j)
      EXPECT_NEAR(filled(i, j), test["imputed"][i][j].get<double>(), 1e-12);
  }
  expect_same_up_to_sign(found.scores(filled), test["scores"], 1e-12);
}
INSTANTIATE_TEST_SUITE_P(
    Sets, PcaGolden,
    testing::Values(PcaCase{"base_default", "base"}, PcaCase{"base_prereg_default", "base-later"},
                    PcaCase{"base_allfam_prereg_default", "base-all-later"},
                    PcaCase{"base_nongsm", "base"}, PcaCase{"base_default_noboundary", "base"},
                    PcaCase{"base_default_imp2", "base"},
                    PcaCase{"sub10b_default", "base-all-later"}, PcaCase{"instruct7", "instruct"},
                    PcaCase{"base_default_cut84", "base"}, PcaCase{"base_nongsm_cut84", "base"}),
    [](const auto& info) { return std::string(info.param.key); });

TEST(PcaGoldens, StandardizedAndSparseAgree) {
  const auto golden = observe_golden("b_pca");
  if (!golden) GTEST_SKIP() << "needs the shared data";
  const Models models = *observe_models("base", "default");
  const Matrix filled = impute(models.scores).scores;
  const Pca standardized = pca(filled, {.standardize = true});
  const json& theirs = golden->at("base_default_standardized");
  expect_same_up_to_sign(standardized.scores(filled), theirs["scores"], 1e-12);
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(standardized.explained_variance_ratio[k], theirs["evr"][k].get<double>(), 1e-13);
  // Theirs stops when its objective changes by less than 1e-8; ours is the limit of the same
  // descent.
  const Pca sparse = pca(filled, {.n_components = 3, .sparse = true, .alpha = 0.1});
  const json& published = golden->at("base_default_sparse_alpha0.1");
  json by_metric = json::array();
  for (std::size_t j = 0; j < 8; ++j) {
    json row = json::array();
    for (std::size_t k = 0; k < 3; ++k) row.push_back(published["components"][k][j]);
    by_metric.push_back(row);
  }
  expect_same_up_to_sign(transposed(sparse.components), by_metric, 1e-3);
  expect_same_up_to_sign(sparse.scores(filled), published["scores"], 1e-3);
}

struct LineCase {
  const char* key;
  const char* set;
};

class LineGolden : public testing::TestWithParam<LineCase> {};

TEST_P(LineGolden, SlopesAndFitsAgree) {
  const auto all = observe_golden("c_lines");
  if (!all) GTEST_SKIP() << "needs the shared data";
  const Models models = *observe_models(GetParam().set, "default");
  const Matrix filled = impute(models.scores).scores;
  const Matrix scores = pca(filled).scores(filled);
  int n_compared = 0;
  for (const auto& [name, golden] : all->at(GetParam().key).items()) {
    SCOPED_TRACE(name);
    if (!golden.contains("families")) continue;
    const std::string value = name.substr(0, name.find(" ~ "));
    const std::string scale = name.find("FLOPs") != std::string::npos ? "flops" : "size";
    const bool is_component = value.starts_with("PC-");
    const auto metric = std::find(models.metrics.begin(), models.metrics.end(), value);
    const std::vector<double> values =
        is_component ? scores.column(std::stoul(value.substr(3)) - 1)
                     : filled.column(static_cast<std::size_t>(metric - models.metrics.begin()));
    const ScaleLines lines = scale_lines(models, value, values, scale);
    if (is_component && scale == "flops") {
      EXPECT_EQ(lines.n_in_mean, golden["n_families_in_avg"].get<std::size_t>());
      EXPECT_NEAR(*lines.mean_r2, golden["r2_avg"].get<double>(), 1e-9);
    }
    EXPECT_EQ(lines.pooled->n, golden["pooled"]["n"].get<std::size_t>());
    for (const FamilyLine& family : lines.families) {
      if (!golden["families"].contains(family.family)) continue;
      const json& theirs = golden["families"][family.family];
      EXPECT_EQ(family.n, theirs["n"].get<std::size_t>()) << family.family;
      if (!theirs.contains("slope") || !family.line) continue;
      // A component's sign is ours to choose: it turns slope, intercept and correlations.
      const double sign =
          is_component && family.line->slope * theirs["slope"].get<double>() < 0 ? -1 : 1;
      EXPECT_NEAR(sign * family.line->slope, theirs["slope"].get<double>(), 1e-9);
      EXPECT_NEAR(sign * family.line->intercept, theirs["intercept"].get<double>(), 1e-9);
      if (family.line->r2 && !theirs["r2"].is_null()) {
        EXPECT_NEAR(*family.line->r2, theirs["r2"].get<double>(), 1e-9);
      }
      ++n_compared;
    }
  }
  EXPECT_GT(n_compared, 100);
}
INSTANTIATE_TEST_SUITE_P(Sets, LineGolden,
                         testing::Values(LineCase{"base_default", "base"},
                                         LineCase{"base_prereg_default", "base-later"}),
                         [](const auto& info) { return std::string(info.param.key); });

}  // namespace
}  // namespace rung::observational
