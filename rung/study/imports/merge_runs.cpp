#include "rung/study/imports/merge_runs.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/numbers.hpp"

namespace rung::imports {
namespace {

/// A cell that may have been logged several times.
struct Cell {
  double value = kNaN;
  double n = 0;
};

/// A run's rows, by their place.
struct Rows {
  Run run;                                              // all but its rows
  std::map<double, std::map<std::string, Cell>> cells;  // by place, then by metric
  std::map<double, std::size_t> lines;   // by place; 0 where several rows make one checkpoint
  std::map<std::string, Cell> unplaced;  // of rows that say neither step nor tokens
  std::size_t n_repeated = 0;
  bool all_have_steps = true, all_have_tokens = true;  // the rows of all parts
  bool only_clock = true;  // all rows say when they were logged, and nothing else of their place
  bool one_table = true;   // lines are of run.table
};

constexpr const char* kTokens = "n_tokens";

void put(Cell& cell, double value, Repeated repeated, std::size_t& n_repeated) {
  if (std::isnan(value)) return;
  if (cell.n > 0 && cell.value != value) ++n_repeated;
  cell.n += 1;
  cell.value = repeated == Repeated::last || cell.n == 1
                   ? value
                   : cell.value + (value - cell.value) / cell.n;
}

template <class T>
void take(T& known, const T& stated) {
  if (stated != T()) known = stated;
}

void take_parts(Run& run, const Run& part) {
  take(run.model, part.model);
  take(run.label, part.label);
  take(run.family, part.family);
  take(run.length, part.length);
  take(run.seed, part.seed);
  take(run.file, part.file);
  take_sizes_and_settings(run, part);
  for (const auto& [key, value] : part.descriptions) run.descriptions[key] = value;
}

bool all_known(const std::vector<double>& values) {
  return std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

bool has_steps(const Run& part) {
  const auto steps = part.metrics.find(kStep);
  return steps != part.metrics.end() && all_known(steps->second);
}

bool has_only_clock(const Run& part) {
  const auto is_said = [](double value) { return !std::isnan(value); };
  const auto steps = part.metrics.find(kStep), seconds = part.metrics.find(kSeconds);
  return seconds != part.metrics.end() && all_known(seconds->second) &&
         std::none_of(part.n_tokens.begin(), part.n_tokens.end(), is_said) &&
         (steps == part.metrics.end() ||
          std::none_of(steps->second.begin(), steps->second.end(), is_said));
}

double step_of(const Run& part, std::size_t row) {
  const auto steps = part.metrics.find(kStep);
  return steps == part.metrics.end() ? kNaN : steps->second[row];
}

void add_part(Rows& rows, const Run& part, Repeated repeated) {
  take_parts(rows.run, part);
  if (rows.cells.empty() && rows.unplaced.empty()) rows.run.table = part.table;
  rows.one_table = rows.one_table && part.table == rows.run.table;
  for (std::size_t row = 0; row < part.n_rows(); ++row) {
    const double step = step_of(part, row);
    const bool by_step = rows.all_have_steps || (!rows.all_have_tokens && !std::isnan(step));
    const double place = rows.only_clock ? part.metrics.at(kSeconds)[row]
                         : by_step       ? step
                                         : part.n_tokens[row];
    auto& cells = std::isnan(place) ? rows.unplaced : rows.cells[place];
    if (!std::isnan(place) && row < part.lines.size()) {
      const auto [found, is_new] = rows.lines.try_emplace(place, part.lines[row]);
      if (!is_new) found->second = 0;
    }
    put(cells[kTokens], part.n_tokens[row], repeated, rows.n_repeated);
    for (const auto& [metric, values] : part.metrics) {
      // A step that is trained again is later, which says nothing of the run.
      std::size_t not_counted = 0;
      if (metric == kSeconds) {
        put(cells[metric], values[row], Repeated::last, not_counted);
      } else {
        put(cells[metric], values[row], repeated, rows.n_repeated);
      }
    }
  }
}

Run run_of(Rows rows) {
  Run run = std::move(rows.run);
  run.n_tokens.clear();
  run.metrics.clear();
  if (!rows.unplaced.empty()) {
    // A row without a place is of the end, such as a summary.
    if (rows.cells.empty()) rows.cells[0];
    auto& last = rows.cells.rbegin()->second;
    for (const auto& [metric, cell] : rows.unplaced) last.emplace(metric, cell);
    if (!rows.lines.empty()) rows.lines.rbegin()->second = 0;
  }
  if (rows.one_table && rows.lines.size() == rows.cells.size()) {
    for (const auto& [place, line] : rows.lines) run.lines.push_back(line);
  }
  std::size_t row = 0;
  const std::size_t n_rows = rows.cells.size();
  run.n_tokens.assign(n_rows, kNaN);
  for (const auto& [place, cells] : rows.cells) {
    for (const auto& [metric, cell] : cells) {
      std::vector<double>& values = metric == kTokens ? run.n_tokens : run.metrics[metric];
      values.resize(n_rows, kNaN);
      values[row] = cell.value;
    }
    ++row;
  }
  std::erase_if(run.metrics, [](const auto& metric) {
    return std::all_of(metric.second.begin(), metric.second.end(),
                       [](double value) { return std::isnan(value); });
  });
  return run;
}

/// For each row the values between those of the rows around it, along `at`; NaN outside of them.
std::vector<double> interpolated(const std::vector<double>& at, const std::vector<double>& values) {
  std::vector<double> filled = values;
  std::size_t before = values.size();  // none yet
  for (std::size_t after = 0; after < values.size(); ++after) {
    if (std::isnan(values[after])) continue;
    const bool grows = before < values.size() && at[after] > at[before];
    for (std::size_t row = before + 1; grows && row < after; ++row) {
      const double share = (at[row] - at[before]) / (at[after] - at[before]);
      filled[row] = values[before] + share * (values[after] - values[before]);
    }
    before = after;
  }
  return filled;
}

/// Whether each row says the tokens of the whole run, while its steps grow.
bool says_length_alone(const std::vector<double>& steps, const std::vector<double>& tokens) {
  return tokens.size() > 1 && steps.back() > steps.front() &&
         std::all_of(tokens.begin(), tokens.end(),
                     [&](double each) { return each == tokens.front(); });
}

}  // namespace

void take_sizes_and_settings(Run& run, const Run& stated) {
  take(run.n_params.total, stated.n_params.total);
  take(run.n_params.non_embedding, stated.n_params.non_embedding);
  take(run.n_params.active, stated.n_params.active);
  take(run.flops_per_token, stated.flops_per_token);
  take(run.total_flops, stated.total_flops);
  for (const auto& [key, value] : stated.settings) run.settings[key] = value;
}

Merged merge_runs(const std::vector<Run>& parts, Repeated repeated) {
  std::vector<Rows> runs;
  std::map<std::string, std::size_t> place;
  for (const Run& part : parts) {
    const auto [found, is_new] = place.emplace(part.model, runs.size());
    if (is_new) runs.emplace_back();
    if (part.n_rows() == 0) continue;
    Rows& rows = runs[found->second];
    rows.all_have_steps = rows.all_have_steps && has_steps(part);
    rows.all_have_tokens = rows.all_have_tokens && all_known(part.n_tokens);
    rows.only_clock = rows.only_clock && has_only_clock(part);
  }
  for (const Run& part : parts) add_part(runs[place[part.model]], part, repeated);
  Merged merged;
  for (Rows& rows : runs) {
    merged.n_repeated += rows.n_repeated;
    if (rows.n_repeated > 0) merged.repeated_runs.push_back(rows.run.model);
    merged.runs.push_back(run_of(std::move(rows)));
  }
  return merged;
}

std::size_t fill_tokens(Run& run, std::optional<double> batch_tokens) {
  const auto steps = run.metrics.find(kStep);
  if (steps == run.metrics.end()) return 0;
  for (const char* name : {"batch_tokens", "batch_size_in_tokens"}) {
    const auto setting = run.settings.find(name);
    if (!batch_tokens && setting != run.settings.end()) batch_tokens = setting->second;
  }
  const std::vector<double> known = run.n_tokens;
  const bool none_known =
      std::all_of(known.begin(), known.end(), [](double tokens) { return std::isnan(tokens); });
  if (none_known && batch_tokens) {
    for (std::size_t row = 0; row < run.n_rows(); ++row)
      run.n_tokens[row] = steps->second[row] * *batch_tokens;
  } else if (says_length_alone(steps->second, known)) {
    for (std::size_t row = 0; row < run.n_rows(); ++row)
      run.n_tokens[row] = known[row] * (steps->second[row] / steps->second.back());
  } else {
    run.n_tokens = interpolated(steps->second, known);
  }
  std::size_t n_filled = 0;
  for (std::size_t row = 0; row < run.n_rows(); ++row)
    n_filled += known[row] != run.n_tokens[row] && !std::isnan(run.n_tokens[row]);
  return n_filled;
}

std::size_t insert_row(Run& run, double step) {
  std::size_t row = 0;
  while (row < run.n_rows() && !(run.metrics[kStep][row] >= step)) ++row;
  const auto at = static_cast<std::ptrdiff_t>(row);
  run.metrics[kStep].resize(run.n_rows(), kNaN);
  run.n_tokens.insert(run.n_tokens.begin() + at, kNaN);
  run.lines.clear();
  for (auto& [metric, values] : run.metrics)
    values.insert(values.begin() + at, metric == kStep ? step : kNaN);
  return row;
}

}  // namespace rung::imports
