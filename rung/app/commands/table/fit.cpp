#include "rung/figure/table/fit.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/expression_tokens.hpp"
#include "rung/figure/table/contours.hpp"
#include "rung/figure/table/profile.hpp"
#include "rung/figure/table/residuals.hpp"
#include "rung/figure/table/sweep.hpp"
#include "rung/report/saved_fit.hpp"
#include "rung/report/table/fit.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung::app {
namespace {

struct FitCommand : TableRequest {
  table::FitRequest fit;
  std::string predict_path, save_path;
  std::string figure = "fit";
};

Figure figure_of(const table::FitResult& result, const std::string& kind, const std::string& y) {
  if (kind == "sweep") return sweep_figure(result.sweeps, *result.law);
  if (kind == "residuals") return residual_figure(result.groups);
  if (kind == "profile") return profile_figure(result.groups);
  if (kind == "contours") return contour_figure(result, y);
  return fit_figure(result, y);
}

SavedFit saved_fit(const table::FitRequest& request, const table::FitResult& result) {
  const std::optional<double> flops = plan::flops_over_six_nd(request.what, result.prepared);
  if (!result.shared_groups.empty()) {
    SavedFit saved{.request = result.shared_request, .flops_over_six_nd = flops};
    for (const table::SharedGroup& group : result.shared_groups)
      saved.groups.push_back(group.alone);
    return saved;
  }
  SavedFit saved{.request = request.what, .flops_over_six_nd = flops};
  for (const table::FittedGroup& group : result.groups) saved.groups.push_back(group.fitted);
  return saved;
}

/// Of --interval where no interval of a prediction is shown or kept.
void note_idle_interval(const FitCommand& given, const table::FitRequest& request,
                        CommandContext& context) {
  const bool is_drawn = !context.common.figure_path.empty() && given.figure == "fit";
  const bool is_used = !request.at.empty() || request.predicts_table || request.is_saved ||
                       request.predicts_own_rows || is_drawn;
  if (!is_used && !given.given_of({"--interval"}).empty())
    context.note(
        "--interval changes nothing: it is of predictions, and nothing is predicted (--at, "
        "--predict, --json)");
}

Answer run_fit(CommandContext& context, const FitCommand& given) {
  table::FitRequest request = given.fit;
  request.what = read_request(given);
  request.uncertainty = uncertainty_options(given, context);
  request.uncertainty.kind_by_rows = given.leaves_kind_open();
  if (given.figure == "profile") request.uncertainty.profiles = true;
  request.predicts_table = !given.predict_path.empty();
  request.is_saved = !given.save_path.empty();
  request.predicts_own_rows = !context.common.json_path.empty();  // nobody sees them else
  request.validate();
  note_idle_bootstrap_kind(given, context);
  note_idle_interval(given, request, context);
  table::Prepared prepared = prepare_noted(given, request.what, context);
  std::optional<Table> targets;
  if (request.predicts_table) targets = read_noted(given.predict_path, context);
  const auto result = std::make_shared<const table::FitResult>(
      table::run(request, std::move(prepared), std::move(targets)));
  for (const std::string& warning : result->warnings) context.warn(warning);

  Answer answer(table::describe(request, *result));
  if (request.is_saved)
    answer.files.push_back({given.save_path, saved_fit_text(saved_fit(request, *result))});
  answer.figure = [result, kind = given.figure, y = shown_expression(request.what.y)] {
    return figure_of(*result, kind, y);
  };
  return answer;
}

Action fit(Options& command) {
  const auto given = std::make_shared<FitCommand>();
  table::FitRequest& request = given->fit;
  add_table_options(command, *given);
  command.add("--group-by", given->request.group_by, "a fit for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add("--share", request.share,
              "parameters that groups have in common, or pool: lean on each other");
  command.add("--multiplier", request.multipliers,
              "groups differ by a factor on these inputs; C: on compute");
  add_uncertainty_options(command, *given);
  command
      .add("--sweep", request.sweep,
           "what runs of the same inputs differ in: \"lr, batch\"; finds under-tuned runs")
      .value_name("LIST");
  command
      .add_flag("--best-of-sweep", request.best_of_sweep,
                "fit only the best run of each inputs, by lowest y")
      .needs("--sweep");
  command.add("--predict", given->predict_path, "predict the rows of this table")
      .value_name("FILE");
  command.add("--at", request.at, "predict here: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  command.add("--save-fit", given->save_path, "for rung predict, without the data")
      .value_name("FILE")
      .writes();
  command.add("--figure", given->figure, "what -o shows")
      .choices({"fit", "residuals", "profile", "contours", "sweep"})
      .needs("--output-path");
  command.footer(
      "Results, one a group: group, fit, predictions (inputs, actual, predicted, interval,\n"
      "extrapolation, determined), bootstrap, profile, diagnosis, criteria, units; with\n"
      "--multiplier, multipliers; with --sweep, sweeps (of, inputs, best, optimum, bottom,\n"
      "at_edge, runs).");
  return [given](CommandContext& context) { return run_fit(context, *given); };
}

}  // namespace

std::vector<Command> table_fit_commands() {
  return {{.name = "fit",
           .summary = "a law to the rows of a table, with how far to trust it",
           .example = "rung fit runs.csv --law chinchilla --x \"N=params, D=tokens\" --at \"N=7B, "
                      "D=4T\" --save-fit fit.json",
           .group = "table",
           .place = 20,
           .declare = fit,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app
