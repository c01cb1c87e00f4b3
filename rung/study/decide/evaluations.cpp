#include "rung/study/decide/evaluations.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/text_column.hpp"
#include "rung/data/units.hpp"
#include "rung/study/decide/metric_names.hpp"
#include "rung/study/decide/metric_texts.hpp"

namespace rung::decide {
namespace {

using NameList = std::vector<std::string>;

/// The columns that say of which run and checkpoint a row is; null where there is none.
struct Found {
  const Column *recipe = nullptr, *size = nullptr, *task = nullptr, *step = nullptr,
               *seed = nullptr, *n_tokens = nullptr, *n_params = nullptr;

  /// Columns whose cells are names, whatever they look like.
  bool names(const Column& column) const {
    return &column == recipe || &column == size || &column == task || &column == seed;
  }
  bool holds(const Column& column) const {
    for (const Column* each : {recipe, size, task, step, seed, n_tokens, n_params}) {
      if (each == &column) return true;
    }
    return false;
  }
};

const Column* found_column(const Table& table, const std::string& given, const NameList& usual) {
  if (!given.empty()) return &table.column(given);
  for (const std::string& name : usual) {
    if (const Column* column = table.find(name)) return column;
  }
  return nullptr;
}

const Column* required(const Table& table, const Column* column, const char* what,
                       const char* option, const NameList& usual) {
  if (column) return column;
  throw InputError(Location{table.source()}, std::string("no column says ") + what,
                   std::string(option) + " COLUMN; known by themselves: " + join(usual, ", "));
}

Found find_columns(const Table& table, const Columns& columns) {
  const NameList recipes = {"recipe", "mix", "data", "group", "family"};
  const NameList sizes = {"size", "params", "model_size", "n_params"};
  Found found;
  found.recipe = required(table, found_column(table, columns.recipe, recipes),
                          "which data recipe a row is of", "--recipe", recipes);
  found.size = required(table, found_column(table, columns.size, sizes), "how large the model is",
                        "--size", sizes);
  found.task = found_column(table, columns.task, {"task", "benchmark"});
  found.step = found_column(table, columns.step, {"step", "_step", "global_step"});
  found.seed = found_column(table, columns.seed, {"seed"});
  found.n_tokens = found_column(table, columns.n_tokens, {"n_tokens", "tokens"});
  found.n_params = found_column(table, columns.n_params, {"n_params"});
  return found;
}

std::string text_at(const Column* column, std::size_t row) {
  if (!column) return "";
  if (!column->is_number()) return std::get<NameList>(column->values)[row];
  const double number = std::get<std::vector<double>>(column->values)[row];
  return std::isnan(number) ? "" : shortest(number);
}

double number_at(const Column* column, std::size_t row) {
  if (!column || !column->is_number()) return kNaN;
  return std::get<std::vector<double>>(column->values)[row];
}

/// InputError for a number that no place in training has, with its row.
void refuse_negative(const Table& table, const Column* column, const char* what) {
  if (!column || !column->is_number()) return;
  const auto& numbers = std::get<std::vector<double>>(column->values);
  const auto found = std::find_if(numbers.begin(), numbers.end(), [](double x) { return x < 0; });
  if (found == numbers.end()) return;
  throw InputError(table.location(static_cast<std::size_t>(found - numbers.begin())),
                   std::string(what) + " must be 0 or more, not " + shortest(*found));
}

/// NameList in order of first appearance.
class Index {
 public:
  std::size_t of(const std::string& name) {
    const auto [entry, is_new] = index_.try_emplace(name, names.size());
    if (is_new) names.push_back(name);
    return entry->second;
  }
  NameList names;

 private:
  std::map<std::string, std::size_t> index_;
};

struct Cell {
  std::size_t metric;
  double value;
};

/// A metric's values: how many are shares, how many lie outside 0 to 1, and which is missing.
struct ValueCounts {
  std::size_t n_shares = 0, n_outside = 0, n_missing = 0;
  std::size_t first_row = 0;  // outside
  double first = kNaN;        // there

  void add(double value, std::size_t row) {
    if (std::isnan(value)) {
      ++n_missing;
    } else if (value >= 0 && value <= 1) {
      ++n_shares;
    } else if (n_outside++ == 0) {
      first_row = row, first = value;
    }
  }
};

struct CheckpointCells {
  double n_tokens = kNaN;
  std::vector<Cell> cells;
};

class Gatherer {
 public:
  Gatherer(const Table& table, const Columns& columns, const NamedSizes& sizes)
      : table_(table), named_(sizes), found_(find_columns(table, columns)) {}

