#include "rung/study/table/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/units.hpp"
#include "rung/study/table/column_words.hpp"
#include "rung/study/table/fit_group.hpp"
#include "rung/study/table/noise_doubts.hpp"
#include "rung/study/table/observation_intervals.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::table {
namespace {

int input_index(const Law& law, const std::string& name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return static_cast<int>(k);
  }
  return -1;
}

using Values = std::vector<double>;

/// Products of what N and D are, where both are there, as C.
template <class ValuesOf>
std::optional<Values> compute_of(const ValuesOf& values_of) {
  std::optional<Values> n = values_of("N"), d = values_of("D");
  if (!n || !d) return std::nullopt;
  for (std::size_t i = 0; i < n->size(); ++i) (*n)[i] = training_flops((*n)[i], (*d)[i]);
  return n;
}

/// From the law's own inputs; absent where it has not those that it takes.
std::optional<Values> own_quantity(const Law& law, const Points& points, const std::string& name) {
  const auto values_of = [&](const std::string& input) -> std::optional<Values> {
    const int k = input_index(law, input);
    if (k < 0) return std::nullopt;
    Values values;
    for (std::size_t i = 0; i < points.size(); ++i)
      values.push_back(points.input(static_cast<std::size_t>(k), i));
    return values;
  };
  if (std::optional<Values> own = values_of(name)) return own;
  return name == "C" ? compute_of(values_of) : std::nullopt;
}

/// The same from the table's columns, which another law may have as its inputs.
std::optional<Values> column_quantity(const Prepared& prepared, const Sample& sample,
                                      const std::string& name) {
  const auto values_of = [&](const std::string& column_name) -> std::optional<Values> {
    const Column* const column = prepared.table.find(column_name);
    if (!column || !column->is_number()) return std::nullopt;
    Values values;
    for (const std::size_t row : sample.rows) {
      values.push_back(std::get<Values>(column->values)[row]);
      if (!(values.back() > 0 && std::isfinite(values.back())))
        throw InputError(prepared.table.location(row),
                         "'" + shown_expression(expression_of(prepared.x, column_name)) +
                             "' is to be rolled over, and not above 0 here",
                         where_hint(prepared.x, column_name, " > 0"));
    }
    return values;
  };
  if (std::optional<Values> own = values_of(name)) return own;
  return name == "C" ? compute_of(values_of) : std::nullopt;
}

/// --over: what grows, and whether it is one over that.
struct Over {
  explicit Over(const std::string& text)
      : falling(text.starts_with("1/")), name(falling ? text.substr(2) : text) {}

  Values of(std::optional<Values> values, const Law& law) const {
    if (!values)
      throw InputError("can't roll over '" + std::string(falling ? "1/" : "") + name + "': '" +
                           law.info.name + "' has no such input, and the table no such column",
                       "--over takes an input of a law, or C where there are N and D; 1/L goes "
                       "from high loss L to low");
    for (double& value : *values) value = falling ? 1 / value : value;
    return std::move(*values);
  }

  bool falling;
  std::string name;
};

/// The quantity rolled over, one a point.
Values quantity(const Prepared& prepared, const Sample& sample, const BacktestOptions& options) {
  const Over over(options.over);
  std::optional<Values> values;
  if (!(options.own_compute && over.name == "C"))
    values = own_quantity(*prepared.law, sample.points, over.name);
  if (!values) values = column_quantity(prepared, sample, over.name);
  return over.of(std::move(values), *prepared.law);
}

/// What is rolled: rows, or the runs whose checkpoints they are.
struct Rolling {
  Values at;             // of the quantity rolled over, one a row
  Values run_at;         // where its run ends; the same where each row is a run
  std::vector<int> run;  // which run's noise it shares; empty: none
  std::vector<bool> is_predicted;
};

Rolling rolling_of(const Prepared& prepared, const Sample& sample, const BacktestOptions& options) {
  Rolling rows;
  rows.at = rows.run_at = quantity(prepared, sample, options);
  rows.is_predicted.assign(rows.at.size(), true);
  if (!options.run_column.empty()) rows.run = clusters_of(prepared, sample, options.run_column);
  if (!options.whole_runs) return rows;
  std::map<int, std::size_t> last;
  for (std::size_t i = 0; i < rows.at.size(); ++i) {
    const auto [place, is_first] = last.try_emplace(rows.run[i], i);
    if (!is_first && rows.at[i] >= rows.at[place->second]) place->second = i;
  }
  for (std::size_t i = 0; i < rows.at.size(); ++i) {
    rows.is_predicted[i] = last[rows.run[i]] == i;
    rows.run_at[i] = rows.at[last[rows.run[i]]];
  }
  return rows;
}

/// Another law may have the quantity from other columns, a rounding apart.
bool reached(double cutoff, double at) {
  constexpr double kRounding = 1.005;
  return at <= (cutoff > 0 ? kRounding * cutoff : cutoff);
}

