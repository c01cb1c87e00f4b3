#include "rung/report/overtraining/cost.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/report/table/predictions.hpp"

namespace rung {
namespace {

constexpr const char* kOfTheLaw =
    "note: from and to are 95% intervals of the law itself, not of one run\n";

constexpr const char* kFarCost =
    "(!) not to be trusted: more than a hundred times outside the fitted runs, or a best ratio of "
    "tokens to parameters that they leave open by a factor of ten thousand\n";

constexpr const char* kInDoubt =
    "(!) not to be trusted: more than a hundred times outside the fitted runs' sizes or tokens, or "
    "a loss whose interval reaches below 0\n";

/// "-" stands only in a column that has other rows.
std::string unaffordable_words(bool all) {
  return std::string("note: no loss at the size for free inference") + (all ? "" : " (-)") +
         ": inference alone takes all of the budget at that size\n";
}

using namespace overtraining;

std::string flops(double value) { return significant(value, 3); }

/// Tokens per parameter, or one quantity over another: "0.297", "95.7", "2020".
std::string ratio(double value) {
  constexpr double kMostWritten = 1e6;
  return value >= 100 && value < kMostWritten ? fixed(value, 0) : significant(value, 3);
}

/// {"value", "interval"}.
Json json_estimate(const Estimate& estimate) {
  return {{"value", json_number(estimate.value)}, {"interval", json_interval(estimate.interval)}};
}

/// "76x in D (!)"; "" inside.
std::string beyond_cell(const std::vector<table::Beyond>& beyond, const std::string& doubt) {
  const std::string words = table::beyond_words(beyond);
  if (doubt.empty()) return words;
  return words.empty() ? "(!)" : words + " (!)";
}

/// An estimate and its interval under a title of their own.
void add_estimate_group(TextTable& table, const std::string& title, const std::string& csv_name,
                        const NumberFormat& format) {
  table.begin_group(title);
  add_estimate_columns(table, "value", csv_name, format);
  table.begin_group("");
}

TextTable budget_table(const std::vector<BudgetRow>& rows) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("FLOPs in all", "budget_flops", flops);
  table.add_column("inference tokens", "n_inference_tokens", short_value);
  add_estimate_group(table, "parameters", "n", short_value);
  add_estimate_group(table, "tokens", "d", short_value);
  add_estimate_group(table, "tokens/parameter", "tokens_per_parameter", ratio);
  add_estimate_group(table, "loss", "loss", four_decimals);
  table.add_column("training share", "training_share", [](double x) { return percent(x, 1); });
  table.add_column("loss at the size for free inference", "loss_of_free_inference_size",
                   four_decimals);
  table.add_column("beyond the runs", "beyond_runs");
  for (const BudgetRow& row : rows) {
    std::vector<TextCell> cells{row.train_set, row.loss_set, row.budget_flops,
                                row.n_inference_tokens};
    for (const Estimate* estimate : {&row.plan.n_params, &row.plan.n_tokens,
                                     &row.plan.tokens_per_parameter, &row.plan.loss_nats}) {
      add_estimate(cells, *estimate);
    }
    cells.push_back(row.plan.training_flops / row.budget_flops);
    cells.push_back(number_cell(row.plan.loss_of_free_inference_size));
    cells.emplace_back(beyond_cell(row.beyond, row.doubt));
    table.add_row(std::move(cells));
  }
  return table;
}

}  // namespace

TextTable cost_table(const std::vector<CostRows>& rows, const SetNames& names) {
  TextTable table;
  table.add_column("training set", "train_set");
  table.add_column("loss set", "loss_set");
  table.add_column("FLOPs", "compute_flops", flops);
  add_estimate_group(table, "best tokens/parameter", "optimal_tokens_per_parameter", ratio);
  table.add_column("tokens/parameter", "tokens_per_parameter");
  add_estimate_group(table, "extra loss", "extra_loss", four_decimals);
  add_estimate_group(table, "x compute", "compute_ratio", ratio);
  add_estimate_group(table, "x parameters", "n_params_ratio", ratio);
  const bool goes_beyond = std::any_of(rows.begin(), rows.end(), [](const CostRows& row) {
    return std::any_of(row.costs.begin(), row.costs.end(), [](const OverTrainingCost& cost) {
      return !cost.beyond.empty() || !cost.doubt.empty();
    });
  });
  if (goes_beyond) table.add_column("beyond the runs", "beyond_runs");
  for (const CostRows& row : rows) {
    if (table.n_rows() > 0) table.add_rule();
    for (const OverTrainingCost& cost : row.costs) {
      std::vector<TextCell> cells{names(row.train_set), names(row.loss_set), row.compute_flops};
      add_estimate(cells, row.optimal_ratio);
      cells.push_back(cost.tokens_per_parameter);
      add_estimate(cells, cost.extra_loss_nats);
      add_estimate(cells, cost.compute_ratio);
      add_estimate(cells, cost.n_params_ratio);
      if (goes_beyond) cells.emplace_back(beyond_cell(cost.beyond, cost.doubt));
      table.add_row(std::move(cells));
    }
  }
  return table;
}