  Evaluations gather() {
    for (const Column& column : table_.columns()) {
      table_.refuse_infinities(column);
      if (!found_.names(column) && !column.name.starts_with("config."))
        table_.refuse_words_among_numbers(column);
    }
    refuse_negative(table_, found_.step, "steps");
    refuse_negative(table_, found_.n_tokens, "tokens");
    const Column *metric = table_.find("metric"), *value = table_.find("value");
    if (metric && value && !metric->is_number() && value->is_number()) {
      gather_long(*metric, *value);
    } else {
      gather_columns();
    }
    return finished();
  }

 private:
  /// Which run a row is of, and where in it.
  struct RowOf {
    std::size_t recipe, size;
    std::string seed;
    double step, n_tokens;
  };

  RowOf row_of(std::size_t row) {
    const std::string recipe = text_at(found_.recipe, row), size = text_at(found_.size, row);
    if (recipe.empty() || size.empty())
      throw InputError(table_.location(row), "this row says no recipe, or no size");
    const std::size_t i = sizes_.of(size);
    if (i == facts_.size()) facts_.push_back(facts_of(size, row));
    const double step = number_at(found_.step, row);
    double n_tokens = number_at(found_.n_tokens, row);
    if (std::isnan(n_tokens) && facts_[i].batch_tokens) n_tokens = step * *facts_[i].batch_tokens;
    return {recipes_.of(recipe), i, text_at(found_.seed, row), step, n_tokens};
  }

  NamedSize facts_of(const std::string& size, std::size_t row) const {
    std::optional<NamedSize> facts = size_of(named_, size);
    const double n_params = number_at(found_.n_params, row);
    if (n_params > 0) {
      if (!facts) facts.emplace();
      facts->n_params = n_params;
    }
    if (!facts)
      throw InputError(table_.location(row), "how many parameters has size '" + size + "'?",
                       "a column n_params, or a file for --sizes");
    return *facts;
  }

  CheckpointCells& checkpoint(const RowOf& of, const std::string& task) {
    auto& checkpoints = runs_[{tasks_.of(task), of.size, of.recipe, of.seed}];
    const double place = !std::isnan(of.step) ? of.step : std::isnan(of.n_tokens) ? 0 : of.n_tokens;
    CheckpointCells& at = checkpoints[place];
    at.n_tokens = of.n_tokens;
    return at;
  }

  void set(CheckpointCells& at, const std::string& metric, double value) {
    const std::size_t i = metrics_.of(metric);
    if (std::isnan(value)) return;
    for (Cell& cell : at.cells) {
      if (cell.metric != i) continue;
      n_repeated_ += cell.value != value;
      cell.value = value;
      return;
    }
    at.cells.push_back({i, value});
  }

  void count(const std::string& metric, double value, std::size_t row) {
    const std::size_t i = metrics_.of(metric);
    if (i >= values_.size()) values_.resize(i + 1);
    values_[i].add(value, row);
  }

  /// InputError for an accuracy that is none, where most are. A column in percent is taken as it
  /// is.
  void refuse_no_shares() const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const ValueCounts& of = values_[i];
      if (of.n_outside == 0 || of.n_shares <= of.n_outside || !is_share(metrics_.names[i]))
        continue;
      throw InputError(table_.location(of.first_row),
                       metrics_.names[i] + " is " + shortest(of.first) +
                           ", which is no share of questions: the others lie between 0 and 1",
                       of.first > 1 && of.first <= 100
                           ? "in percent? divide it by 100"
                           : "mend the row, or leave it out by --where");
    }
  }

  void gather_long(const Column& metric, const Column& value) {
    for (std::size_t row = 0; row < table_.n_rows(); ++row) {
      const std::string name = text_at(&metric, row);
      set(checkpoint(row_of(row), text_at(found_.task, row)), name, number_at(&value, row));
      count(name, number_at(&value, row), row);
    }
  }

  void gather_columns() {
    struct Metric {
      const Column* column;
      TaskMetric what;
    };
    std::vector<Metric> metrics;
    const bool is_wide = !found_.task && has_wide_columns();
    for (const Column& column : table_.columns()) {
      if (!column.is_number() || found_.holds(column)) continue;
      std::string name = column.name;
      if (name.starts_with("metrics.")) name = name.substr(8);
      if (is_wide) {
        if (const auto what = split_column(name)) metrics.push_back({&column, *what});
      } else if (!name.starts_with("config.")) {
        metrics.push_back({&column, {"", name}});
      }
    }
    if (metrics.empty())
      throw InputError(Location{table_.source()}, "no column holds a metric",
                       "a column of numbers for each metric");
    for (std::size_t row = 0; row < table_.n_rows(); ++row) {
      const RowOf of = row_of(row);
      for (const Metric& metric : metrics) {
        const std::string task = is_wide ? metric.what.task : text_at(found_.task, row);
        const double value = number_at(metric.column, row);
        set(checkpoint(of, task), metric.what.metric, value);
        // Where a task has a column, a blank says that it was not evaluated then.
        if (!is_wide || !std::isnan(value)) count(metric.what.metric, value, row);
      }
    }
  }