/// Of thousands of rows between two cutoffs, some say as much; and no smaller cutoff, with all
/// rows beyond it, outweighs the others more than in a small table.
void predict_some_between(const std::vector<double>& cutoffs, Rolling& rows) {
  constexpr std::size_t kMostBetween = 25;
  std::map<std::size_t, std::vector<std::size_t>> between;  // by how many cutoffs lie below
  for (std::size_t i = 0; i < rows.at.size(); ++i) {
    const auto n_below = std::count_if(cutoffs.begin(), cutoffs.end(),
                                       [&](double cutoff) { return !reached(cutoff, rows.at[i]); });
    if (rows.is_predicted[i]) between[static_cast<std::size_t>(n_below)].push_back(i);
  }
  for (auto& [n_below, there] : between) {
    if (there.size() <= kMostBetween) continue;
    std::stable_sort(there.begin(), there.end(),
                     [&](std::size_t a, std::size_t b) { return rows.at[a] < rows.at[b]; });
    for (const std::size_t i : there) rows.is_predicted[i] = false;
    for (std::size_t k = 0; k < kMostBetween; ++k)
      rows.is_predicted[there[k * (there.size() - 1) / (kMostBetween - 1)]] = true;
  }
}

/// Absent where the points vary too little for the law, or no parameters give it a value at all.
std::optional<Fitted> fitted_to(const Prepared& prepared, const Request& request,
                                const Sample& train, std::optional<double> noise_sd) {
  try {
    Fitted fitted = fit_under_noise(prepared, train, request, noise_sd).fitted;
    if (fitted.fit.status != Status::failed) return fitted;
  } catch (const InputError&) {
  }
  return std::nullopt;
}

/// Each once, ascending in the quantity rolled over.
std::vector<std::vector<double>> places_beyond(double cutoff, const Points& points,
                                               const Rolling& rows) {
  std::map<std::vector<double>, double> at;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (rows.is_predicted[i] && !reached(cutoff, rows.at[i]))
      at.try_emplace(points.inputs(i), rows.at[i]);
  std::vector<std::vector<double>> places;
  for (const auto& [inputs, quantity] : at) places.push_back(inputs);
  std::stable_sort(places.begin(), places.end(),
                   [&](const auto& a, const auto& b) { return at[a] < at[b]; });
  return places;
}

struct Rolled {
  std::vector<Rollout> rollouts;
  bool usable = false;
};

/// The law and rows of a backtest.
struct Tested {
  const Prepared& prepared;
  const Request& request;
  const Points& points;
  std::optional<double> noise_sd;
};

/// Where rows share their run's noise, which neither priors nor a noise that is told know of, by
/// clusters or not at all.
bool find_covariance(const std::vector<int>& runs, Fitted& fitted) {
  if (!fitted.fit.identified) return false;
  if (runs.empty()) return true;
  return !any_prior(fitted.options.constraints) && fitted.use_sandwich(runs);
}

Rolled roll(const Tested& tested, const Rolling& rows, double cutoff) {
  const Values& at = rows.at;
  const Points& points = tested.points;
  std::vector<std::size_t> below;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (reached(cutoff, rows.run_at[i])) below.push_back(i);
  }
  if (below.empty()) return {};
  Sample train{.points = Points(points.n_inputs(), below.size())};
  double best = points.y(below.front());
  // The last value reached is what one would guess without a law.
  double furthest = 0;
  std::vector<int> runs;
  for (std::size_t i = 0; i < below.size(); ++i) {
    if (!rows.run.empty()) runs.push_back(rows.run[below[i]]);
    train.points.set(i, points.inputs(below[i]), points.y(below[i]), points.weight(below[i]));
    if (at[below[i]] >= furthest) furthest = at[below[i]], best = points.y(below[i]);
  }
  Rolled result;
  std::optional<Fitted> fitted = fitted_to(tested.prepared, tested.request, train, tested.noise_sd);
  if (!fitted) return result;
  result.usable = true;
  const bool has_intervals = find_covariance(runs, *fitted);
  ObservationIntervals intervals(*fitted, places_beyond(cutoff, points, rows));
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!rows.is_predicted[i] || reached(cutoff, at[i])) continue;
    const std::vector<double> inputs = points.inputs(i);
    const double predicted = fitted->predict(inputs);
    if (!std::isfinite(predicted)) continue;
    result.rollouts.push_back(
        {cutoff,
         at[i],
         {predicted, points.y(i), has_intervals ? intervals.at(inputs) : std::nullopt},
         std::abs(best / points.y(i) - 1)});
  }
  return result;
}

void summarise(double tolerance, Backtest& result) {
  if (result.rollouts.empty()) return;
  std::vector<double> errors, signed_errors, covered, naive_errors;
  for (const Rollout& rollout : result.rollouts) {
    signed_errors.push_back(rollout.prediction.relative_error().value_or(kInfinity));
    errors.push_back(std::abs(signed_errors.back()));
    naive_errors.push_back(rollout.naive_error);
    if (const auto is_covered = rollout.prediction.covered()) covered.push_back(*is_covered);
  }
  result.mean_error = mean(errors);
  result.bias = mean(signed_errors);
  result.median_error = median(std::move(errors));
  result.n_intervals = covered.size();
  if (!covered.empty()) result.coverage = mean(covered);
  result.naive_error = mean(naive_errors);
  result.predictable = result.median_error <= tolerance && result.mean_error < result.naive_error;
}

}  // namespace

