#include "rung/report/overtraining/tables.hpp"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/report/overtraining/cost.hpp"
#include "rung/report/overtraining/explore.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung {
namespace {

using namespace overtraining;

/// A table, what is to be said below it, what to warn of, and the table for programs where that is
/// another.
struct Made {
  TextTable table;
  std::vector<std::string> notes = {};
  std::vector<std::string> warnings = {};
  std::optional<TextTable> rows = {};
};

Made runs_table(const TableSource& source, const SetNames&) {
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
  return {table_of(select_rows(all, rows), columns)};
}

/// The published configuration: which runs each law is fitted on.
Made configuration_table(const TableSource& source, const SetNames&) {
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
  return {std::move(table)};
}

Made best_settings_table(const TableSource& source, const SetNames&) {
  return {table_of(best_settings(source.testbed()),
                   {"model", "learning_rate", "weight_decay", "batch_sequences", "n_warmup_steps",
                    "compute_flops", "loss_c4"})};
}

/// From laws, which may be in doubt.
Made of_laws(TextTable table, const Fits& fits, std::vector<std::string> notes = {}) {
  return {std::move(table), std::move(notes), doubt_words(fits.loss_laws)};
}

/// What the numbers are, and how many intervals held; "" where none could.
std::vector<std::string> prediction_notes(const Fits& fits, const std::string& held) {
  std::vector<std::string> notes{
      "note: from and to are 95% intervals for one run; off by: relative to the value", held};
  if (some_loss_law_in_doubt(fits)) notes.emplace_back(kLossLawInDoubt);
  return notes;
}

Made loss_laws(const TableSource& source, const SetNames& names) {
  const Fits fits = source.loss_fits();
  return of_laws(loss_law_table(fits, names), fits);
}

Made error_laws(const TableSource& source, const SetNames& names) {
  const Fits fits = source.fits();
  return of_laws(error_law_table(source.testbed(), fits, names), fits);
}

using PredictionTable = TextTable (*)(const Testbed&, const Fits&, const SetNames&,
                                      const PredictionScope&);

Made of_predictions(PredictionTable table_of, const TableSource& source, const SetNames& names,
                    PredictionRows rows, std::string HeldSentences::*held) {
  const Fits fits = source.fits();
  const std::string sentence =
      held ? held_by_intervals(source.testbed(), fits).*held : std::string();
  Made made = of_laws(table_of(source.testbed(), fits, names, {.rows = rows}), fits,
                      prediction_notes(fits, sentence));
  made.rows = table_of(source.testbed(), fits, names, {.rows = rows, .for_programs = true});
  return made;
}

Made loss_predictions(const TableSource& source, const SetNames& names) {
  return of_predictions(loss_prediction_table, source, names, PredictionRows::targets,
                        &HeldSentences::losses);
}

Made error_predictions(const TableSource& source, const SetNames& names) {
  return of_predictions(error_prediction_table, source, names, PredictionRows::targets,
                        &HeldSentences::errors);
}

Made all_predictions(const TableSource& source, const SetNames& names) {
  return of_predictions(prediction_table, source, names, PredictionRows::all, nullptr);
}

Made predictability(const TableSource& source, const SetNames& names) {
  const Fits fits = source.fits();
  return of_laws(predictability_table(source.testbed(), fits, names), fits,
                 {predictability_words(source.testbed(), fits)});
}

Made tokens(const TableSource& source, const SetNames& names) {
  const TokensResult result = source.tokens();
  return of_laws(token_curve_table(result, names), result.fits, {token_curve_note(result.curves)});
}

Made costs(const TableSource& source, const SetNames& names) {
  const CostResult result = source.costs();
  return {cost_table(result.rows, names), cost_notes(result.rows), result.warnings};
}

struct Maker {
  std::function<Made(const TableSource&, const SetNames&)> make;
  const char* why_empty = "There is nothing to list.";
};

const std::map<std::string, Maker>& makers() {
  static const std::map<std::string, Maker> kMakers = {
      {"configuration", {configuration_table}},
      {"runs", {runs_table}},
      {"loss-laws", {loss_laws}},
      {"error-laws", {error_laws}},
      {"loss-predictions", {loss_predictions, kNoTargets}},
      {"error-predictions", {error_predictions, kNoTargets}},
      {"all-predictions", {all_predictions}},
      {"predictability", {predictability}},
      {"correlation", {[](const TableSource& s, const SetNames& names) {
         return Made{correlation_table(s.correlations(), names)};
       }}},
      {"tokens", {tokens, kNoCurve}},
      {"cost", {costs}},
      {"best-settings", {best_settings_table, kNoSearch}},
      {"sensitivity",
       {[](const TableSource& s, const SetNames&) {
          return Made{sensitivity_table(grid_sensitivity(s.testbed().grid))};
        },
        kNoSearch}},
      {"tasks",
       {[](const TableSource& s, const SetNames&) { return Made{task_info_table(s.testbed())}; }}}};
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

NamedTableReport describe_named_table(const std::string& name, const TableSource& source,
                                      bool titles) {
  const Maker& maker = makers().at(name);
  Made made = maker.make(source, {titles ? &source.study() : nullptr});
  const TextTable& rows = made.rows ? *made.rows : made.table;
  Document document = table_document(made.table, json_rows(rows), maker.why_empty);
  document.rows = rows;
  for (std::string& note : made.notes) {
    if (document.usable && !note.empty()) document.add(Paragraph{std::move(note)});
  }
  if (some_is_no_error(made.table))
    document.add(Paragraph{std::string("(!) ") + kWhyNoError + "\n"});
  return {std::move(document), std::move(made.warnings)};
}

}  // namespace rung
