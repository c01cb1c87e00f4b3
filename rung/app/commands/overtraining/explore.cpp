#include <algorithm>
#include <memory>
#include <numeric>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/report/overtraining.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct ExploreOptions {
  OvertrainingOptions testbed;
  std::string what = "runs";
  std::string where;
  std::string sort;
  std::string columns;
  std::size_t n_first = 0;
};

const std::vector<std::string> kSubjects = {"runs",    "grid",  "best-settings", "sensitivity",
                                            "effects", "tasks", "contradictions"};

/// Row numbers by a column; "-name" has the greatest first. Missing numbers come last.
std::vector<std::size_t> sorted_rows(const Table& table, std::string column) {
  std::vector<std::size_t> rows(table.n_rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (column.empty()) return rows;
  const bool descending = column.front() == '-' && !table.has(column);
  if (descending) column.erase(0, 1);
  const auto by = [&](const auto& values) {
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return descending ? values[b] < values[a] : values[a] < values[b];
    });
  };
  const Column& found = table.column(column);
  if (found.is_number()) {
    std::vector<double> values = table.numbers(column);
    for (double& value : values) {
      if (value != value) value = descending ? -1e308 : 1e308;
    }
    by(values);
  } else {
    by(std::get<std::vector<std::string>>(found.values));
  }
  return rows;
}

Json row_json(const Table& table, std::size_t row) {
  Json json = Json::object();
  for (const Column& column : table.columns()) {
    if (column.is_number()) {
      json[column.name] = json_number(std::get<std::vector<double>>(column.values)[row]);
    } else {
      json[column.name] = std::get<std::vector<std::string>>(column.values)[row];
    }
  }
  return json;
}

/// Lists a table as asked: filtered, sorted, cut. JSON and CSV have every column unless --columns
/// names some; the text has `usual`.
int list(CommandContext& context, Table table, const ExploreOptions& options,
         const std::vector<std::string>& usual) {
  if (!options.where.empty()) table = where(table, options.where);
  std::vector<std::size_t> rows = sorted_rows(table, options.sort);
  if (options.n_first > 0 && rows.size() > options.n_first) rows.resize(options.n_first);
  std::vector<std::string> asked;
  for (const std::string& name : split(options.columns, ',')) {
    if (!trimmed(name).empty()) asked.emplace_back(trimmed(name));
  }
  Output output;
  output.text = table_of(table, asked.empty() ? usual : asked, rows).text() + "\n" +
                std::to_string(rows.size()) + (rows.size() == 1 ? " row\n" : " rows\n");
  output.csv = table_of(table, asked.empty() ? table.column_names() : asked, rows).csv();
  for (const std::size_t row : rows) output.results.push_back(row_json(table, row));
  context.emit(output);
  return rows.empty() ? kNoUsableResult : kUsable;
}

Json sensitivity_json(const std::vector<Sensitivity>& sensitivities) {
  Json results = Json::array();
  for (const Sensitivity& row : sensitivities) {
    Json effects = Json::array();
    for (const SettingEffect& effect : row.effects) {
      effects.push_back({{"value", effect.value},
                         {"n_runs", effect.n_runs},
                         {"n_best", effect.n_best},
                         {"mean_excess_loss", effect.mean_excess_nats}});
    }
    const bool told = row.n_groups > 0;
    results.push_back({{"hyperparameter", row.hyperparameter},
                       {"n_values", row.n_values},
                       {"n_groups", row.n_groups},
                       {"mean_range", told ? Json(row.mean_range_nats) : Json(nullptr)},
                       {"largest_range", told ? Json(row.largest_range_nats) : Json(nullptr)},
                       {"effects", std::move(effects)}});
  }
  return results;
}

Json contradictions_json(const Testbed& testbed) {
  Json results = Json::array();
  for (const Problem& problem : testbed.warnings)
    results.push_back({{"file", contradicting_place(problem)}, {"contradiction", problem.message}});
  return results;
}

Json tasks_json(const Testbed& testbed) {
  Json results = Json::array();
  for (const std::string& task : testbed.tasks) {
    const TaskInfo& info = testbed.task_info(task);
    results.push_back({{"task", task},
                       {"category", info.category},
                       {"type", info.type},
                       {"n_shots", info.n_shots},
                       {"n_examples", info.n_examples},
                       {"chance_accuracy", info.chance_accuracy},
                       {"description", info.description}});
  }
  return results;
}

const std::vector<std::string> kGridColumns = {
    "model",          "learning_rate", "final_learning_rate", "weight_decay", "batch_sequences",
    "n_warmup_steps", "n_tokens",      "compute_flops",       "loss_c4"};

int run_explore(CommandContext& context, const ExploreOptions& options) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  if (options.what == "runs") {
    return list(context, model_table(testbed, study), options,
                {"name", "n_params", "n_tokens", "tokens_per_parameter", "compute_flops",
                 "learning_rate", "loss_c4_val", "error_avg", "error_avg_subset"});
  }
  if (options.what == "grid") return list(context, grid_table(testbed), options, kGridColumns);
  if (options.what == "best-settings") {
    const std::vector<std::size_t> best = grid_frontier(testbed.grid);
    return list(context, select_rows(grid_table(testbed), best), options, kGridColumns);
  }
  if (options.what == "tasks") {
    context.emit(task_info_table(testbed), tasks_json(testbed));
    return kUsable;
  }
  if (options.what == "contradictions") {
    context.emit(contradiction_table(testbed), contradictions_json(testbed));
    return kUsable;
  }
  const std::vector<Sensitivity> sensitivities = grid_sensitivity(testbed.grid);
  context.emit(options.what == "effects" ? setting_effect_table(sensitivities)
                                         : sensitivity_table(sensitivities),
               sensitivity_json(sensitivities));
  return kUsable;
}

Action overtraining_explore(Options& command) {
  const auto options = std::make_shared<ExploreOptions>();
  command.add("WHAT", options->what, "one of " + join(kSubjects, ", "))
      .value_name("")
      .choices(kSubjects, false);
  add_testbed_options(command, options->testbed);
  command
      .add("--where", options->where,
           "rows to list, such as \"train_set = 'rpj' and tokens_per_parameter >= 160\"")
      .value_name("EXPR");
  command.add("--sort", options->sort, "by this column; with a minus before it, greatest first")
      .value_name("COLUMN");
  command.add("--columns", options->columns, "these columns, separated by commas")
      .value_name("LIST");
  command.add("--first", options->n_first, "no more rows than this; 0: all").value_name("N");
  command.footer(
      "runs: the models; grid: the hyperparameter search; best-settings: its runs that none with\n"
      "as little compute beats; sensitivity and effects: what each hyperparameter is worth, all\n"
      "others being equal; tasks: what was evaluated; contradictions: in the metadata.\n"
      "--where, --sort, --columns and --first are for the first three; their results are rows by "
      "column.");
  return [options](CommandContext& context) { return run_explore(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_explore_commands() {
  return {{.name = "overtraining explore",
           .summary = "runs, tasks, the hyperparameter search",
           .group = "overtraining",
           .place = 90,
           .declare = overtraining_explore}};
}

}  // namespace rung::app
