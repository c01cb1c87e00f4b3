#include "rung/study/observational/family_choice.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"

namespace rung::observational {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// The families of the candidates with their components' Grams.
struct Pool {
  std::vector<std::string> names;                // to choose among
  std::vector<std::vector<std::size_t>> models;  // rows, by name
  std::vector<std::size_t> included_models;
  SubsetProblem problem;
};

void add_outer_product(std::span<const double> x, Matrix& gram) {
  for (std::size_t a = 0; a < x.size(); ++a) {
    for (std::size_t b = 0; b < x.size(); ++b) gram(a, b) += x[a] * x[b];
  }
}

Pool pool_of(const Models& models, const std::vector<std::size_t>& rows,
             const ChoiceOptions& options) {
  const Predictors predictors = learn_predictors(models, rows, options.predictor);
  const Matrix x = predictors.of(models);
  const std::size_t k = x.n_columns;
  Pool pool;
  SubsetProblem& problem = pool.problem;
  problem.all = problem.included.gram = Matrix(k, k);
  problem.max_families = options.max_families;
  problem.budgets = options.budgets;
  std::vector<std::string> included;
  for (const std::size_t row : rows) {
    const std::string& family = models.families[row];
    add_outer_product(x.row(row), problem.all);
    if (holds(options.include_families, family)) {
      if (!holds(included, family)) included.push_back(family);
      add_outer_product(x.row(row), problem.included.gram);
      pool.included_models.push_back(row);
      continue;
    }
    const auto found = std::find(pool.names.begin(), pool.names.end(), family);
    const std::size_t place = static_cast<std::size_t>(found - pool.names.begin());
    if (found == pool.names.end()) {
      pool.names.push_back(family);
      pool.models.emplace_back();
      problem.families.push_back({.n_models = 0, .gram = Matrix(k, k)});
    }
    pool.models[place].push_back(row);
    ++problem.families[place].n_models;
    add_outer_product(x.row(row), problem.families[place].gram);
  }
  problem.included.n_models = pool.included_models.size();
  problem.n_included = included.size();
  std::vector<Problem> problems;
  for (const std::string& family : options.include_families) {
    if (!holds(included, family))
      problems.push_back({{},
                          "no candidate is of the family '" + family + "' that is to be included",
                          did_you_mean(family, pool.names)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return pool;
}

ChosenFamilies chosen_of(const Pool& pool, const ChoiceOptions& options,
                         const std::vector<std::size_t>& families) {
  ChosenFamilies result;
  result.models = pool.included_models;
  for (const std::size_t family : families) {
    result.families.push_back(pool.names[family]);
    result.models.insert(result.models.end(), pool.models[family].begin(),
                         pool.models[family].end());
  }
  result.families.insert(result.families.end(), options.include_families.begin(),
                         options.include_families.end());
  std::sort(result.models.begin(), result.models.end());
  result.objective = subset_objective(pool.problem, families);
  return result;
}

std::vector<std::size_t> drawn_families(const Pool& pool, std::size_t budget, Rng& rng) {
  std::vector<std::size_t> order(pool.names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  std::vector<std::size_t> drawn;
  std::size_t n_models = pool.included_models.size();
  for (const std::size_t family : order) {
    if (drawn.size() + pool.problem.n_included == pool.problem.max_families) break;
    if (n_models + pool.models[family].size() > budget) continue;
    n_models += pool.models[family].size();
    drawn.push_back(family);
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace

std::vector<std::size_t> candidates(const Models& models, const CandidateOptions& options) {
  if (!options.families.empty()) with_families(models, options.families);  // checks the names
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (!options.families.empty() && !holds(options.families, models.families[i])) continue;
    if (options.max_size_b && !(models.size_b[i] <= *options.max_size_b)) continue;
    if (options.max_flops_1e21 && !(models.flops_1e21[i] <= *options.max_flops_1e21)) continue;
    const auto scores = models.scores.row(i);
    if (options.exclude_missing &&
        std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); }))
      continue;
    rows.push_back(i);
  }
  if (rows.empty())
    throw InputError("none of the " + std::to_string(models.size()) +
                     " models is within the limits: there is nothing to choose among");
  return rows;
}

std::vector<std::size_t> beyond_limits(const Models& models, const CandidateOptions& options) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const bool too_large = options.max_size_b && !(models.size_b[i] <= *options.max_size_b);
    const bool too_much =
        options.max_flops_1e21 && !(models.flops_1e21[i] <= *options.max_flops_1e21);
    if (too_large || too_much) rows.push_back(i);
  }
  return rows;
}

FamilyChoice choose_families(const Models& models, const std::vector<std::size_t>& rows,
                             const ChoiceOptions& options) {
  const Pool pool = pool_of(models, rows, options);
  const SubsetResult found = best_subsets(pool.problem, options.subset);
  FamilyChoice result;
  result.n_candidates = rows.size();
  result.n_combinations = found.n_combinations;
  result.method = found.method;
  for (std::size_t b = 0; b < options.budgets.size(); ++b) {
    BudgetChoice choice{.budget = options.budgets[b], .best = {}, .random = {}};
    if (found.best[b]) {
      choice.best = chosen_of(pool, options, found.best[b]->families);
      choice.best->objective = found.best[b]->objective;
    }
    Rng rng(options.seed, choice.budget);
    for (std::size_t draw = 0; draw < options.n_random; ++draw)
      choice.random.push_back(chosen_of(pool, options, drawn_families(pool, choice.budget, rng)));
    result.budgets.push_back(std::move(choice));
  }
  return result;
}

ChoiceErrors choice_errors(const Models& models, const std::vector<std::string>& metrics,
                           const std::vector<std::size_t>& chosen,
                           const std::vector<std::size_t>& test, const MetricFitOptions& options) {
  ChoiceErrors errors;
  double sum_of_logs = 0;
  bool all = !metrics.empty();
  for (const std::string& metric : metrics) {
    Sample sample{.models = models, .metric = metric, .y = models.table.numbers(metric)};
    const auto with_metric = [&](const std::vector<std::size_t>& rows) {
      std::vector<std::size_t> kept;
      for (const std::size_t row : rows) {
        if (!std::isnan(sample.y[row])) kept.push_back(row);
      }
      return kept;
    };
    sample.train = with_metric(chosen);
    sample.test = with_metric(test);
    std::optional<double> mse;
    try {
      mse = fit_metric(sample, options).test.mse;
    } catch (const InputError&) {
      // Too few models for the components or the weights: there is no prediction to judge.
    }
    errors.mse.push_back(mse);
    all = all && mse && *mse > 0;
    if (all) sum_of_logs += std::log(*mse);
  }
  if (all) errors.geometric_mean = std::exp(sum_of_logs / static_cast<double>(metrics.size()));
  return errors;
}

}  // namespace rung::observational
