#include "rung/figure/table/fit.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/table/predictions.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/contours.hpp"
#include "rung/figure/table/profile.hpp"
#include "rung/figure/table/residuals.hpp"
#include "rung/figure/table/sweep.hpp"
#include "rung/fit/compare.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/saved_fit.hpp"
#include "rung/study/table/shared.hpp"
#include "rung/study/table/sweep.hpp"

namespace rung::app {
namespace {

struct FitCommand : TableRequest {
  std::string predict_path;
  std::vector<std::string> at;
  std::string save_path;
  std::string share, multipliers;
  std::string figure = "fit";
  std::string sweep;
  bool best_of_sweep = false;
};

Json diagnosis_json(const table::FittedGroup& group, const table::Prepared& prepared,
                    const table::Sample& sample) {
  const Diagnosis& found = group.diagnosis;
  Json rows = Json::array();
  for (std::size_t i = 0; i < found.points.size(); ++i) {
    const PointDiagnosis& point = found.points[i];
    if (!point.outlier && !point.influential) continue;
    const std::size_t row = sample.rows[i];
    rows.push_back({{"line", row < prepared.table.lines().size() ? Json(prepared.table.lines()[row])
                                                                 : Json(nullptr)},
                    {"residual", json_number(point.residual)},
                    {"leverage", json_number(point.leverage)},
                    {"studentized", json_number(point.studentized)},
                    {"cooks_distance", json_number(point.cooks_distance)},
                    {"outlier", point.outlier},
                    {"influential", point.influential}});
  }
  Json alternatives = Json::array();
  for (const Alternative& alternative : group.fitted.fit.alternatives) {
    Json parameters = Json::object();
    for (std::size_t p = 0; p < alternative.theta.size(); ++p)
      parameters[prepared.law->info.parameters[p].name] = json_number(alternative.theta[p]);
    alternatives.push_back(
        {{"parameters", parameters}, {"objective", json_number(alternative.objective)}});
  }
  Json correlated = nullptr;
  if (!found.correlated_first.empty())
    correlated = {{"parameters", {found.correlated_first, found.correlated_second}},
                  {"correlation", json_number(found.correlation)}};
  return {{"condition_number", json_number(found.condition_number)},
          {"most_correlated", correlated},
          {"at_bounds", found.at_bounds},
          {"alternatives", alternatives},
          {"alternatives_spread", json_number(found.alternatives_spread)},
          {"rows", rows}};
}

Json criteria_json(const Criteria& criteria) {
  return {{"n_parameters", criteria.n_parameters},
          {"log_likelihood", json_number(criteria.log_likelihood)},
          {"aic", json_number(criteria.aic)},
          {"aicc", json_number(criteria.aicc)},
          {"bic", json_number(criteria.bic)},
          {"leave_one_out", json_number(criteria.leave_one_out)}};
}

Json group_json(const table::FittedGroup& group, const table::Prepared& prepared,
                const table::Sample& sample) {
  Json bootstrap = Json::object(), profiles = Json::object();
  const Fitted& fitted = group.fitted;
  for (std::size_t p = 0; fitted.replicates.n > 0 && p < fitted.fit.theta.size(); ++p)
    bootstrap[fitted.law->info.parameters[p].name] = interval_json(fitted.bootstrap_interval(p));
  for (const Profile& profile : group.profiles) {
    profiles[prepared.law->info.parameters[static_cast<std::size_t>(profile.parameter)].name] = {
        {"level", profile.level},
        {"lower", json_number(profile.lower)},
        {"upper", json_number(profile.upper)},
        {"method", "profile"}};
  }
  const bool usable = fitted.fit.status != Status::failed;
  return {{"bootstrap", bootstrap},
          {"profile", profiles},
          {"diagnosis", diagnosis_json(group, prepared, sample)},
          {"criteria", usable ? criteria_json(fitted.criteria()) : Json(nullptr)}};
}

/// The conventions that were stated; null where one was not.
Json units_json(const table::Request& request) {
  const auto words = [](const auto& fitted, const auto& given) -> Json {
    if (fitted) return to_string(*fitted);
    return given ? Json(to_string(*given)) : Json(nullptr);
  };
  return {{"y", words(request.fit_loss_unit, request.loss_unit)},
          {"N", words(request.fit_params, request.params)}};
}

std::string units_words(const table::Request& request) {
  const Json units = units_json(request);
  std::vector<std::string> words;
  if (!units["y"].is_null()) words.push_back("y in " + units["y"].get<std::string>());
  if (!units["N"].is_null()) words.push_back("N: " + units["N"].get<std::string>() + " parameters");
  return words.empty() ? "" : join(words, "; ") + "\n";
}

TextTable parameter_table(const std::vector<table::FittedGroup>& groups) {
  TextTable table;
  const bool grouped = groups.size() > 1 || !groups.front().fitted.label.empty();
  if (grouped) table.add_column("group");
  table.add_column("parameter");
  table.add_column("value");
  table.add_column("stderr");
  table.add_column("lower");
  table.add_column("upper");
  for (const table::FittedGroup& group : groups) {
    for (const ParameterEstimate& estimate : group.fitted.fit.parameters) {
      std::vector<TextCell> row;
      if (grouped) row.push_back(group.fitted.label);
      row.insert(row.end(), {estimate.name + (estimate.fixed ? " (fixed)" : ""), estimate.value,
                             number_cell(estimate.stderror), number_cell(estimate.lower),
                             number_cell(estimate.upper)});
      table.add_row(std::move(row));
    }
  }
  return table;
}

std::string summary(const table::FittedGroup& group) {
  const Fit& fit = group.fitted.fit;
  std::string text = group.fitted.label.empty() ? "" : group.fitted.label + ": ";
  text += std::to_string(fit.n_points) + " points, objective " + significant(fit.objective) +
          ", optimum " + std::string(status_name(fit.status)) +
          (fit.identified ? "" : ", parameters not identified") + "\n";
  for (const auto* notes : {&fit.notes, &group.diagnosis.notes, &group.notes}) {
    for (const std::string& note : *notes) text += "  note: " + note + "\n";
  }
  return text;
}

Queries queries_for(const FitCommand& given, const table::Request& request,
                    const table::Prepared& prepared, CommandContext& context) {
  Queries queries;
  for (const std::string& at : given.at)
    queries.add(table::inputs_at(at, *prepared.law), std::nullopt, "");
  if (!given.predict_path.empty()) {
    queries.add(table::queries_of(read_noted(given.predict_path, context), request, *prepared.law));
  }
  if (!queries.rows.empty()) return queries;
  queries.of_the_fit = true;
  if (context.common.json_path.empty()) return queries;  // nobody sees them
  for (const table::Sample& sample : prepared.samples) {
    for (std::size_t i = 0; i < sample.points.size(); ++i) {
      std::vector<double> inputs;
      for (std::size_t k = 0; k < sample.points.n_inputs(); ++k)
        inputs.push_back(sample.points.input(k, i));
      queries.add(inputs, sample.points.y(i), sample.label);
    }
  }
  return queries;
}

Json sweeps_json(const table::SweepReport& report, const std::string& group,
                 const table::Prepared& prepared) {
  Json sweeps = Json::array();
  for (const table::Sweep& sweep : report.sweeps) {
    if (sweep.group != group) continue;
    Json runs = Json::array();
    for (const table::SweptRun& run : sweep.runs) {
      const auto& lines = prepared.table.lines();
      runs.push_back({{"line", run.row < lines.size() ? Json(lines[run.row]) : Json(nullptr)},
                      {"value", run.value},
                      {"y", json_number(run.loss)},
                      {"given_away", json_number(run.given_away)},
                      {"away", run.away}});
    }
    sweeps.push_back({{"of", sweep.column},
                      {"inputs", inputs_json(*prepared.law, sweep.inputs)},
                      {"best", sweep.runs[sweep.best].value},
                      {"optimum", json_number(sweep.optimum)},
                      {"bottom", json_number(sweep.bottom)},
                      {"at_edge", sweep.at_edge},
                      {"runs", runs}});
  }
  return sweeps;
}

TextTable sweep_table(const table::SweepReport& report, const Law& law) {
  TextTable table;
  const auto amount = [](double x) { return x >= 1e4 ? short_count(x) : significant(x); };
  const auto share = [](double x) { return percent(x, 2); };
  table.add_column("sweep of");
  for (const InputInfo& input : law.info.inputs) table.add_column(input.name, "", amount);
  table.add_column("runs");
  table.add_column("best run", "best", [](double x) { return significant(x, 3); });
  table.add_column("optimum", "", [](double x) { return significant(x, 3); });
  table.add_column("best run gives away", "best_given_away", share);
  table.add_column("worst", "worst_given_away", share);
  table.add_column("");
  for (const table::Sweep& sweep : report.sweeps) {
    std::vector<TextCell> row = {sweep.column};
    for (const double input : sweep.inputs) row.push_back(input);
    double worst = 0;
    for (const table::SweptRun& run : sweep.runs)
      worst = std::max(worst, run.given_away / std::abs(run.loss));
    const table::SweptRun& best = sweep.runs[sweep.best];
    row.insert(row.end(), {static_cast<double>(sweep.runs.size()), best.value,
                           number_cell(sweep.optimum), best.given_away / std::abs(best.loss), worst,
                           std::string(sweep.at_edge ? "at the sweep's edge" : "")});
    table.add_row(std::move(row));
  }
  return table;
}

std::vector<std::string> names_of(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string& name : split(list, ',')) {
    if (!trimmed(name).empty()) names.emplace_back(trimmed(name));
  }
  return names;
}

Figure figure_of(const std::vector<table::FittedGroup>& groups, const std::string& kind) {
  if (kind == "residuals") return residual_figure(groups);
  if (kind == "profile") return profile_figure(groups);
  if (kind == "contours") return contour_figure(groups);
  if (kind != "fit")
    throw InputError("--figure '" + kind + "' is not known",
                     "one of fit, residuals, profile, contours, sweep");
  return fit_figure(groups);
}

int run_fit(CommandContext& context, const FitCommand& given) {
  const table::Request request = read_request(given);
  table::Prepared prepared = prepare_noted(given, request, context);
  table::SweepReport sweeps;
  if (!given.sweep.empty()) sweeps = table::diagnose_sweeps(prepared, given.sweep);
  for (const std::string& note : sweeps.notes) context.warn(note);
  const std::string sweep_text =
      sweeps.sweeps.empty() ? "" : sweep_table(sweeps, *prepared.law).text() + "\n";
  Json sweep_json = Json::object();
  for (const table::Sample& sample : prepared.samples)
    sweep_json[sample.label] = sweeps_json(sweeps, sample.label, prepared);
  if (given.best_of_sweep) prepared = table::best_of_sweeps(std::move(prepared));
  std::vector<table::Multiplier> multipliers;
  table::UncertaintyOptions options = uncertainty_options(given, context);
  if (given.figure == "profile") options.profiles = true;
  std::vector<table::FittedGroup> groups;
  const bool is_pooled = given.share == "pool";
  const bool is_shared = !is_pooled && !(given.share.empty() && given.multipliers.empty());
  if (is_shared && (!given.save_path.empty() || !given.predict_path.empty() || !given.at.empty())) {
    throw InputError("--save-fit, --predict and --at need one fit a group",
                     "leave out --share and --multiplier, or take --share pool");
  }
  if (is_pooled) {
    groups = table::fit_pooled(prepared, request, options);
  } else if (is_shared) {
    table::SharedFit shared = table::fit_shared(
        prepared, request, {names_of(given.share), names_of(given.multipliers)}, options);
    multipliers = std::move(shared.multipliers);
    prepared = std::move(shared.prepared);
    groups.push_back(std::move(shared.group));
  } else {
    table::check_determined(prepared);
    for (const table::Sample& sample : prepared.samples)
      groups.push_back(table::fit_group(prepared, sample, request, options));
  }

  const Queries queries = queries_for(given, request, prepared, context);
  Json results = Json::array();
  std::string text;
  TextTable parameters = parameter_table(groups);
  bool usable = false;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const table::FittedGroup& group = groups[g];
    usable = usable || group.fitted.fit.status != Status::failed;
    text += summary(group);
    if (context.common.json_path.empty()) continue;
    Json fit = json_fit(group.fitted.fit);
    for (const auto* notes : {&group.diagnosis.notes, &group.notes}) {
      for (const std::string& note : *notes) fit["notes"].push_back(note);
    }
    Json result = {{"group", group.fitted.label.empty() ? Json(nullptr) : Json(group.fitted.label)},
                   {"fit", fit},
                   {"predictions", predictions_json(group.fitted, queries)}};
    result.update(group_json(group, prepared, prepared.samples[g]));
    result["units"] = units_json(request);
    if (is_shared) result["multipliers"] = multipliers_json(multipliers);
    if (!given.sweep.empty())
      result["sweeps"] = sweep_json.value(group.fitted.label, Json::array());
    results.push_back(std::move(result));
  }
  text = sweep_text + prepared.law->info.name + ": " + prepared.law->info.formula + "\n" +
         units_words(request) + text + "\n" + parameters.text();
  for (const table::Multiplier& multiplier : multipliers)
    text += "\n" + multiplier_words(multiplier);
  if (!multipliers.empty()) text += "\n";
  std::vector<const Fitted*> fits;
  for (const table::FittedGroup& group : groups) fits.push_back(&group.fitted);
  if (!queries.of_the_fit) text += "\n" + predictions_table(fits, queries).text();
  if (!given.save_path.empty()) {
    SavedFit saved{request, {}};
    for (const table::FittedGroup& group : groups) saved.groups.push_back(group.fitted);
    context.add_file(given.save_path, saved_fit_text(saved));
  }
  add_figure(context, [&] {
    return given.figure == "sweep" ? sweep_figure(sweeps, *prepared.law)
                                   : figure_of(groups, given.figure);
  });
  const std::string csv =
      queries.of_the_fit ? parameters.csv() : predictions_table(fits, queries).csv();
  context.emit({text, csv, std::move(results)});
  return usable ? kUsable : kNoUsableResult;
}

