#include "rung/data/run_log.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string_view>

#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/text_column.hpp"

namespace rung {
namespace {

struct KnownName {
  const char* name;
  std::vector<const char*> others;
};

/// Names of columns in the logs of public trainers, best first.
const std::vector<KnownName>& known_names() {
  static const std::vector<KnownName> kNames = {
      {"model", {"run", "run_name", "Name", "name", "display_name", "Run", "run_id", "Run ID"}},
      {kStep,
       {"_step", "Step", "global_step", "trainer/global_step", "train/global_step", "iteration",
        "iter"}},
      {"n_tokens",
       {"throughput/total_tokens", "num_input_tokens_seen", "train/num_input_tokens_seen", "tokens",
        "tokens_seen", "total_tokens", "consumed_tokens", "train/tokens", "train/total_tokens",
        "Tokens"}},
      {"total_flops", {"total_flos", "train/total_flos"}},
      {"n_params",
       {"params", "parameters", "num_params", "num_parameters", "n_parameters", "model_size"}},
      {"n_params_non_embedding", {"non_embedding_params", "n_non_embedding_params"}},
      {"batch_tokens", {"batch_size_in_tokens", "tokens_per_step", "global_batch_tokens"}}};
  return kNames;
}

constexpr std::array<std::string_view, 8> kClocks = {
    "_runtime",  "_timestamp", "Wall time", "Relative Time (Wall)", "Relative Time (Process)",
    "timestamp", "Created",    "Runtime"};

bool is_clock(const std::string& column) {
  return std::find(kClocks.begin(), kClocks.end(), column) != kClocks.end();
}

using LoggedNumbers = std::vector<double>;

/// A column's numbers, also those that a column of text holds; empty where it holds none.
LoggedNumbers numbers_in(const Column& column) {
  if (column.is_number()) return std::get<LoggedNumbers>(column.values);
  auto read = numbers_of(std::get<Texts>(column.values));
  return read && read->other_rows.empty() ? std::move(read->numbers) : LoggedNumbers();
}

std::string cell_text(const Column& column, std::size_t row) {
  if (!column.is_number()) return std::get<Texts>(column.values)[row];
  const double number = std::get<LoggedNumbers>(column.values)[row];
  return std::isnan(number) ? "" : shortest(number);
}

/// The rows of each run, by its name, in order of first appearance.
struct NamedRows {
  std::string name;
  std::vector<std::size_t> rows;
};

std::vector<NamedRows> rows_by_run(const Table& table, const Column* names,
                                   const std::string& default_name) {
  std::vector<NamedRows> runs;
  std::map<std::string, std::size_t> place;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    std::string name = names ? cell_text(*names, row) : "";
    if (name.empty()) name = default_name;
    const auto [found, is_new] = place.emplace(name, runs.size());
    if (is_new) runs.push_back({name, {}});
    runs[found->second].rows.push_back(row);
  }
  return runs;
}

/// The table's columns by what they are known as.
struct LogColumns {
  const Column* names = nullptr;
  std::map<std::string, LoggedNumbers> numbers;
  std::map<std::string, const Column*> texts;
};

LogColumns log_columns(const Table& table) {
  LogColumns columns;
  for (const Column& column : table.columns()) {
    const std::string name = known_name(column.name);
    const bool is_alias = name != column.name;
    if (is_clock(column.name) || (is_alias && table.has(name))) continue;
    if (name == "model") {
      if (!columns.names) columns.names = &column;
    } else if (LoggedNumbers numbers = numbers_in(column); !numbers.empty()) {
      columns.numbers.emplace(name, std::move(numbers));
    } else if (!column.is_number()) {
      columns.texts.emplace(name, &column);
    }
  }
  return columns;
}

/// The last value that is there.
std::optional<double> last_logged(const LoggedNumbers& numbers, std::span<const std::size_t> rows) {
  for (std::size_t i = rows.size(); i-- > 0;) {
    if (!std::isnan(numbers[rows[i]])) return numbers[rows[i]];
  }
  return {};
}

/// A column that says one thing of the whole run; false where it is a metric.
bool set_part(Run& run, const std::string& name, std::optional<double> last) {
  constexpr std::string_view kPrefix = kSettingPrefix;
  if (name == "n_params") {
    run.n_params.total = last;
  } else if (name == "n_params_non_embedding") {
    run.n_params.non_embedding = last;
  } else if (name == "n_params_active") {
    run.n_params.active = last;
  } else if (name == "total_flops") {
    run.total_flops = last;
  } else if (name == "flops_per_token") {
    run.flops_per_token = last;
  } else if (name == "seed") {
    run.seed = last;
  } else if (name == "batch_tokens" || name.starts_with(kPrefix)) {
    const std::string key = name == "batch_tokens" ? name : name.substr(kPrefix.size());
    if (last) run.settings[known_name(key)] = *last;
  } else {
    return false;
  }
  return true;
}

void set_words(Run& run, const std::string& name, const Column& column, std::size_t row) {
  const std::string text = cell_text(column, row);
  if (text.empty()) return;
  if (name == "label") {
    run.label = text;
  } else if (name == "family") {
    run.family = text;
  } else if (name == "length") {
    run.length = text;
  } else if (name.starts_with(kSettingPrefix)) {
    run.descriptions[name.substr(std::string_view(kSettingPrefix).size())] = text;
  }
}

Run logged_run(const Table& table, const LogColumns& columns, const NamedRows& named) {
  Run run;
  run.model = named.name;
  run.file = table.source();
  run.n_tokens.assign(named.rows.size(), kNaN);
  for (const auto& [name, numbers] : columns.numbers) {
    if (set_part(run, name, last_logged(numbers, named.rows))) continue;
    LoggedNumbers values;
    for (const std::size_t row : named.rows) values.push_back(numbers[row]);
    const bool measured =
        std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    if (!measured) continue;
    (name == "n_tokens" ? run.n_tokens : run.metrics[name]) = std::move(values);
  }
  for (const auto& [name, column] : columns.texts)
    set_words(run, name, *column, named.rows.front());
  return run;
}

}  // namespace

std::string known_name(const std::string& column) {
  for (const KnownName& known : known_names()) {
    for (const char* other : known.others) {
      if (column == other) return known.name;
    }
  }
  return column;
}

std::vector<Run> runs_of_log(const Table& table, const std::string& default_name) {
  const LogColumns columns = log_columns(table);
  std::vector<Run> runs;
  for (const NamedRows& named : rows_by_run(table, columns.names, default_name))
    runs.push_back(logged_run(table, columns, named));
  return runs;
}

}  // namespace rung
