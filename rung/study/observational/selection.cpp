#include "rung/study/observational/selection.hpp"

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/study/observational/metric_column.hpp"

namespace rung::observational {
namespace {

/// Rows of `fitted` with these names.
std::vector<std::size_t> rows_named(const Models& fitted, const std::vector<std::string>& names) {
  std::vector<std::size_t> rows;
  for (const std::string& name : names) {
    if (const auto row = fitted.find(name)) rows.push_back(*row);
  }
  return rows;
}

std::vector<std::string> names_of(const Models& models, const std::vector<std::size_t>& rows) {
  std::vector<std::string> names;
  for (const std::size_t row : rows) names.push_back(models.names[row]);
  return names;
}

JudgedChoice with_names(const Models& models, const ChosenFamilies& choice) {
  return {.choice = choice, .models = names_of(models, choice.models), .errors = {}};
}

/// Judges every choice; each is one job.
void judge(const Models& models, const Models& fitted, const std::vector<std::size_t>& candidates,
           Selection& result) {
  const SelectionRequest& request = result.request;
  const std::vector<std::size_t> tested =
      rows_named(fitted, names_of(models, beyond_limits(models, request.candidates)));
  result.n_tested = tested.size();
  if (tested.empty()) {
    result.warnings.push_back(
        "no model is beyond the limits, so that there is none to try predictions on: give "
        "--max-flops-1e21 or --max-size-b");
    return;
  }
  Models with = fitted;
  for (const std::string& metric : request.metrics)
    with = with_metric(std::move(with), metric, true, result.warnings);
  const std::vector<std::string> candidate_names = names_of(models, candidates);
  std::vector<std::pair<const std::vector<std::string>*, ChoiceErrors*>> jobs{
      {&candidate_names, &result.all}};
  for (SelectionOfBudget& budget : result.budgets) {
    if (budget.best) jobs.emplace_back(&budget.best->models, &budget.best->errors);
    for (JudgedChoice& random : budget.random) jobs.emplace_back(&random.models, &random.errors);
  }
  parallel_for(jobs.size(), request.n_threads, [&](std::size_t i) {
    *jobs[i].second =
        choice_errors(with, request.metrics, rows_named(with, *jobs[i].first), tested, request.fit);
  });
}

}  // namespace

void SelectionRequest::validate() const {
  if (choice.budgets.empty())
    throw InputError("how many models can be evaluated?", "--budgets 4,8,12");
  for (const std::size_t budget : choice.budgets) {
    if (budget == 0) throw InputError("--budgets: 0 models are no budget", "1 or more");
  }
  if (choice.max_families == 0) throw InputError("--max-families 0 leaves nothing to choose");
  if (choice.include_families.size() > choice.max_families)
    throw InputError("--max-families " + std::to_string(choice.max_families) +
                     " is less than the families to include");
}

std::optional<double> SelectionOfBudget::random_error() const {
  double sum = 0;
  for (const JudgedChoice& each : random) {
    if (!each.errors.geometric_mean) return std::nullopt;
    sum += std::log(*each.errors.geometric_mean);
  }
  if (random.empty()) return std::nullopt;
  return std::exp(sum / static_cast<double>(random.size()));
}

Selection run_selection(const Models& models, const Models& fitted,
                        const SelectionRequest& request) {
  request.validate();
  const std::vector<std::size_t> rows = candidates(models, request.candidates);
  const FamilyChoice found = choose_families(models, rows, request.choice);
  Selection result{.request = request,
                   .n_candidates = found.n_candidates,
                   .families = models.rows(rows).distinct_families(),
                   .n_combinations = found.n_combinations,
                   .method = found.method};
  for (const BudgetChoice& budget : found.budgets) {
    SelectionOfBudget selection{.budget = budget.budget, .best = {}, .random = {}};
    if (budget.best) selection.best = with_names(models, *budget.best);
    for (const ChosenFamilies& random : budget.random)
      selection.random.push_back(with_names(models, random));
    result.budgets.push_back(std::move(selection));
  }
  if (!request.metrics.empty()) judge(models, fitted, rows, result);
  return result;
}

}  // namespace rung::observational
