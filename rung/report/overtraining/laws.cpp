#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung {

using namespace overtraining;

namespace {

constexpr const char* kMissed = "(!) none, and off";

/// Targets by their size, and where sizes repeat by their tokens per parameter as well ("1.5B,
/// 20"); runs that have both alike are numbered.
std::vector<std::string> target_headings(const std::vector<const TestbedModel*>& targets) {
  std::vector<std::string> sizes, headings;
  for (const TestbedModel* target : targets) sizes.push_back(short_count(target->n_params));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool repeats = std::ranges::count(sizes, sizes[i]) > 1;
    headings.push_back(
        repeats ? sizes[i] + ", " + significant(targets[i]->tokens_per_parameter(), 4) : sizes[i]);
  }
  std::vector<std::string> numbered = headings;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    if (std::ranges::count(headings, headings[i]) == 1) continue;
    const auto n_before =
        std::count(headings.begin(), headings.begin() + static_cast<int>(i) + 1, headings[i]);
    numbered[i] += " (" + std::to_string(n_before) + ")";
  }
  return numbered;
}

/// Of all training sets: "target 2" where their second ones are of several.
void merge_headings(const std::vector<std::string>& headings, std::vector<std::string>& merged) {
  for (std::size_t i = 0; i < headings.size(); ++i) {
    if (i == merged.size()) merged.push_back(headings[i]);
    if (merged[i] != headings[i]) merged[i] = "target " + std::to_string(i + 1);
  }
}

}  // namespace

TextTable loss_law_table(const Fits& fits, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  for (const char* parameter : {"a", "b"}) table.add_column(parameter);
  for (const char* parameter : {"eta", "E"}) table.add_column(parameter, "", four_decimals);
  table.add_column("best tokens/parameter", "optimal_tokens_per_parameter",
                   [](double x) { return significant(x, 3); });
  table.begin_details();
  table.add_column("sum of squares", "objective", [](double x) { return significant(x, 3); });
  table.begin_details(false);
  table.add_column("runs", "n_points");
  table.add_column("status");
  const bool some_in_doubt = some_loss_law_in_doubt(fits);
  if (some_in_doubt) table.add_column("doubts");
  for (const LossLaw& law : fits.loss_laws) {
    const auto optimal = optimal_tokens_per_parameter(law.fitted.fit);
    std::vector<TextCell> row{names(law.train_set),
                              names(law.loss_set),
                              law.fitted.value("a"),
                              law.fitted.value("b"),
                              law.fitted.value("eta"),
                              law.fitted.value("E"),
                              optimal ? TextCell(optimal->value) : TextCell(),
                              law.fitted.fit.objective,
                              static_cast<double>(law.fitted.fit.n_points),
                              std::string(status_name(law.fitted.fit.status))};
    if (some_in_doubt) row.emplace_back(doubt_text(doubts(law)));
    table.add_row(std::move(row));
  }
  return table;
}

TextTable error_law_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                          const std::vector<std::string>& error_sets) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("error set", "error_set");
  for (const char* parameter : {"k", "gamma", "epsilon"}) table.add_column(parameter);
  table.begin_details();
  table.add_column("sum of squares", "objective", [](double x) { return significant(x, 3); });
  table.begin_details(false);
  table.add_column("status");
  table.add_column("doubts");
  const std::vector<std::size_t> shown = shown_error_sets(fits, error_sets);
  for (std::size_t pair = 0; pair < fits.loss_laws.size(); ++pair) {
    for (const std::size_t e : shown) {
      const ErrorLaw& law = fits.error_laws[pair * fits.error_sets.size() + e];
      table.add_row({names(law.train_set), names(law.loss_set), names(law.error_set),
                     law.fitted.value("k"), law.fitted.value("gamma"), law.fitted.value("epsilon"),
                     law.fitted.fit.objective, std::string(status_name(law.fitted.fit.status)),
                     doubt_text(doubts(testbed, fits.loss_laws[pair], law, fits.error_sets[e]))});
    }
  }
  return table;
}

TextTable predictability_table(const Testbed& testbed, const Fits& fits, const SetNames& names,
                               bool name_targets) {
  TextTable table;
  table.add_column("error set", "error_set");
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("guessing", "chance_error", four_decimals);
  table.add_column("best fitted run", "best_fitted_error", four_decimals);
  std::vector<std::string> targets;    // as many as the training set with the most has
  constexpr std::size_t kColumns = 6;  // without the targets
  std::vector<std::vector<TextCell>> rows;
  std::vector<std::vector<std::string>> names_of_targets;
  for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
    const ErrorSet& set = fits.error_sets[e];
    for (std::size_t t = 0; t < fits.choice.train_sets.size(); ++t) {
      const ErrorLaw& law = fits.error_law(t, 0, e);
      double best = 1;
      for (const std::size_t model : law.models) best = std::min(best, set.errors[model]);
      const LossLaw& loss_law = fits.loss_law(t, 0);
      const std::vector<ModelPrediction> rows_of_set = predictions(testbed, loss_law, law, set);
      std::string doubt = doubt_text(doubts(testbed, loss_law, law, set));
      if (const auto miss = worst_miss(rows_of_set); doubt.empty() && miss && !miss->holds())
        doubt = kMissed;
      std::vector<TextCell> row{
          names(set.name), names(law.train_set), names(law.loss_set), set.chance_error, best,
          std::move(doubt)};
      std::vector<const TestbedModel*> models;
      for (const ModelPrediction& prediction : rows_of_set) {
        if (!prediction.is_target) continue;
        models.push_back(&testbed.models[prediction.model]);
        row.push_back(number_cell(prediction.error.relative_error()));
      }
      merge_headings(target_headings(models), targets);
      names_of_targets.emplace_back();
      for (const TestbedModel* model : models) names_of_targets.back().push_back(model->name);
      rows.push_back(std::move(row));
    }
  }
  table.begin_group("relative error, at");
  for (std::size_t i = 0; i < targets.size(); ++i)
    table.add_column(targets[i], "target_" + std::to_string(i + 1) + "_relative_error", off_by);
  table.begin_group("");
  table.add_column("doubts");
  for (std::size_t i = 0; name_targets && i < targets.size(); ++i)
    table.add_column("target_" + std::to_string(i + 1));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<TextCell>& row = rows[r];
    row.resize(kColumns + targets.size());
    std::rotate(row.begin() + kColumns - 1, row.begin() + kColumns, row.end());
    if (name_targets) {
      names_of_targets[r].resize(targets.size());
      row.insert(row.end(), names_of_targets[r].begin(), names_of_targets[r].end());
    }
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace rung