std::optional<double> value_of(const Inputs& inputs, const std::string& name) {
  for (const auto& [known, value] : inputs) {
    if (known == name) return value;
  }
  return std::nullopt;
}

double compute_over_six_nd(const Prepared& prepared, const Sample& sample,
                           const BacktestOptions& options) {
  if (!options.own_compute) return 1;
  const std::optional<Values> own = column_quantity(prepared, sample, "C");
  const std::optional<Values> six_nd = own_quantity(*prepared.law, sample.points, "C");
  if (!own || !six_nd) return 1;
  const auto largest = std::max_element(own->begin(), own->end());
  return *largest / (*six_nd)[static_cast<std::size_t>(largest - own->begin())];
}

std::optional<double> quantity_at(const Inputs& inputs, const std::string& over,
                                  double compute_over_six_nd) {
  const Over what(over);
  std::optional<double> value = value_of(inputs, what.name);
  const std::optional<double> n = value_of(inputs, "N"), d = value_of(inputs, "D");
  if (!value && what.name == "C" && n && d) value = compute_over_six_nd * training_flops(*n, *d);
  return value && what.falling ? 1 / *value : value;
}

void keep_cutoffs(const std::set<double>& cutoffs, double tolerance, Backtest& law) {
  std::erase_if(law.rollouts,
                [&](const Rollout& rollout) { return !cutoffs.contains(rollout.cutoff); });
  law.coverage.reset();
  summarise(tolerance, law);
}

namespace {

/// All of them, if any.
std::vector<double> all_cutoffs(const Values& at, std::size_t n_free) {
  std::vector<double> cutoffs;
  const std::set<double> values(at.begin(), at.end());
  // Budgets within 1% of the least of them are one: 6 N D of rounded N and D differs by that much.
  constexpr double kSame = 1.01;
  double least = kNaN;
  for (auto next = values.begin(); next != values.end();) {
    const double cutoff = *next++;
    if (!(least > 0 && cutoff < kSame * least)) least = cutoff;
    if (next != values.end() && least > 0 && *next < kSame * least) continue;
    const auto below = std::count_if(at.begin(), at.end(), [&](double v) { return v <= cutoff; });
    if (static_cast<std::size_t>(below) > n_free && cutoff < *values.rbegin())
      cutoffs.push_back(cutoff);
  }
  return cutoffs;
}

}  // namespace

bool has_cutoff_between_runs(const Prepared& prepared, const Sample& sample,
                             BacktestOptions options, std::size_t n_free) {
  options.whole_runs = true;
  return !all_cutoffs(rolling_of(prepared, sample, options).run_at, n_free).empty();
}

std::vector<double> cutoffs_of(const Prepared& prepared, const Sample& sample,
                               const BacktestOptions& options, std::size_t n_free) {
  const std::vector<double> cutoffs =
      all_cutoffs(rolling_of(prepared, sample, options).run_at, n_free);
  if (cutoffs.empty()) {
    throw InputError("no cutoff over " + options.over + " leaves more than " +
                         std::to_string(n_free) + " rows below it and one above",
                     "roll over another quantity, or take a law with fewer parameters");
  }
  // Many distinct values would only repeat each other.
  constexpr std::size_t kMostCutoffs = 40;
  if (cutoffs.size() <= kMostCutoffs) return cutoffs;
  std::vector<double> picked;
  for (std::size_t i = 0; i < kMostCutoffs; ++i)
    picked.push_back(cutoffs[i * (cutoffs.size() - 1) / (kMostCutoffs - 1)]);
  return picked;
}

Backtest backtest(const Prepared& prepared, const Sample& sample, const Request& request,
                  const std::vector<double>& cutoffs, const BacktestOptions& options) {
  const Points& points = sample.points;
  Rolling rows = rolling_of(prepared, sample, options);
  predict_some_between(cutoffs, rows);
  FitUnderNoise fit = fit_under_noise(prepared, sample, request, options.noise_sd);
  FittedGroup all{.fitted = std::move(fit.fitted)};
  if (options.run_column.empty()) doubt_noise(options.noise_sd, fit.by_data, all);
  Backtest result;
  result.law = prepared.law->info.name;
  result.residual = prepared.residual;
  std::vector<Rolled> rolled(cutoffs.size());
  parallel_for(
      cutoffs.size(), options.n_threads,
      [&](std::size_t i) {
        rolled[i] = roll({prepared, request, points, options.noise_sd}, rows, cutoffs[i]);
      },
      "backtest");
  for (const Rolled& one : rolled) {
    ++result.n_fits;
    result.n_unusable += !one.usable;
    result.rollouts.insert(result.rollouts.end(), one.rollouts.begin(), one.rollouts.end());
  }
  summarise(options.tolerance, result);
  result.criteria = all.fitted.criteria();
  result.doubt = doubt_of(all.fitted);
  if (result.doubt.empty()) result.doubt = join(all.fitted.doubts, "; ");
  if (result.doubt.empty()) result.note = join(all.notes, "; ");
  return result;
}

}  // namespace rung::table
