#pragma once
/// Results of the over-training study as tables.

#include <string>
#include <vector>

#include "rung/data/table.hpp"
#include "rung/report/text_table.hpp"
#include "rung/study/overtraining/cost.hpp"
#include "rung/study/overtraining/explore.hpp"
#include "rung/study/overtraining/predict.hpp"

namespace rung {

/// How sets are named in a table: as the options take them, or by the study's titles.
struct SetNames {
  const overtraining::Study* study = nullptr;  // null: as the options take them
  std::string operator()(const std::string& name) const {
    return study ? study->title(name) : name;
  }
};

/// A prediction table's rows: every model, or only those that the laws are for.
enum class PredictionRows { targets, all };

TextTable loss_law_table(const overtraining::Fits& fits, const SetNames& names);

/// With the doubts about each error; `error_sets` empty: all that were fitted.
TextTable error_law_table(const Testbed& testbed, const overtraining::Fits& fits,
                          const SetNames& names, const std::vector<std::string>& error_sets = {});

/// Losses and chained errors beside what was measured; the next two have half of it each.
/// `error_sets` as above.
TextTable prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                           const SetNames& names, PredictionRows rows,
                           const std::vector<std::string>& error_sets = {});

TextTable loss_prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                                const SetNames& names, PredictionRows rows);
TextTable error_prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                                 const SetNames& names, PredictionRows rows,
                                 const std::vector<std::string>& error_sets = {});

/// Which errors can be predicted, and how far off the chained predictions of the targets are: one
/// row an error set and training set, for the fits' first loss set.
TextTable predictability_table(const Testbed& testbed, const overtraining::Fits& fits,
                               const SetNames& names);

/// correlations[training set][error set].
TextTable correlation_table(
    const std::vector<std::string>& train_sets,
    const std::vector<std::vector<overtraining::TaskCorrelation>>& correlations,
    const SetNames& names);
TextTable token_curve_table(const std::vector<overtraining::TokenCurve>& curves,
                            const SetNames& names);

/// One row a training set and number of tokens per parameter.
struct CostRows {
  std::string train_set, loss_set;
  double compute_flops = 0;
  overtraining::Estimate optimal_ratio;
  std::vector<overtraining::OverTrainingCost> costs;
};
TextTable cost_table(const std::vector<CostRows>& rows, const SetNames& names);

struct BudgetRow {
  std::string train_set, loss_set;
  double budget_flops = 0, n_inference_tokens = 0;
  overtraining::BudgetPlan plan;
};
TextTable budget_table(const std::vector<BudgetRow>& rows, const SetNames& names);

TextTable sensitivity_table(const std::vector<overtraining::Sensitivity>& sensitivities);
TextTable setting_effect_table(const std::vector<overtraining::Sensitivity>& sensitivities);
TextTable task_info_table(const Testbed& testbed);
/// "FILE", or "FILE:LINE" where a line holds a model.
std::string contradicting_place(const Problem& contradiction);
TextTable contradiction_table(const Testbed& testbed);

/// Chosen columns and rows of any table, as they stand; numbers by their own size.
TextTable table_of(const Table& table, const std::vector<std::string>& columns,
                   const std::vector<std::size_t>& rows);

}  // namespace rung