std::vector<std::string> cost_notes(const std::vector<CostRows>& rows) {
  bool is_far = false, law_in_doubt = false;
  for (const CostRows& row : rows) {
    for (const OverTrainingCost& cost : row.costs) is_far |= cost.doubt != row.law_doubt;
    law_in_doubt |= !row.law_doubt.empty();
  }
  std::vector<std::string> notes;
  if (std::ranges::any_of(
          rows, [](const CostRows& row) { return row.optimal_ratio.interval.has_value(); }))
    notes.emplace_back(kOfTheLaw);
  if (is_far) notes.emplace_back(kFarCost);
  if (law_in_doubt) notes.emplace_back(kLossLawInDoubt);
  return notes;
}

Document describe(const std::vector<CostRows>& rows) {
  Json results = Json::array();
  for (const CostRows& row : rows) {
    for (const OverTrainingCost& cost : row.costs) {
      results.push_back({{"train_set", row.train_set},
                         {"loss_set", row.loss_set},
                         {"compute_flops", row.compute_flops},
                         {"optimal_tokens_per_parameter", json_estimate(row.optimal_ratio)},
                         {"tokens_per_parameter", cost.tokens_per_parameter},
                         {"extra_loss", json_estimate(cost.extra_loss_nats)},
                         {"compute_ratio", json_estimate(cost.compute_ratio)},
                         {"n_params_ratio", json_estimate(cost.n_params_ratio)},
                         {"beyond_runs", json_label(table::beyond_words(cost.beyond))},
                         {"doubt", json_label(cost.doubt)}});
    }
  }
  Document document = table_document(cost_table(rows, {}), std::move(results));
  for (std::string& note : cost_notes(rows)) document.add(Paragraph{std::move(note)});
  return document;
}

Document describe(const std::vector<BudgetRow>& rows) {
  Json results = Json::array();
  for (const BudgetRow& row : rows) {
    const BudgetPlan& plan = row.plan;
    results.push_back(
        {{"train_set", row.train_set},
         {"loss_set", row.loss_set},
         {"budget_flops", row.budget_flops},
         {"n_inference_tokens", row.n_inference_tokens},
         {"n", json_estimate(plan.n_params)},
         {"d", json_estimate(plan.n_tokens)},
         {"tokens_per_parameter", json_estimate(plan.tokens_per_parameter)},
         {"loss", json_estimate(plan.loss_nats)},
         {"training_flops", plan.training_flops},
         {"inference_flops", plan.inference_flops},
         {"loss_of_free_inference_size", json_number(plan.loss_of_free_inference_size)},
         {"beyond_runs", json_label(table::beyond_words(row.beyond))},
         {"doubt", json_label(row.doubt)}});
  }
  Document document = table_document(budget_table(rows), std::move(results));
  if (std::ranges::any_of(rows, [](const BudgetRow& row) {
        return row.plan.n_params.interval || row.plan.loss_nats.interval;
      }))
    document.add(Paragraph{kOfTheLaw});
  if (std::ranges::any_of(rows, [](const BudgetRow& row) { return row.doubt != row.law_doubt; }))
    document.add(Paragraph{kInDoubt});
  if (std::ranges::any_of(rows, [](const BudgetRow& row) { return !row.law_doubt.empty(); }))
    document.add(Paragraph{kLossLawInDoubt});
  const auto unaffordable = [](const BudgetRow& row) {
    return !row.plan.loss_of_free_inference_size;
  };
  if (std::ranges::any_of(rows, unaffordable))
    document.add(Paragraph{unaffordable_words(std::ranges::all_of(rows, unaffordable))});
  return document;
}

}  // namespace rung
