#include "rung/report/table/fit.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/table/predictions.hpp"

namespace rung::table {
namespace {

/// Conventions that were stated; "" where one was not.
struct Units {
  std::string y, n_params;
};

Units units_of(const Request& request) {
  const auto words = [](const auto& fitted, const auto& given) -> std::string {
    if (fitted) return std::string(to_string(*fitted));
    return given ? std::string(to_string(*given)) : "";
  };
  return {words(request.fit_loss_unit, request.loss_unit),
          words(request.fit_params, request.params)};
}

Json json_units(const Units& units) {
  return {{"y", json_label(units.y)}, {"N", json_label(units.n_params)}};
}

std::string units_words(const Units& units) {
  std::vector<std::string> words;
  if (!units.y.empty()) words.push_back("y in " + units.y);
  if (!units.n_params.empty()) words.push_back("N: " + units.n_params + " parameters");
  return words.empty() ? "" : join(words, "; ") + "\n";
}

/// "loss huber:0.001, residual log, 2000 bootstrap replicates"
std::string settings_words(const FitRequest& request, const std::vector<FittedGroup>& groups) {
  std::size_t n_replicates = 0;
  for (const FittedGroup& group : groups)
    n_replicates = std::max(n_replicates, group.fitted.replicates.n);
  const FitOptions& options = groups.front().fitted.options;
  std::string loss = request.what.loss.text();
  if (!request.what.questions.empty()) loss += ":" + request.what.questions;
  return "loss " + loss + ", residual " + std::string(residual_name(options.residual)) + ", " +
         (n_replicates > 0 ? std::to_string(n_replicates) : "no") + " bootstrap replicates\n";
}

/// "for all groups: alpha, beta; each its own: A, B, E; a factor on C"
std::string sharing_words(const FitRequest& request, const FitResult& result) {
  if (!request.is_shared()) return "";
  std::vector<std::string> common, own;
  const Law& shared = *result.prepared.law;
  for (const ParameterInfo& parameter : result.law->info.parameters)
    (shared.parameter_index(parameter.name) >= 0 ? common : own).push_back(parameter.name);
  std::string words = "for all groups: " + (common.empty() ? "none" : join(common, ", "));
  if (!own.empty()) words += "; each its own: " + join(own, ", ");
  if (!request.multipliers.empty()) words += "; factors on " + request.multipliers;
  return words + "\n";
}

std::string group_words(const FittedGroup& group) {
  const Fit& fit = group.fitted.fit;
  std::string text = group.fitted.label.empty() ? "" : shown(group.fitted.label, false) + ": ";
  text += std::to_string(fit.n_points) + " points, objective " + significant(fit.objective) +
          ", optimum " + std::string(status_name(fit.status)) +
          (fit.identified ? "" : ", parameters not identified") + "\n";
  for (const auto* notes : {&fit.notes, &group.diagnosis.notes, &group.notes}) {
    for (const std::string& note : *notes) text += "  note: " + shown(note, false) + "\n";
  }
  return text;
}

using Limits = std::pair<std::optional<double>, std::optional<double>>;

/// Of the p-th parameter: its profile's where there is one, which may be absent at an end.
Limits limits_of(const FittedGroup& group, std::size_t p) {
  for (const Profile& profile : group.profiles) {
    if (static_cast<std::size_t>(profile.parameter) == p) return {profile.lower, profile.upper};
  }
  const ParameterEstimate& estimate = group.fitted.fit.parameters[p];
  return {estimate.lower, estimate.upper};
}

TextTable parameter_table(const std::vector<FittedGroup>& groups) {
  TextTable table;
  const bool grouped = groups.size() > 1 || !groups.front().fitted.label.empty();
  if (grouped) table.add_column("group");
  for (const char* header : {"parameter", "value", "stderr", "lower", "upper"})
    table.add_column(header);
  for (const FittedGroup& group : groups) {
    const std::vector<ParameterEstimate>& estimates = group.fitted.fit.parameters;
    for (std::size_t p = 0; p < estimates.size(); ++p) {
      const ParameterEstimate& estimate = estimates[p];
      const auto [lower, upper] = limits_of(group, p);
      // A scale of 1e-300 stands for 0, which has no logarithm.
      const double value = std::abs(estimate.value) < 1e-200 ? 0 : estimate.value;
      std::vector<TextCell> row;
      if (grouped) row.push_back(group.fitted.label);
      row.insert(row.end(),
                 {estimate.name + (estimate.fixed ? " (fixed)" : ""), value,
                  number_cell(estimate.stderror), number_cell(lower), number_cell(upper)});
      table.add_row(std::move(row));
    }
  }
  return table;
}

/// "stderr is that of the bootstrap refits …"; "" where nothing was refitted.
std::string stderr_words(const std::vector<FittedGroup>& groups) {
  std::vector<std::string> others;
  for (const FittedGroup& group : groups) {
    if (group.fitted.replicates.n == 0 || too_few_replicates(group.fitted))
      others.push_back(shown(group.fitted.label, false));
  }
  if (others.size() == groups.size()) return "";
  return "stderr is that of the bootstrap refits, half the span of their middle 68%" +
         (others.empty() ? "" : " (not of " + join(others, ", ") + ", without refits)");
}

/// Why ends of intervals are absent, but for reasons that the group's notes give.
std::string absent_words(const std::vector<FittedGroup>& groups) {
  bool open = false, at_bound = false;
  for (const FittedGroup& group : groups) {
    const Fit& fit = group.fitted.fit;
    const bool noted = !group.no_intervals.empty() || too_few_replicates(group.fitted) ||
                       fit.status == Status::failed;
    for (std::size_t p = 0; !noted && p < fit.parameters.size(); ++p) {
      const auto [lower, upper] = limits_of(group, p);
      if (fit.parameters[p].fixed || (lower && upper)) continue;
      const auto& bounded = fit.at_bounds;
      const bool here = std::find(bounded.begin(), bounded.end(), p) != bounded.end();
      (here ? at_bound : open) = true;
    }
  }
  if (!open) return at_bound ? "-: a parameter at its bound has none" : "";
  return "-: the data do not determine this end (held there, as far out as was searched, the "
         "parameter lets the law fit nearly as well)" +
         std::string(at_bound ? ", or the parameter is at its bound" : "");
}

/// What the table's columns are, where it is not the covariance's.
std::string column_notes(const std::vector<FittedGroup>& groups) {
  const bool profiled = std::any_of(groups.begin(), groups.end(), [](const FittedGroup& group) {
    return !group.profiles.empty();
  });
  std::string text;
  for (const std::string& words :
       {stderr_words(groups),
        std::string(profiled ? "lower and upper are the ends of the profile likelihood's interval"
                             : ""),
        absent_words(groups)}) {
    if (!words.empty()) text += "note: " + words + "\n";
  }
  return text;
}

std::string multiplier_words(const Multiplier& multiplier) {
  const std::string what = multiplier.input == "C" ? "compute" : multiplier.input;
  std::string text = "'" + multiplier.group + "' does with 1 of " + what + " what '" +
                     multiplier.reference + "' does with " + significant(multiplier.value);
  if (multiplier.interval)
    text += " (" + percent(multiplier.interval->level, 0) + ": " +
            interval_words(multiplier.interval) + ")";
  return text;
}

Json json_multipliers(const std::vector<Multiplier>& multipliers) {
  Json json = Json::array();
  for (const Multiplier& multiplier : multipliers) {
    json.push_back({{"input", multiplier.input},
                    {"group", multiplier.group},
                    {"reference", multiplier.reference},
                    {"value", json_number(multiplier.value)},
                    {"interval", json_interval(multiplier.interval)}});
  }
  return json;
}

Json json_bootstrap(const Fitted& fitted) {
  Json json = Json::object();
  for (std::size_t p = 0; fitted.replicates.n > 0 && p < fitted.fit.theta.size(); ++p)
    json[fitted.law->info.parameters[p].name] = json_interval(fitted.bootstrap_interval(p));
  return json;
}

Json json_profiles(const FittedGroup& group) {
  Json json = Json::object();
  for (const Profile& profile : group.profiles) {
    const auto p = static_cast<std::size_t>(profile.parameter);
    json[group.fitted.law->info.parameters[p].name] = {{"level", profile.level},
                                                       {"lower", json_number(profile.lower)},
                                                       {"upper", json_number(profile.upper)},
                                                       {"method", "profile"}};
  }
  return json;
}

/// Of a fit that groups share all of them, each row with its group.
Json predictions_of_result(const FitResult& result, std::size_t g) {
  if (result.predictions.size() == result.groups.size())
    return json_predictions(result.predictions[g]);
  Json all = Json::array();
  for (const GroupPredictions& group : result.predictions) {
    for (Json& row : json_predictions(group)) {
      row["group"] = group.label;
      all.push_back(std::move(row));
    }
  }
  return all;
}

Json json_group(const FitRequest& request, const FitResult& result, std::size_t g) {
  const FittedGroup& group = result.groups[g];
  Json fit = json_fit(group.fitted, group.diagnosis.condition_number);
  for (const auto* notes : {&group.diagnosis.notes, &group.notes}) {
    for (const std::string& note : *notes) fit["notes"].push_back(note);
  }
  const auto& criteria = result.criteria[g];
  Json json = {{"group", json_label(group.fitted.label)},
               {"fit", std::move(fit)},
               {"predictions", predictions_of_result(result, g)},
               {"bootstrap", json_bootstrap(group.fitted)},
               {"profile", json_profiles(group)},
               {"diagnosis", json_diagnosis(group, result.prepared, result.prepared.samples[g])},
               {"criteria", criteria ? json_criteria(*criteria) : Json(nullptr)},
               {"units", json_units(units_of(request.what))}};
  if (request.is_shared()) json["multipliers"] = json_multipliers(result.multipliers);
  if (!request.sweep.empty()) json["sweeps"] = json_sweeps(result, group.fitted.label);
  return json;
}

}  // namespace

Document describe(const FitRequest& request, const FitResult& result) {
  const LawInfo& info = result.law->info;
  std::string text = info.name + ": " + info.formula + "\n" +
                     settings_words(request, result.groups) + sharing_words(request, result) +
                     units_words(units_of(request.what));
  Json results = Json::array();
  Document document;
  document.usable = false;
  for (std::size_t g = 0; g < result.groups.size(); ++g) {
    const FittedGroup& group = result.groups[g];
    document.usable = document.usable || group.fitted.fit.status != Status::failed;
    text += group_words(group);
    results.push_back(json_group(request, result, g));
  }
  document.set_results(std::move(results));

  const TextTable parameters = parameter_table(result.groups);
  document.add(sweep_table(result.sweeps, *result.law)).add(Paragraph{text}).add(parameters);
  if (std::string notes = column_notes(result.groups); !notes.empty())
    document.add(Paragraph{std::move(notes)});
  for (const Multiplier& multiplier : result.multipliers)
    document.add(Paragraph{shown(multiplier_words(multiplier), false)});
  document.rows =
      result.predicts_own_rows ? parameters : predictions_table(result.predictions, false);
  if (!result.predicts_own_rows)
    document.add(predictions_table(result.predictions))
        .add(
            Paragraph{meaning_of_mark(result.predictions, "notes") + notes_on(result.predictions)});
  return document;
}

}  // namespace rung::table
