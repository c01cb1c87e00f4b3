#include "rung/report/overtraining/explore.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"

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

/// Lists a table as asked: filtered, sorted, cut. JSON and CSV have every column unless --columns
/// names some; the text has `usual`.
Answer list(Table table, const ExploreOptions& options, const std::vector<std::string>& usual) {
  if (!options.where.empty()) table = where(table, parse_expression(options.where, "--where"));
  Listing listing{sorted_rows(table, options.sort), {}, {}};
  std::vector<std::size_t>& rows = listing.rows;
  if (options.n_first > 0 && rows.size() > options.n_first) rows.resize(options.n_first);
  for (const std::string& name : split(options.columns, ',')) {
    if (!trimmed(name).empty()) listing.columns.emplace_back(trimmed(name));
  }
  listing.csv_columns = listing.columns.empty() ? table.column_names() : listing.columns;
  if (listing.columns.empty()) listing.columns = usual;
  return Answer(describe(table, listing));
}

const std::vector<std::string> kGridColumns = {
    "model",          "learning_rate", "final_learning_rate", "weight_decay", "batch_sequences",
    "n_warmup_steps", "n_tokens",      "compute_flops",       "loss_c4"};

Answer run_explore(CommandContext& context, const ExploreOptions& options) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  if (options.what == "runs") {
    return list(model_table(testbed, study), options,
                {"name", "n_params", "n_tokens", "tokens_per_parameter", "compute_flops",
                 "learning_rate", "loss_c4_val", "error_avg", "error_avg_subset"});
  }
  if (options.what == "grid") return list(grid_table(testbed), options, kGridColumns);
  if (options.what == "best-settings") {
    const std::vector<std::size_t> best = grid_frontier(testbed.grid);
    return list(select_rows(grid_table(testbed), best), options, kGridColumns);
  }
  if (options.what == "tasks") return Answer(describe_tasks(testbed));
  if (options.what == "contradictions") {
    return Answer(describe_contradictions(testbed));
  }
  return Answer(describe(grid_sensitivity(testbed.grid), options.what == "effects"));
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
