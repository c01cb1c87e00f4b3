#include "rung/report/observe/selection.hpp"

#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/observe/format.hpp"

namespace rung::observational {
namespace {

std::string method_words(SubsetMethod method) {
  switch (method) {
    case SubsetMethod::exhaustive:
      return "each looked at";
    case SubsetMethod::branch_and_bound:
      return "those that can't be the best left out by branch and bound";
    case SubsetMethod::stopped_too_early:
      break;
  }
  return "not all ruled out when branch and bound stopped: the best that was found";
}

std::string method_name(SubsetMethod method) {
  switch (method) {
    case SubsetMethod::exhaustive:
      return "exhaustive";
    case SubsetMethod::branch_and_bound:
      return "branch and bound";
    case SubsetMethod::stopped_too_early:
      break;
  }
  return "stopped too early";
}

bool is_judged(const Selection& found) { return found.n_tested > 0; }

std::string heading(const Selection& found) {
  return std::to_string(found.n_candidates) + " candidates of " +
         std::to_string(found.families.size()) + " families; " + fixed(found.n_combinations, 0) +
         " combinations of up to " + std::to_string(found.request.choice.max_families) +
         " families, " + method_words(found.method);
}

std::string errors_heading(const Selection& found) {
  if (!is_judged(found)) return "";
  return "Errors are geometric means over " + std::to_string(found.request.metrics.size()) +
         " metrics of the test MSE on " + std::to_string(found.n_tested) +
         " models beyond the limits, from " + predictor_name(found.request.fit.predictor) +
         "; from all candidates: " +
         (found.all.geometric_mean ? significant(*found.all.geometric_mean) : "none");
}

TextTable choices_table(const Selection& found) {
  TextTable table;
  table.add_column("at most", "max_models");
  table.add_column("models", "n_models");
  table.add_column("objective", "", decimals(2));
  if (is_judged(found)) {
    table.add_column("error");
    if (!found.budgets.front().random.empty()) table.add_column("at random");
  }
  table.add_column("families");
  for (const SelectionOfBudget& budget : found.budgets) {
    std::vector<TextCell> row = {static_cast<double>(budget.budget)};
    const bool any = budget.best.has_value();
    row.push_back(any ? TextCell(static_cast<double>(budget.best->models.size())) : TextCell());
    row.push_back(any ? number_cell(budget.best->choice.objective) : TextCell());
    if (is_judged(found)) {
      row.push_back(any ? number_cell(budget.best->errors.geometric_mean) : TextCell());
      if (!budget.random.empty()) row.push_back(number_cell(budget.random_error()));
    }
    row.push_back(any ? join(budget.best->choice.families, ", ")
                      : std::string("none determines anything"));
    table.add_row(std::move(row));
  }
  return table;
}

Json errors_json(const Selection& found, const ChoiceErrors& errors) {
  if (errors.mse.empty()) return nullptr;
  Json json = Json::object();
  for (std::size_t m = 0; m < errors.mse.size(); ++m)
    json[found.request.metrics[m]] = json_number(errors.mse[m]);
  return {{"test_mse", json}, {"geometric_mean", json_number(errors.geometric_mean)}};
}

Json choice_json(const Selection& found, const JudgedChoice& choice) {
  return {{"families", choice.choice.families},
          {"models", choice.models},
          {"objective", json_number(choice.choice.objective)},
          {"errors", errors_json(found, choice.errors)}};
}

Json budget_json(const Selection& found, const SelectionOfBudget& budget) {
  Json json = {{"max_models", budget.budget}};
  const JudgedChoice none;
  const Json best = choice_json(found, budget.best ? *budget.best : none);
  for (const auto& [key, value] : best.items()) json[key] = value;
  json["combinations"] = found.n_combinations;
  json["method"] = method_name(found.method);
  json["random"] = Json::array();
  for (const JudgedChoice& random : budget.random)
    json["random"].push_back(choice_json(found, random));
  json["random_error"] = json_number(budget.random_error());
  json["all_candidates"] = {{"n_models", found.n_candidates},
                            {"errors", errors_json(found, found.all)}};
  return json;
}

Notes notes(const Selection& found) {
  Notes notes;
  for (const SelectionOfBudget& budget : found.budgets) {
    if (is_judged(found) && budget.best && !budget.best->errors.geometric_mean)
      notes.notes.push_back("at most " + std::to_string(budget.budget) +
                            ": fewer models than a fit has parameters, so no error");
  }
  return notes;
}

}  // namespace

Document describe(const Selection& found) {
  Document document;
  document.add(Heading{heading(found)}).add(choices_table(found));
  document.add(Paragraph{errors_heading(found)}).add(notes(found));
  document.rows = choices_table(found);
  Json results = Json::array();
  document.usable = false;
  for (const SelectionOfBudget& budget : found.budgets) {
    document.usable = document.usable || budget.best;
    results.push_back(budget_json(found, budget));
  }
  return document.set_results(std::move(results));
}

}  // namespace rung::observational
