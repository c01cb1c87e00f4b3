// Rows of the testbed's tables, filtered, sorted and cut.
#include <algorithm>
#include <numeric>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/overtraining/explore.hpp"

namespace rung::overtraining {
namespace {

void require_column(const Table& table, const char* option, const std::string& name) {
  if (table.has(name)) return;
  constexpr std::size_t kMost = 16;
  std::vector<std::string> names = table.column_names();
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) {
    const bool more = names.size() > kMost;
    names.resize(std::min(names.size(), kMost));
    hint = "columns are " + join(names, ", ") + (more ? ", …: --csv - has all" : "");
  }
  throw InputError(std::string(option) + ": there is no column '" + name + "'", hint);
}

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
  require_column(table, "--sort", column);
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

/// JSON and CSV have every column unless the request names some; the text has `usual`.
Listing listed(Table table, const ExploreRequest& request, const std::vector<std::string>& usual) {
  const bool some = table.n_rows() > 0;
  if (!request.where.empty()) table = where(table, parse_expression(request.where, "--where"));
  Listing listing{.table = std::move(table), .rows = {}, .columns = {}, .csv_columns = {}};
  listing.none_fits = some && listing.table.n_rows() == 0;
  for (const std::string& name : split(request.columns, ',')) {
    if (trimmed(name).empty()) continue;
    listing.columns.emplace_back(trimmed(name));
    require_column(listing.table, "--columns", listing.columns.back());
  }
  listing.rows = sorted_rows(listing.table, request.sort);
  if (request.n_first > 0 && listing.rows.size() > request.n_first)
    listing.rows.resize(request.n_first);
  listing.csv_columns = listing.columns.empty() ? listing.table.column_names() : listing.columns;
  if (listing.columns.empty()) listing.columns = usual;
  return listing;
}

/// Of the models: what they are, their losses and average errors.
std::vector<std::string> usual_columns(const Testbed& testbed, const Study& study) {
  std::vector<std::string> names = {
      "name", "n_params", "n_tokens", "tokens_per_parameter", "compute_flops", "learning_rate"};
  const Choice shown = complete(testbed, study, {}, published_averages());
  for (const std::string& set : shown.loss_sets) names.push_back("loss_" + set);
  for (const std::string& set : shown.error_sets) names.push_back("error_" + set);
  return names;
}

}  // namespace

const std::vector<std::string>& ExploreRequest::subjects() {
  static const std::vector<std::string> kSubjects = {
      "runs", "grid", "best-settings", "sensitivity", "effects", "tasks", "contradictions"};
  return kSubjects;
}

bool ExploreRequest::lists_rows() const {
  return what == "runs" || what == "grid" || what == "best-settings";
}

void ExploreRequest::validate() const {
  const auto& known = subjects();
  if (std::find(known.begin(), known.end(), what) == known.end())
    throw InputError("WHAT: '" + what + "' is not one of " + join(known, ", "),
                     did_you_mean(what, known));
  if (lists_rows()) return;
  for (const auto& [option, given] :
       {std::pair("--where", !where.empty()), std::pair("--sort", !sort.empty()),
        std::pair("--columns", !columns.empty()), std::pair("--first", n_first > 0)}) {
    if (given)
      throw InputError(std::string(option) + " is of runs, grid and best-settings, not of " + what,
                       "leave it out");
  }
}

Table best_settings(const Testbed& testbed) {
  return select_rows(grid_table(testbed), grid_frontier(testbed.grid));
}

Listing run(const ExploreRequest& request, const Testbed& testbed, const Study& study) {
  request.validate();
  if (request.what == "runs") {
    return listed(model_table(testbed, study), request, usual_columns(testbed, study));
  }
  return listed(request.what == "grid" ? grid_table(testbed) : best_settings(testbed), request,
                {"model", "learning_rate", "final_learning_rate", "weight_decay", "batch_sequences",
                 "n_warmup_steps", "n_tokens", "compute_flops", "loss_c4"});
}

}  // namespace rung::overtraining
