#include "rung/app/commands/ladder/combined.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "rung/app/commands.hpp"
#include "rung/core/error.hpp"
#include "rung/report/combined.hpp"
#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/diagnose.hpp"

namespace rung::app {
namespace {

using ladder::Metric;

/// The recipe's own: its backtest is not that of other settings.
void check_settings(const LadderOptions& options) {
  if (options.y_metric != "rc_acc" && !options.y_metric.empty())
    throw InputError("--method combined predicts rc_acc, not " + options.y_metric);
  if (!options.step2_config_path.empty())
    throw InputError("--method combined takes both steps from the one configuration of -c");
}

LadderInputs read_inputs(CommandContext& context, const LadderOptions& options) {
  const Wanted wanted = combined_wanted(single_config(options));
  return read_ladder_inputs(context, options, {&wanted, 1});
}

int run_diagnose(CommandContext& context, const LadderOptions& options) {
  if (!context.common.figure_path.empty())
    throw InputError("rung ladder diagnose draws no figure", "leave -o out");
  const LadderInputs inputs = read_inputs(context, options);
  const auto diagnoses = ladder::diagnose(
      inputs.ladders.front(), inputs.tasks, {.n_threads = context.common.n_threads},
      extra_targets(options, inputs.catalogue, inputs.ladders.front()));
  std::string csv;
  if (diagnoses.size() == 1) csv = diagnosis_table(diagnoses.front()).csv();
  context.emit({diagnosis_text(diagnoses), csv, json_diagnosis(diagnoses)});
  return kUsable;
}

}  // namespace

Wanted combined_wanted(const std::string& config_path) {
  return {.config_path = config_path,
          .metrics = {Metric::rc_acc},
          .optional_metrics = {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log}};
}

int predict_combined(CommandContext& context, const LadderOptions& options) {
  check_settings(options);
  if (!context.common.figure_path.empty())
    throw InputError("--method combined draws no figure", "leave -o out");
  const LadderInputs inputs = read_inputs(context, options);
  const ladder::CombinedResult result =
      ladder::run_combined(inputs.ladders.front(), inputs.tasks,
                           {.level = options.level, .n_threads = context.common.n_threads},
                           extra_targets(options, inputs.catalogue, inputs.ladders.front()));
  for (const std::string& note : result.notes) context.warn(note);
  context.emit({combined_text(result), combined_table(result).csv(), json_combined(result)});
  return usable(result) ? kUsable : kNoUsableResult;
}

Action ladder_diagnose(CLI::App& app) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(app, *options);
  add_target_options(app, *options);
  add_ladder_extras(app, *options);
  app.footer(
      "Takes each training run away in turn: what the others say of it, how it moves the\n"
      "predictions (of rung ladder predict --method combined), and whether it tells more than\n"
      "guessing would. Results: task, runs, n_at_chance, notes.");
  return [options](CommandContext& context) { return run_diagnose(context, *options); };
}

}  // namespace rung::app
