#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "rung/app/command.hpp"
#include "rung/app/observe/model_inputs.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/observe/placement.hpp"
#include "rung/report/observe/placement.hpp"
#include "rung/study/observational/own_models.hpp"

namespace rung::app {
namespace {

struct PlaceCommand {
  ModelInputs inputs;
  std::string mine;
  std::vector<std::string> models;
  std::size_t n_components = 3;
  double level = 0.9;
};

/// Rows of the models to be placed: those named, else all of one's own.
std::vector<std::size_t> rows_of(const PlaceCommand& given, const observational::Models& models,
                                 std::size_t n_public) {
  std::vector<std::size_t> rows;
  std::vector<Problem> problems;
  for (const std::string& name : given.models) {
    if (const auto row = models.find(name))
      rows.push_back(*row);
    else
      problems.push_back(
          {{}, "there is no model '" + name + "'", did_you_mean(name, models.names)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  for (std::size_t i = n_public; given.models.empty() && i < models.size(); ++i) rows.push_back(i);
  if (rows.empty())
    throw InputError("which model is to be placed?",
                     "--mine FILE with its scores, or --model NAME of the table");
  return rows;
}

/// Of a model whose place is filled in, in part or mostly, or that is like no family.
void warn_of(CommandContext& context, const observational::Models& models, std::size_t row,
             const observational::Placement& placement) {
  const std::span<const double> scores = models.scores.row(row);
  std::vector<std::string> missing;
  for (std::size_t j = 0; j < scores.size(); ++j) {
    if (std::isnan(scores[j])) missing.push_back(models.metrics[j]);
  }
  const std::string has = placement.model + " has " +
                          std::to_string(scores.size() - missing.size()) + " of " +
                          counted(scores.size(), "score") + ": ";
  if (2 * missing.size() >= scores.size())
    context.warn(has +
                 "the others are filled in from what such models have, so that its "
                 "components and intervals are surer than they should be");
  else if (!missing.empty())
    context.warn(has + join(missing, ", ") + " filled in from what such models have");
  constexpr double kUnlike = 5;  // standard deviations
  const double least = placement.families.front().distance;
  if (least > kUnlike)
    context.warn(placement.model + " is unlike every family, by " + fixed(least, 0) +
                 " standard deviations from the nearest: what it is worth in their FLOPs means "
                 "little");
}

Answer place(CommandContext& context, const PlaceCommand& given) {
  const ReadModels read = read_models(given.inputs, MetricsFor::components, context);
  observational::Models models = read.models;
  if (!given.mine.empty()) {
    std::vector<std::string> warnings;
    models = with_own_models(models, read_noted(given.mine, context),
                             {.range = read.impute.boundary}, warnings);
    for (const std::string& warning : warnings) context.warn(warning);
  }
  observational::PlacementOptions options;
  options.level = given.level;
  options.n_public = read.models.size();
  options.predictor.impute.boundary = read.impute.boundary;
  options.predictor.pca.n_components = given.n_components;
  const auto found = std::make_shared<std::vector<observational::Placement>>();
  for (const std::size_t row : rows_of(given, models, read.models.size()))
    warn_of(context, models, row, found->emplace_back(place_model(models, row, options)));
  Answer answer(describe(*found));
  answer.figure = [found] { return placement_figure(*found); };
  return answer;
}

Action observe_place(Options& command) {
  const auto given = std::make_shared<PlaceCommand>();
  add_model_inputs(command, given->inputs);
  command
      .add("--mine", given->mine,
           "a table of models of your own: Model, benchmarks, and where known family, size, "
           "tokens, FLOPs")
      .value_name("FILE");
  command.add("--model", given->models, "place this one (default: all of --mine)")
      .one_value_each()
      .value_name("NAME");
  command.add("--pcs", given->n_components, "components to compare by").value_name("N").range(1, 8);
  command.add("--level", given->level, "of intervals").range(0.01, 0.9999);
  command.footer(
      "A model's own family is left out. Results, one a model: model, family, flops, components,\n"
      "families [{family, n_models, flops, lower, upper, distance}], nearest [{model, family,\n"
      "distance}].");
  return [given](CommandContext& context) { return place(context, *given); };
}

}  // namespace

std::vector<Command> observe_place_commands() {
  return {{.name = "observe place",
           .summary = "your own model among public ones: families it is like, worth in FLOPs",
           .example = "rung observe place --mine mine.csv",
           .group = "observe",
           .place = 60,
           .declare = observe_place,
           .has_figure = true}};
}

}  // namespace rung::app