Action fit(Options& command) {
  const auto given = std::make_shared<FitCommand>();
  add_table_options(command, *given);
  command.add("--group-by", given->request.group_by, "a fit for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add("--share", given->share,
              "parameters that groups have in common, or pool: lean on each other");
  command.add("--multiplier", given->multipliers,
              "groups differ by a factor on these inputs; C: on compute");
  add_uncertainty_options(command, *given);
  command
      .add("--sweep", given->sweep,
           "what runs of the same inputs differ in: \"lr, batch\"; finds under-tuned runs")
      .value_name("LIST");
  command.add_flag("--best-of-sweep", given->best_of_sweep,
                   "fit only the best run of each inputs, by lowest y");
  command.add("--predict", given->predict_path, "predict the rows of this table")
      .value_name("FILE");
  command.add("--at", given->at, "predict here: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  command.add("--save-fit", given->save_path, "for rung predict, without the data")
      .value_name("FILE");
  command.add("--figure", given->figure,
              "what -o shows: fit, residuals, profile, contours or sweep");
  command.footer(
      "Results, one a group: group, fit, predictions (inputs, actual, predicted, interval,\n"
      "extrapolation), bootstrap, profile, diagnosis, criteria, units; with --multiplier, "
      "multipliers;\n"
      "with --sweep, sweeps (of, inputs, best, optimum, bottom, at_edge, runs).");
  return [given](CommandContext& context) { return run_fit(context, *given); };
}

}  // namespace

std::vector<Command> table_fit_commands() {
  return {{.name = "fit",
           .summary = "a law to the rows of a table, with how far to trust it",
           .group = "table",
           .place = 20,
           .declare = fit,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app
