// The choice of model families against the published program's.
#include <gtest/gtest.h>

#include <algorithm>

#include "rung/study/observational/family_choice.hpp"
#include "rung/study/observational/subset.hpp"
#include "tests/golden/observe_goldens.hpp"

namespace rung::observational {
namespace {

/// A choice's families and objective on the published candidates' components.
class SelectGolden : public testing::TestWithParam<const char*> {};

TEST_P(SelectGolden, EveryBudgetHasTheSameFamilies) {
  const auto golden = observe_golden(std::string("select_") + GetParam());
  if (!golden) GTEST_SKIP() << "needs the shared data";
  const auto pcs = golden->at("pcs").get<std::vector<std::vector<double>>>();
  const auto family_of = golden->at("families").get<std::vector<std::string>>();
  const json& settings = golden->at("kwargs");
  const std::string included =
      settings["include_family"].is_null() ? "" : settings["include_family"];
  const std::size_t k = pcs[0].size();

  SubsetProblem problem;
  problem.all = Matrix(k, k);
  problem.max_families = settings["max_family_to_search"];
  problem.budgets = settings["num_model_budgets"].get<std::vector<std::size_t>>();
  const auto gram_of = [&](const std::string& family) {
    FamilyGram result{.n_models = 0, .gram = Matrix(k, k)};
    for (std::size_t i = 0; i < pcs.size(); ++i) {
      if (family != "" && family_of[i] != family) continue;
      ++result.n_models;
      for (std::size_t a = 0; a < k; ++a) {
        for (std::size_t b = 0; b < k; ++b) result.gram(a, b) += pcs[i][a] * pcs[i][b];
      }
    }
    return result;
  };
  problem.all = gram_of("").gram;
  std::vector<std::string> names;
  for (const json& name : settings["all_families_for_select"]) {
    const std::string family = name;
    if (std::find(family_of.begin(), family_of.end(), family) == family_of.end()) continue;
    if (family == included) continue;
    names.push_back(family);
    problem.families.push_back(gram_of(family));
  }
  if (!included.empty()) {
    problem.included = gram_of(included);
    problem.n_included = 1;
  }
  for (const double exhaustive_up_to : {2e9, 0.0}) {
    const SubsetResult found = best_subsets(problem, {.exhaustive_up_to = exhaustive_up_to});
    EXPECT_EQ(found.n_combinations, golden->at("n_combs_scored").get<double>());
    for (std::size_t b = 0; b < problem.budgets.size(); ++b) {
      SCOPED_TRACE("budget " + std::to_string(problem.budgets[b]));
      const json& best = golden->at("budgets").at(std::to_string(problem.budgets[b])).at("best");
      ASSERT_TRUE(found.best[b].has_value());
      std::vector<std::string> families;
      for (const std::size_t f : found.best[b]->families) families.push_back(names[f]);
      if (!included.empty()) families.push_back(included);
      EXPECT_EQ(families, best["families"].get<std::vector<std::string>>());
      EXPECT_EQ(found.best[b]->n_models, best["num_model"].get<std::size_t>());
      EXPECT_NEAR(found.best[b]->objective, best["objective"].get<double>(), 1e-12 * 30);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Runs, SelectGolden, testing::Values("eval", "sub7"),
                         [](const auto& info) { return std::string(info.param); });

struct WholeCase {
  const char* key;
  CandidateOptions candidates;
  std::vector<std::string> include;
};

class WholeSelectGolden : public testing::TestWithParam<WholeCase> {};

// From the published tables on: candidates, components, choice.
TEST_P(WholeSelectGolden, FollowsFromTheTables) {
  const auto golden = observe_golden(std::string("select_") + GetParam().key);
  const auto models = observe_models("base", "default");
  if (!golden || !models) GTEST_SKIP() << "needs the shared data";
  const std::vector<std::size_t> rows = candidates(*models, GetParam().candidates);
  ASSERT_EQ(rows.size(), golden->at("n_models").get<std::size_t>());
  ChoiceOptions options{.budgets = {4, 8, 12, 16, 20, 24, 28, 32, 36}};
  options.include_families = GetParam().include;
  const FamilyChoice choice = choose_families(*models, rows, options);
  EXPECT_EQ(choice.n_combinations, golden->at("n_combs_scored").get<double>());
  for (const BudgetChoice& budget : choice.budgets) {
    const json& best = golden->at("budgets").at(std::to_string(budget.budget)).at("best");
    std::vector<std::string> names;
    for (const std::size_t row : budget.best->models) names.push_back(models->names[row]);
    EXPECT_EQ(names, best["models"].get<std::vector<std::string>>());
    EXPECT_EQ(budget.best->families.size(), best["families"].size());
    EXPECT_NEAR(*budget.best->objective, best["objective"].get<double>(), 1e-9);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Runs, WholeSelectGolden,
    testing::Values(WholeCase{"eval", {.max_flops_1e21 = 84, .exclude_missing = true}, {}},
                    WholeCase{"sub7", {.max_size_b = 7}, {"Llama-2"}}),
    [](const auto& info) { return std::string(info.param.key); });

}  // namespace
}  // namespace rung::observational
