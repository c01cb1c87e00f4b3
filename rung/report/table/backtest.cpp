#include "rung/report/table/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rung/core/expression_tokens.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/table/predictions.hpp"

namespace rung::table {
namespace {

Json json_rollouts(const Backtest& law) {
  Json json = Json::array();
  for (const Rollout& rollout : law.rollouts) {
    const Prediction& at = rollout.prediction;
    const std::optional<bool> covered = at.covered();
    json.push_back({{"cutoff", rollout.cutoff},
                    {"at", rollout.at},
                    {"extrapolation", json_number(rollout.extrapolation())},
                    {"actual", json_number(at.actual)},
                    {"predicted", json_number(at.predicted)},
                    {"relative_error", json_number(at.relative_error())},
                    {"interval", json_interval(at.interval)},
                    {"covered", covered ? Json(*covered) : Json(nullptr)}});
  }
  return json;
}

Json json_reservations(const Backtest& law) {
  Json json = Json::array();
  for (const Reservation& reservation : law.reservations)
    json.push_back(reservation.words + ": " + reservation.details);
  return json;
}

Json json_law(const BacktestRequest& request, const std::string& y, const GroupBacktest& group,
              std::size_t i, const std::string& formula) {
  const Backtest& law = group.laws[i];
  const bool any = !law.rollouts.empty();
  const auto when = [any](double value) { return any ? json_number(value) : Json(nullptr); };
  return {{"y", y},
          {"group", json_label(group.label)},
          {"law", law.law},
          {"formula", formula.empty() ? Json(nullptr) : Json(formula)},
          {"residual", residual_name(law.residual)},
          {"chosen", i == group.best},
          {"predictable", law.predictable ? Json(*law.predictable) : Json(nullptr)},
          {"why_not", why_not_predictable(law, request.options.tolerance)},
          {"reservations", json_reservations(law)},
          {"run_column", group.run_column.empty() ? Json(nullptr) : Json(group.run_column)},
          {"whole_runs", group.whole_runs},
          {"n_rollouts", law.rollouts.size()},
          {"mean_error", when(law.mean_error)},
          {"median_error", when(law.median_error)},
          {"bias", when(law.bias)},
          {"naive_error", when(law.naive_error)},
          {"coverage", json_number(law.coverage)},
          {"n_intervals", law.n_intervals},
          {"n_fits", law.n_fits},
          {"n_unusable", law.n_unusable},
          {"aic", json_number(law.criteria.aic)},
          {"aicc", json_number(law.criteria.aicc)},
          {"bic", json_number(law.criteria.bic)},
          {"leave_one_out", json_number(law.criteria.leave_one_out)},
          {"akaike_weight", json_number(group.akaike_weights[i])},
          {"rollouts", json_rollouts(law)}};
}

Json json_average_at(const GroupBacktest& group, const AverageAt& at) {
  Json inputs = Json::object(), by_law = Json::object();
  for (const auto& [name, value] : at.inputs) inputs[name] = json_number(value);
  for (std::size_t i = 0; i < group.laws.size(); ++i) {
    by_law[group.laws[i].law] = {{"predicted", json_number(at.laws[i].value)},
                                 {"interval", json_interval(at.laws[i].interval)}};
  }
  return {{"inputs", inputs},
          {"predicted", json_number(at.average.value)},
          {"interval", json_interval(at.average.interval)},
          {"between_laws_sd", json_number(at.average.between_laws_sd)},
          {"within_laws_sd", json_number(at.average.within_laws_sd)},
          {"laws", by_law},
          {"notes", at.notes}};
}

/// The laws' predictions and their average, as one more result of the group.
Json json_average(const BacktestRequest& request, const BacktestResult& result,
                  const GroupBacktest& group) {
  Json weights = Json::object(), predictions = Json::array();
  for (std::size_t i = 0; i < group.laws.size(); ++i)
    weights[group.laws[i].law] = json_number(group.average_weights[i]);
  for (const AverageAt& at : group.averages) predictions.push_back(json_average_at(group, at));
  return {{"y", result.y},      {"group", json_label(group.label)},
          {"law", "average"},   {"by", average_by_name(request.average)},
          {"weights", weights}, {"predictions", predictions}};
}

std::string target_words(const BacktestResult& result, const GroupBacktest& group) {
  const std::string y = shown_expression(result.y);
  return group.label.empty() ? y : y + ", " + group.label;
}

std::string verdict(const Backtest& law, bool chosen, double tolerance) {
  if (!law.unfit.empty()) return "can't be fitted";
  if (!law.predictable) return "can't be tested";
  const std::string best = chosen ? "best; " : "";
  if (!*law.predictable)
    return best + "not predictable" + (law.median_error <= tolerance ? " on average" : "");
  std::vector<std::string> words;
  for (const Reservation& reservation : law.reservations) words.push_back(reservation.words);
  return best + "predictable" + (words.empty() ? "" : ", but " + join(words, " and "));
}

/// In words where not every rollout has an interval: "90% of 20", "no intervals".
TextCell coverage_cell(const Backtest& law, bool in_words) {
  if (!in_words || law.n_intervals == law.rollouts.size()) return number_cell(law.coverage);
  if (!law.coverage) return std::string("no intervals");
  return percent(*law.coverage, 0) + " of " + std::to_string(law.n_intervals);
}

/// Why others have no interval: of many places that are predicted from one cutoff, some have one.
std::string words_on_others(const Backtest& law) {
  std::map<double, std::set<bool>> by_cutoff;
  for (const Rollout& rollout : law.rollouts)
    by_cutoff[rollout.cutoff].insert(rollout.prediction.interval.has_value());
  const bool some = std::any_of(by_cutoff.begin(), by_cutoff.end(),
                                [](const auto& one) { return one.second.size() > 1; });
  return some ? "of many from one cutoff, some are given one, and none that the data leave open"
              : "other cutoffs' fits give none";
}

/// On the cells that say of how many.
Notes coverage_notes(const BacktestResult& result) {
  for (const GroupBacktest& group : result.groups) {
    for (const Backtest& law : group.laws) {
      if (law.coverage && law.n_intervals < law.rollouts.size())
        return {{"coverage, \"" + std::get<std::string>(coverage_cell(law, true)) +
                 "\": of the rollouts with an interval; " + words_on_others(law)}};
    }
  }
  return {};
}

/// Of how many the coverage is, and the numbers behind the verdicts.
Notes verdict_notes(const BacktestRequest& request, const BacktestResult& result) {
  Notes notes = coverage_notes(result);
  for (const GroupBacktest& group : result.groups) {
    for (const Backtest& law : group.laws) {
      const std::string about = (group.label.empty() ? "" : group.label + ", ") + law.law + ": ";
      const std::vector<std::string> reasons = why_not_predictable(law, request.options.tolerance);
      if (!reasons.empty()) notes.notes.push_back(about + join(reasons, "; "));
      if (!law.predictable.value_or(false)) continue;
      for (const Reservation& reservation : law.reservations)
        notes.notes.push_back(about + reservation.details);
    }
  }
  return notes;
}

TextTable decision_table(const BacktestRequest& request, const BacktestResult& result,
                         bool in_words) {
  const auto share = [](double x) { return percent(x, 2); };
  TextTable table;
  table.add_column("target");
  table.add_column("law");
  table.add_column("rollouts", "n_rollouts");
  table.add_column("median error", "median_error", share);
  table.begin_details();
  table.add_column("mean error", "mean_error", share);
  table.add_column("bias", "bias", [](double x) { return percent(x, 2, true); });
  table.begin_details(false);
  table.add_column("naive error", "naive_error", share);
  table.add_column("coverage (" + significant(100 * request.what.level, 3) + "%)", "coverage",
                   [](double x) { return percent(x, 0); });
  table.begin_details();
  table.add_column("AICc", "aicc");
  table.add_column("weight", "akaike_weight", [](double x) { return fixed(x, 2); });
  table.add_column("leave one out", "leave_one_out", share);
  table.begin_details(false);
  table.add_column("verdict");
  for (const GroupBacktest& group : result.groups) {
    for (std::size_t i = 0; i < group.laws.size(); ++i) {
      const Backtest& law = group.laws[i];
      const auto when = [any = !law.rollouts.empty()](double value) {
        return number_cell(any ? std::optional(value) : std::nullopt);
      };
      table.add_row({target_words(result, group), law.law, static_cast<double>(law.rollouts.size()),
                     when(law.median_error), when(law.mean_error), when(law.bias),
                     when(law.naive_error), coverage_cell(law, in_words),
                     law.unfit.empty() ? number_cell(law.criteria.aicc) : number_cell({}),
                     group.akaike_weights[i], number_cell(law.criteria.leave_one_out),
                     verdict(law, i == group.best, request.options.tolerance)});
    }
  }
  return table;
}

TextCell value_cell(double value) {
  return number_cell(std::isfinite(value) ? std::optional(value) : std::nullopt);
}

/// Whether its own rollouts, or its fit of all rows, speak against what it predicts.
bool is_doubted(const Backtest& law) {
  return !law.predictable.value_or(true) || !law.reservations.empty() || !law.doubt.empty();
}

template <class At>  // with a value and an interval
std::string interval_cell(const At& at, bool doubted) {
  if (!doubted || !std::isfinite(at.value)) return interval_words(at.interval);
  return (at.interval ? interval_words(at.interval) : "none") + " (!)";
}

/// A row for each prediction of each law, and of their average.
TextTable average_table(const BacktestRequest& request, const BacktestResult& result) {
  TextTable table;
  table.add_column("target");
  table.add_column("at");
  table.add_column("law");
  table.add_column("weight", "weight", [](double x) { return fixed(x, 2); });
  table.add_column("predicted");
  table.add_column(significant(100 * request.what.level, 3) + "% interval", "interval");
  for (const GroupBacktest& group : result.groups) {
    const std::string target = target_words(result, group);
    for (std::size_t k = 0; k < group.averages.size(); ++k) {
      const AverageAt& at = group.averages[k];
      bool any_doubted = group.unnamed_runs;  // that counts in the average
      for (std::size_t i = 0; i < group.laws.size(); ++i) {
        const Backtest& law = group.laws[i];
        if (!law.unfit.empty()) continue;
        any_doubted = any_doubted || (at.laws[i].weight >= kLeastCounted && is_doubted(law));
        table.add_row({target, request.at[k], law.law, at.laws[i].weight,
                       value_cell(at.laws[i].value),
                       interval_cell(at.laws[i], group.unnamed_runs || is_doubted(law))});
      }
      table.add_row({target, request.at[k], "average", 1.0, value_cell(at.average.value),
                     interval_cell(at.average, any_doubted)});
    }
  }
  return table;
}

/// Why the average has no interval: of the laws that it counts some have none; "" where it has one.
std::string why_no_interval(const GroupBacktest& group, const AverageAt& at) {
  if (!std::isfinite(at.average.value) || at.average.interval) return "";
  std::vector<std::string> without;
  for (std::size_t i = 0; i < group.laws.size(); ++i) {
    if (at.laws[i].weight >= kLeastCounted && !at.laws[i].interval)
      without.push_back(group.laws[i].law);
  }
  return "the average has no interval, since of the laws in it " + join(without, ", ") +
         (without.size() > 1 ? " have" : " has") +
         " none: the data do not determine what is predicted there";
}

/// Whether the table marks any of the group's predictions.
bool any_marked(const GroupBacktest& group) {
  return !group.averages.empty() &&
         (group.unnamed_runs || std::any_of(group.laws.begin(), group.laws.end(), is_doubted));
}

/// On predictions that cannot be, and averages without an interval.
Notes average_notes(const BacktestRequest& request, const BacktestResult& result) {
  Notes notes;
  if (std::any_of(result.groups.begin(), result.groups.end(), any_marked))
    notes.notes.push_back(
        "(!): the law's verdict, or what a warning says of it, speaks against the prediction");
  for (const GroupBacktest& group : result.groups) {
    const std::string about = group.label.empty() ? "" : group.label + ", ";
    for (std::size_t k = 0; k < group.averages.size(); ++k) {
      const AverageAt& at = group.averages[k];
      for (const std::string& note : at.notes)
        notes.notes.push_back(about + note + ", and the average leaves it out");
      const std::string why = why_no_interval(group, at);
      if (!why.empty()) notes.notes.push_back(about + request.at[k] + ": " + why);
    }
  }
  return notes;
}

/// Which formula is which, where there are several.
Notes formula_notes(const BacktestRequest& request) {
  Notes notes;
  if (request.formulas.size() < 2) return notes;
  for (const auto& [name, formula] : request.named_formulas())
    notes.notes.push_back(name + ": " + formula);
  return notes;
}

/// "residual: log of chinchilla, raw of formula", where laws are not fitted alike.
Notes residual_notes(const BacktestResult& result) {
  std::map<std::string, std::vector<std::string>> laws_by_residual;
  for (const GroupBacktest& group : result.groups) {
    for (const Backtest& law : group.laws) {
      std::vector<std::string>& laws = laws_by_residual[std::string(residual_name(law.residual))];
      if (law.unfit.empty() && !contains(laws, law.law)) laws.push_back(law.law);
    }
  }
  std::vector<std::string> words;
  for (const auto& [residual, laws] : laws_by_residual)
    if (!laws.empty()) words.push_back(residual + " of " + join(laws, ", "));
  if (words.size() < 2) return {};
  return {{"residual: " + join(words, "; ") + " (--residual fits all alike)"}};
}

}  // namespace

Document describe(const BacktestRequest& request, const BacktestResult& result) {
  Json results = Json::array();
  Document document;
  document.usable = false;
  const std::vector<Request> requests = request.requests();
  for (const GroupBacktest& group : result.groups) {
    for (std::size_t i = 0; i < group.laws.size(); ++i) {
      document.usable = document.usable || group.laws[i].predictable;
      results.push_back(json_law(request, result.y, group, i, requests[i].formula));
    }
    if (!request.at.empty()) results.push_back(json_average(request, result, group));
  }
  document.rows = decision_table(request, result, false);
  return document.add(decision_table(request, result, true))
      .add(formula_notes(request))
      .add(residual_notes(result))
      .add(verdict_notes(request, result))
      .add(average_table(request, result))
      .add(average_notes(request, result))
      .set_results(std::move(results));
}

}  // namespace rung::table
