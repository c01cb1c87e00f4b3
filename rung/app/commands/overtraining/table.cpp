#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/report/overtraining/cost.hpp"
#include "rung/report/overtraining/explore.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct TableOptions {
  OvertrainingOptions testbed;
  std::string name;
  std::string format = "text";
};

/// What the tables are made from; nothing is fitted until a table asks for it.
struct Material {
  const Testbed& testbed;
  const Study& study;
  Choice choice;
  int n_threads;
  SetNames names;

  Fits fits() const { return fit_laws(testbed, study, choice, n_threads); }
};

TextTable all_rows(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::size_t> rows(table.n_rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return table_of(table, columns, rows);
}

TextTable runs(const Material& material) {
  std::vector<std::string> columns{"name", "n_params", "n_tokens", "tokens_per_parameter",
                                   "compute_flops"};
  for (const std::string& set : material.choice.loss_sets) columns.push_back("loss_" + set);
  for (const std::string& set : material.choice.error_sets) columns.push_back("error_" + set);
  return all_rows(model_table(material.testbed, material.study), columns);
}

/// The published configuration: which runs each law is fitted on.
TextTable configuration(const Material& material) {
  TextTable table;
  table.add_column("law");
  table.add_column("model");
  table.add_column("parameters", "n", [](double x) { return short_count(x); });
  table.add_column("tokens/parameter", "tokens_per_parameter");
  const std::string train_set = material.choice.train_sets.front();
  for (const auto& [law, runs] : {std::pair("loss", &material.study.loss_runs),
                                  std::pair("error", &material.study.error_runs)}) {
    if (table.n_rows() > 0) table.add_rule();
    for (const std::size_t i : chosen_models(material.testbed, *runs, train_set)) {
      const TestbedModel& model = material.testbed.models[i];
      table.add_row(
          {std::string(law), model.architecture, model.n_params, model.tokens_per_parameter()});
    }
  }
  return table;
}

TextTable correlations(const Material& material) {
  std::vector<std::vector<TaskCorrelation>> found;
  for (const std::string& train_set : material.choice.train_sets) {
    found.push_back(task_correlations(material.testbed, material.study,
                                      material.choice.loss_sets.front(), train_set));
  }
  return correlation_table(material.choice.train_sets, found, material.names);
}

TextTable costs(const Material& material) {
  return cost_table(run_costs(material.fits().loss_laws, 1e21, {20, 40, 80, 160, 320, 640}),
                    material.names);
}

using Names = std::vector<std::string>;

struct NamedTable {
  std::string name;
  std::string contents;
  std::function<TextTable(const Material&)> make;
  Names loss_sets, error_sets;  // where none are asked for; empty: all
};

const Names kC4 = {"c4_val"}, kAverages = {"avg", "avg_subset"};
const Names kSome = {"avg",         "avg_subset",        "arc_easy", "lambada_openai",
                     "openbook_qa", "hellaswag_zeroshot"};

const std::vector<NamedTable>& tables() {
  static const std::vector<NamedTable> kTables = {
      {"configuration", "the runs that each law is fitted on", configuration, kC4, kAverages},
      {"runs", "every model with its losses and errors", runs, kC4, kAverages},
      {"loss-laws",
       "parameters of the loss law",
       [](const Material& m) { return loss_law_table(m.fits(), m.names); },
       {},
       kAverages},
      {"error-laws",
       "parameters of the error law",
       [](const Material& m) { return error_law_table(m.testbed, m.fits(), m.names); },
       kC4,
       {}},
      {"loss-predictions",
       "losses of the larger and longer runs, predicted",
       [](const Material& m) {
         return loss_prediction_table(m.testbed, m.fits(), m.names, PredictionRows::targets);
       },
       {},
       kAverages},
      {"error-predictions", "their errors, predicted",
       [](const Material& m) {
         return error_prediction_table(m.testbed, m.fits(), m.names, PredictionRows::targets);
       },
       kC4, kSome},
      {"all-predictions", "every model's losses and errors, predicted",
       [](const Material& m) {
         return prediction_table(m.testbed, m.fits(), m.names, PredictionRows::all);
       },
       kC4, kAverages},
      {"predictability",
       "which errors can be predicted, and how far off they are",
       [](const Material& m) { return predictability_table(m.testbed, m.fits(), m.names); },
       kC4,
       {}},
      {"correlation", "correlation of errors with loss", correlations, kC4, {}},
      {"tokens", "loss against tokens per parameter",
       [](const Material& m) {
         return token_curve_table(token_curves(m.testbed, m.choice.loss_sets.front()), m.names);
       },
       kC4, kAverages},
      {"cost", "what over-training costs", costs, kC4, kAverages},
      {"best-settings", "the hyperparameter search: runs that no cheaper one beats",
       [](const Material& m) {
         const Table grid = grid_table(m.testbed);
         return all_rows(select_rows(grid, grid_frontier(m.testbed.grid)),
                         {"model", "learning_rate", "weight_decay", "batch_sequences",
                          "n_warmup_steps", "compute_flops", "loss_c4"});
       },
       kC4, kAverages},
      {"sensitivity", "the hyperparameter search: what each setting is worth",
       [](const Material& m) { return sensitivity_table(grid_sensitivity(m.testbed.grid)); }, kC4,
       kAverages},
      {"tasks", "what was evaluated", [](const Material& m) { return task_info_table(m.testbed); },
       kC4, kAverages}};
  return kTables;
}

const NamedTable& named_table(const std::string& name) {
  Names known;
  for (const NamedTable& table : tables()) {
    if (table.name == name) return table;
    known.push_back(table.name);
  }
  const std::string hint = did_you_mean(name, known);
  throw InputError("there is no table '" + name + "'",
                   hint.empty() ? "there are " + join(known, ", ") : hint);
}

Answer list_tables() {
  TextTable table;
  table.add_column("table", "name");
  table.add_column("contents");
  Json results = Json::array();
  for (const NamedTable& entry : tables()) {
    table.add_row({entry.name, entry.contents});
    results.push_back({{"name", entry.name}, {"contents", entry.contents}});
  }
  return Answer(table_document(std::move(table), std::move(results)));
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

Answer run_table(CommandContext& context, const TableOptions& options) {
  if (options.name.empty()) return list_tables();
  const NamedTable& wanted = named_table(options.name);
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  Choice choice = options.testbed.choice;
  if (choice.loss_sets.empty()) choice.loss_sets = wanted.loss_sets;
  if (choice.error_sets.empty()) choice.error_sets = wanted.error_sets;
  const bool latex = options.format == "latex";
  const TextTable table = wanted.make({testbed,
                                       study,
                                       complete(testbed, study, choice),
                                       context.common.n_threads,
                                       {latex ? &study : nullptr}});
  Answer answer(table_document(table, json_rows(table)));
  answer.document.usable = table.n_rows() > 0;
  answer.prints_latex = latex;
  return answer;
}

Action overtraining_table(Options& command) {
  const auto options = std::make_shared<TableOptions>();
  command.add("NAME", options->name, "which table; without it, the list of tables").value_name("");
  command.add("--format", options->format, "text or latex (for the booktabs package)")
      .value_name("FORMAT")
      .choices({"text", "latex"}, false);
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->testbed, true);
  command.footer("Results: the table's rows, keyed as the columns of its CSV.");
  return [options](CommandContext& context) { return run_table(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_table_commands() {
  return {{.name = "overtraining table",
           .summary = "every table, as text, LaTeX or CSV",
           .group = "overtraining",
           .place = 80,
           .declare = overtraining_table}};
}

}  // namespace rung::app
