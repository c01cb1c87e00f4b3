#include "rung/report/overtraining/tables.hpp"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/report/overtraining/cost.hpp"
#include "rung/report/overtraining/explore.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung {
namespace {

using namespace overtraining;

TextTable runs_table(const TableSource& source, const SetNames&) {
  std::vector<std::string> columns{"name", "n_params", "n_tokens", "tokens_per_parameter",
                                   "compute_flops"};
  for (const std::string& set : source.choice().loss_sets) columns.push_back("loss_" + set);
  for (const std::string& set : source.choice().error_sets) columns.push_back("error_" + set);
  const Table all = model_table(source.testbed(), source.study());
  const auto& of = std::get<std::vector<std::string>>(all.column("train_set").values);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < of.size(); ++row) {
    if (contains(source.choice().train_sets, of[row])) rows.push_back(row);
  }
  return table_of(select_rows(all, rows), columns);
}

/// The published configuration: which runs each law is fitted on.
TextTable configuration_table(const TableSource& source, const SetNames&) {
  TextTable table;
  table.add_column("law");
  table.add_column("model");
  table.add_column("parameters", "n", [](double x) { return short_count(x); });
  table.add_column("tokens/parameter", "tokens_per_parameter");
  const std::string train_set = source.choice().train_sets.front();
  for (const auto& [law, chosen] : {std::pair("loss", &source.study().loss_runs),
                                    std::pair("error", &source.study().error_runs)}) {
    if (table.n_rows() > 0) table.add_rule();
    for (const std::size_t i : chosen_models(source.testbed(), *chosen, train_set)) {
      const TestbedModel& model = source.testbed().models[i];
      table.add_row(
          {std::string(law), model.architecture, model.n_params, model.tokens_per_parameter()});
    }
  }
  return table;
}

TextTable best_settings_table(const TableSource& source, const SetNames&) {
  return table_of(best_settings(source.testbed()),
                  {"model", "learning_rate", "weight_decay", "batch_sequences", "n_warmup_steps",
                   "compute_flops", "loss_c4"});
}

struct Maker {
  std::function<TextTable(const TableSource&, const SetNames&)> make;
  const char* why_empty = "There is nothing to list.";
};

const std::map<std::string, Maker>& makers() {
  static const std::map<std::string, Maker> kMakers = {
      {"configuration", {configuration_table}},
      {"runs", {runs_table}},
      {"loss-laws", {[](const TableSource& s, const SetNames& names) {
         return loss_law_table(s.fits(), names);
       }}},
      {"error-laws", {[](const TableSource& s, const SetNames& names) {
         return error_law_table(s.testbed(), s.fits(), names);
       }}},
      {"loss-predictions",
       {[](const TableSource& s, const SetNames& names) {
          return loss_prediction_table(s.testbed(), s.fits(), names, PredictionRows::targets);
        },
        kNoTargets}},
      {"error-predictions",
       {[](const TableSource& s, const SetNames& names) {
          return error_prediction_table(s.testbed(), s.fits(), names, PredictionRows::targets);
        },
        kNoTargets}},
      {"all-predictions", {[](const TableSource& s, const SetNames& names) {
         return prediction_table(s.testbed(), s.fits(), names, PredictionRows::all);
       }}},
      {"predictability", {[](const TableSource& s, const SetNames& names) {
         return predictability_table(s.testbed(), s.fits(), names);
       }}},
      {"correlation", {[](const TableSource& s, const SetNames& names) {
         return correlation_table(s.correlations(), names);
       }}},
      {"tokens",
       {[](const TableSource& s, const SetNames& names) {
          return token_curve_table(run_tokens(s.choice(), s.testbed(), s.study(), 1).curves, names);
        },
        kNoCurve}},
      {"cost",
       {[](const TableSource& s, const SetNames& names) { return cost_table(s.costs(), names); }}},
      {"best-settings", {best_settings_table, kNoSearch}},
      {"sensitivity",
       {[](const TableSource& s, const SetNames&) {
          return sensitivity_table(grid_sensitivity(s.testbed().grid));
        },
        kNoSearch}},
      {"tasks",
       {[](const TableSource& s, const SetNames&) { return task_info_table(s.testbed()); }}}};
  return kMakers;
}

/// An object a row, keyed as the CSV's columns.
Json json_rows(const TextTable& table) {
  Json results = Json::array();
  for (const std::vector<TextCell>& row : table.rows()) {
    Json& json = results.emplace_back(Json::object());
    for (std::size_t c = 0; c < row.size(); ++c) {
      const TextColumn& column = table.columns()[c];
      Json& value = json[column.csv_name];
      if (const double* number = std::get_if<double>(&row[c])) value = json_number(*number);
      if (const std::string* text = std::get_if<std::string>(&row[c])) value = *text;
    }
  }
  return results;
}

}  // namespace

Document describe_named_tables() {
  TextTable table;
  table.add_column("table", "name");
  table.add_column("contents");
  Json results = Json::array();
  for (const NamedTable& entry : named_tables()) {
    table.add_row({entry.name, entry.contents});
    results.push_back({{"name", entry.name}, {"contents", entry.contents}});
  }
  return table_document(std::move(table), std::move(results));
}

Document describe_named_table(const std::string& name, const TableSource& source, bool titles) {
  const Maker& maker = makers().at(name);
  const TextTable table = maker.make(source, {titles ? &source.study() : nullptr});
  Document document = table_document(table, json_rows(table), maker.why_empty);
  if (some_is_no_error(table)) document.add(Paragraph{std::string("(!) ") + kWhyNoError + "\n"});
  return document;
}

}  // namespace rung
