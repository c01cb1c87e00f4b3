#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/observe/model_inputs.hpp"
#include "rung/core/error.hpp"
#include "rung/figure/observe/selection.hpp"
#include "rung/report/observe/selection.hpp"

namespace rung::app {
namespace {

struct SelectCommand {
  ModelInputs inputs;
  observational::SelectionRequest request;
  std::vector<double> budgets = {4, 8, 12, 16, 20, 24, 28, 32, 36};
  std::vector<std::string> y;
  std::string fit_metrics;
  std::size_t n_components = 3;
};

/// Those asked for; else the published ones where the tables have them.
std::vector<std::string> judges(const SelectCommand& given, const ReadModels& read,
                                CommandContext& context) {
  if (!given.y.empty() || given.inputs.downstream.empty()) return given.y;
  const std::vector<std::string> usual = read.sets.metric_columns("judges");
  for (const std::string& metric : usual) {
    if (read.models.table.has(metric)) continue;
    context.warn(
        "choices are not judged: --downstream has none of the usual metrics; name some "
        "with --y");
    return {};
  }
  return usual;
}

Answer select(CommandContext& context, const SelectCommand& given) {
  ModelInputs inputs = given.inputs;
  inputs.families.clear();  // these limit the candidates; all others are left to be tried
  const ReadModels read = read_models(inputs, MetricsFor::components, context);
  ModelInputs fit_inputs = inputs;
  if (!given.fit_metrics.empty()) fit_inputs.metrics = {given.fit_metrics};
  observational::SelectionRequest request = given.request;
  request.metrics = judges(given, read, context);
  if (request.metrics.empty() && !given.fit_metrics.empty())
    context.warn("--fit-metrics has no effect: no metric judges the choices (--y)");
  request.candidates.families = given.inputs.families;
  request.choice.budgets.clear();
  for (const double budget : given.budgets) {
    if (!(budget >= 1)) throw InputError("--budgets: a number of models is 1 or more");
    request.choice.budgets.push_back(static_cast<std::size_t>(budget));
  }
  request.choice.seed = context.common.seed;
  request.choice.subset.n_threads = request.n_threads = context.common.n_threads;
  request.choice.predictor.impute.boundary = read.impute.boundary;
  request.choice.predictor.pca.n_components = given.n_components;
  request.fit.predictor = request.choice.predictor;
  const auto found = std::make_shared<const observational::Selection>(run_selection(
      read.models,
      request.metrics.empty() ? read.models
                              : read_models(fit_inputs, MetricsFor::fits, context).models,
      request));
  for (const std::string& warning : found->warnings) context.warn(warning);
  Answer answer(describe(*found));
  answer.figure = [found] { return selection_figure(*found); };
  return answer;
}

Action observe_select(Options& command) {
  const auto given = std::make_shared<SelectCommand>();
  add_model_inputs(command, given->inputs);
  observational::SelectionRequest& request = given->request;
  command.add("--budgets", given->budgets, "at most so many models, each a question of its own")
      .comma_separated()
      .value_name("LIST");
  command.add("--max-families", request.choice.max_families, "families, those included too")
      .value_name("N")
      .range(1, 64);
  command.add("--include-family", request.choice.include_families, "one that is always in")
      .one_value_each()
      .value_name("NAME");
  command
      .add("--max-size-b", request.candidates.max_size_b,
           "candidates have at most so many 1e9 parameters")
      .value_name("B");
  command
      .add("--max-flops-1e21", request.candidates.max_flops_1e21,
           "candidates took at most so many 1e21 FLOPs")
      .value_name("C");
  command.add_flag("--exclude-missing", request.candidates.exclude_missing,
                   "candidates lack no benchmark score");
  command.add("--pcs", given->n_components, "components of the regression")
      .value_name("N")
      .range(1, 8);
  command.add("--random-samples", request.choice.n_random, "choices at random beside each")
      .value_name("N")
      .range(0, 10000);
  command
      .add("--y", given->y,
           "metrics that choices are judged by, on the models beyond the limits (default: GSM8K as "
           "published, where --downstream has it)")
      .one_value_each()
      .value_name("METRIC");
  command
      .add("--fit-metrics", given->fit_metrics,
           "benchmarks that these are predicted from (default: those of the set)")
      .value_name("LIST");
  command.footer(
      "Chooses the families whose models determine a regression on components best: the least\n"
      "trace(G_all inverse(G_chosen)), V-optimality. Every combination is looked at where there\n"
      "are at most 2e9, else branch and bound; the results say which.\n"
      "Results, one a budget: max_models, families, models, objective (minus the trace), errors,\n"
      "combinations, method, random, random_error, all_candidates.");
  return [given](CommandContext& context) { return select(context, *given); };
}

}  // namespace

std::vector<Command> observe_select_commands() {
  return {{.name = "observe select",
           .summary = "which families to evaluate under a budget of models",
           .example = "rung observe select --budgets 4,8 --max-size-b 7",
           .group = "observe",
           .place = 40,
           .declare = observe_select,
           .has_figure = true}};
}

}  // namespace rung::app
