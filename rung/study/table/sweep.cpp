#include "rung/study/table/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/linear_algebra.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/table/column_words.hpp"

namespace rung::table {
namespace {

constexpr double kTolerance = 0.005;  // of a loss, that a run may give away

/// Finds the bottom near the best run.
void fit_parabola(Sweep& sweep) {
  const std::size_t first = sweep.best < 2 ? 0 : sweep.best - 2;
  const std::size_t last = std::min(sweep.runs.size(), sweep.best + 3);
  const std::size_t n = last - first;
  if (n < 3) return;
  Matrix powers(n, 3);
  std::vector<double> loss(n);
  for (std::size_t i = 0; i < n; ++i) {
    const SweptRun& run = sweep.runs[first + i];
    const double x = std::log(run.value / sweep.runs[sweep.best].value);
    powers(i, 0) = 1;
    powers(i, 1) = x;
    powers(i, 2) = x * x;
    loss[i] = run.loss;
  }
  const LeastSquares found = least_squares(powers, loss);
  if (found.rank < 3) return;
  const std::vector<double>& c = found.solution.values;
  if (!(c[2] > 0)) return;
  const double at = -c[1] / (2 * c[2]);
  const double value = sweep.runs[sweep.best].value * std::exp(at);
  if (value < sweep.runs.front().value || value > sweep.runs.back().value) return;
  sweep.optimum = value;
  sweep.bottom = c[0] - c[1] * c[1] / (4 * c[2]);
}

Sweep finished(Sweep sweep) {
  std::stable_sort(sweep.runs.begin(), sweep.runs.end(),
                   [](const SweptRun& a, const SweptRun& b) { return a.value < b.value; });
  const auto best =
      std::min_element(sweep.runs.begin(), sweep.runs.end(),
                       [](const SweptRun& a, const SweptRun& b) { return a.loss < b.loss; });
  sweep.best = static_cast<std::size_t>(best - sweep.runs.begin());
  sweep.at_edge = best->value == sweep.runs.front().value || best->value == sweep.runs.back().value;
  fit_parabola(sweep);
  const double bottom = sweep.bottom.value_or(best->loss);
  for (SweptRun& run : sweep.runs) {
    run.given_away = std::max(0.0, run.loss - bottom);
    run.away = run.given_away > kTolerance * std::abs(bottom);
  }
  return sweep;
}

std::string count_words(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

void write_notes(const std::string& column, bool only_best, SweepReport& report) {
  std::size_t n_sweeps = 0, n_runs = 0, n_away = 0, n_edge = 0;
  double most = 0;
  for (const Sweep& sweep : report.sweeps) {
    if (sweep.column != column) continue;
    ++n_sweeps;
    n_runs += sweep.runs.size();
    n_edge += sweep.at_edge;
    for (const SweptRun& run : sweep.runs) {
      n_away += run.away;
      most = std::max(most, run.given_away / std::abs(run.loss));
    }
  }
  if (n_sweeps == 0) {
    report.notes.push_back("no two runs of the same inputs differ in " + column);
    return;
  }
  if (n_away > 0)
    report.notes.push_back(std::to_string(n_away) + " of " + count_words(n_runs, "run", "runs") +
                           " in sweeps of " + column + " give away more than " +
                           percent(kTolerance, 1) + " of their loss (at most " + percent(most, 1) +
                           ")" +
                           (only_best ? ", and are left out"
                                      : ": a fit to them lies too high; --best-of-sweep leaves "
                                        "them out"));
  if (n_edge > 0)
    report.notes.push_back("in " + std::to_string(n_edge) + " of " +
                           count_words(n_sweeps, "sweep", "sweeps") + " of " + column +
                           " the best run is the first or the last, so the optimum may lie beyond");
}

/// A swept quantity, one value a row of the table.
struct Quantity {
  std::string name;
  std::vector<double> values;
};

std::vector<Quantity> quantities_of(const Prepared& prepared, const std::string& columns) {
  const Table& table = prepared.table;
  const Mapping swept = parse_mapping(columns, "--sweep");
  Mapping said = prepared.x;  // these may be swept, too
  said.insert(said.end(), swept.begin(), swept.end());
  std::vector<Quantity> quantities;
  for (const auto& [name, expression] : swept) {
    quantities.push_back({name, evaluate(expression, table)});
    for (std::size_t i = 0; i < table.n_rows(); ++i) {
      const double value = quantities.back().values[i];
      if (value > 0 && std::isfinite(value)) continue;
      throw InputError(table.location(i),
                       shown_expression(expression_of(said, name)) + " is missing or not positive",
                       where_hint(said, name, " > 0"));
    }
  }
  return quantities;
}

}  // namespace

SweepReport diagnose_sweeps(const Prepared& prepared, const std::string& columns, bool only_best) {
  const std::vector<Quantity> quantities = quantities_of(prepared, columns);
  SweepReport report;
  for (const Quantity& swept : quantities) {
    for (const Sample& sample : prepared.samples) {
      std::map<std::vector<double>, Sweep> sweeps;  // by what else the runs have
      for (std::size_t i = 0; i < sample.points.size(); ++i) {
        const std::size_t row = sample.rows[i];
        std::vector<double> key = sample.points.inputs(i);
        Sweep own{.group = sample.label, .column = swept.name, .inputs = key};
        for (const Quantity& other : quantities) {
          if (other.name == swept.name) continue;
          key.push_back(other.values[row]);
          own.held.emplace_back(other.name, other.values[row]);
        }
        Sweep& sweep = sweeps.try_emplace(std::move(key), std::move(own)).first->second;
        sweep.runs.push_back({.row = row, .value = swept.values[row], .loss = sample.points.y(i)});
      }
      for (auto& [key, sweep] : sweeps) {
        const double first = sweep.runs.front().value;
        if (std::any_of(sweep.runs.begin(), sweep.runs.end(),
                        [&](const SweptRun& run) { return run.value != first; }))
          report.sweeps.push_back(finished(std::move(sweep)));
      }
    }
    write_notes(swept.name, only_best, report);
  }
  return report;
}

Prepared best_of_sweeps(Prepared prepared) {
  for (Sample& sample : prepared.samples) {
    std::map<std::vector<double>, std::size_t> best;
    for (std::size_t i = 0; i < sample.points.size(); ++i) {
      const auto [place, added] = best.try_emplace(sample.points.inputs(i), i);
      if (!added && sample.points.y(i) < sample.points.y(place->second)) place->second = i;
    }
    std::vector<std::size_t> kept;
    for (const auto& [inputs, i] : best) kept.push_back(i);
    std::sort(kept.begin(), kept.end());
    Points points(sample.points.n_inputs(), kept.size());
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      points.set(i, sample.points.inputs(kept[i]), sample.points.y(kept[i]),
                 sample.points.weight(kept[i]));
      rows.push_back(sample.rows[kept[i]]);
    }
    sample.points = std::move(points);
    sample.rows = std::move(rows);
  }
  return prepared;
}

}  // namespace rung::table