  bool has_wide_columns() const {
    return std::any_of(table_.columns().begin(), table_.columns().end(), [](const Column& column) {
      return column.is_number() && split_column(column.name).has_value();
    });
  }

  Evaluations finished() {
    refuse_no_shares();
    Evaluations result;
    for (const ValueCounts& of : values_) result.n_missing.push_back(of.n_missing);
    result.n_missing.resize(metrics_.names.size());
    result.recipes = recipes_.names;
    result.tasks = tasks_.names;
    result.metrics = metrics_.names;
    std::vector<std::size_t> order(facts_.size()), rank(facts_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return facts_[a].n_params < facts_[b].n_params;
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
      rank[order[i]] = i;
      result.sizes.push_back({sizes_.names[order[i]], facts_[order[i]].n_params});
    }
    for (const auto& [key, checkpoints] : runs_) {
      const auto& [task, size, recipe, seed] = key;
      result.series.push_back(
          series_of({recipe, rank[size], task, seed}, checkpoints, result.sizes[rank[size]]));
    }
    if (n_repeated_ > 0)
      result.warnings.push_back(counted(n_repeated_, "value") +
                                " of the same run, task and step were given again with another "
                                "number: the last counts (are there several lengths of training? "
                                "--where picks one)");
    result.index_runs();
    return result;
  }

  Series series_of(Series series, const std::map<double, CheckpointCells>& checkpoints,
                   Size& size) const {
    series.values.assign(metrics_.names.size(), std::vector<double>(checkpoints.size(), kNaN));
    std::size_t i = 0;
    for (const auto& [place, at] : checkpoints) {
      const double flops = training_flops(size.n_params, at.n_tokens);
      series.n_tokens.push_back(at.n_tokens);
      series.compute_flops.push_back(flops);
      for (const Cell& cell : at.cells) series.values[cell.metric][i] = cell.value;
      if (std::isnan(size.n_tokens) || at.n_tokens > size.n_tokens)
        size.n_tokens = at.n_tokens, size.compute_flops = flops;
      ++i;
    }
    return series;
  }

  const Table& table_;
  const NamedSizes& named_;
  Found found_;
  Index recipes_, tasks_, metrics_, sizes_;
  std::vector<NamedSize> facts_;  // of sizes_
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::string>,
           std::map<double, CheckpointCells>>
      runs_;  // of task, size, recipe and seed
  std::size_t n_repeated_ = 0;
  std::vector<ValueCounts> values_;  // of metrics_
};

}  // namespace

double Series::final_value(std::size_t metric) const {
  const std::vector<double>& of = values[metric];
  const auto last = std::find_if(of.rbegin(), of.rend(), [](double v) { return !std::isnan(v); });
  return last == of.rend() ? kNaN : *last;
}

double Series::end_mean(std::size_t metric) const {
  const std::size_t n = n_checkpoints();
  const auto first =
      std::min(n - 1, static_cast<std::size_t>(std::ceil(0.9 * static_cast<double>(n))));
  RunningMean mean;
  for (std::size_t i = first; i < n; ++i) {
    if (!std::isnan(values[metric][i])) mean.add(values[metric][i]);
  }
  return mean.value().value_or(final_value(metric));
}

double Evaluations::final_mean(std::size_t recipe, std::size_t size, std::size_t task,
                               std::size_t metric) const {
  RunningMean mean;
  for (const std::size_t run : runs(recipe, size, task)) {
    const double value = series[run].final_value(metric);
    if (!std::isnan(value)) mean.add(value);
  }
  return mean.value().value_or(kNaN);
}

std::optional<std::size_t> Evaluations::metric(std::string_view name) const {
  const auto found = std::find(metrics.begin(), metrics.end(), name);
  if (found == metrics.end()) return std::nullopt;
  return static_cast<std::size_t>(found - metrics.begin());
}

std::optional<std::size_t> Evaluations::size(std::string_view name) const {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].name == name) return i;
  }
  return std::nullopt;
}

void Evaluations::index_runs() {
  runs_.assign(tasks.size() * sizes.size() * recipes.size(), {});
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Series& run = series[i];
    runs_[(run.task * sizes.size() + run.size) * recipes.size() + run.recipe].push_back(i);
  }
}

Evaluations evaluations_of(const Table& table, const Columns& columns, const NamedSizes& sizes) {
  const Table whole = with_metric_columns(table);
  if (whole.n_rows() == 0) throw InputError(Location{table.source()}, "the table has no rows");
  return Gatherer(whole, columns, sizes).gather();
}

}  // namespace rung::decide
