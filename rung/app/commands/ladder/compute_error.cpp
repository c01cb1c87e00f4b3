#include "rung/figure/ladder/compute_error.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/report/ladder_studies.hpp"

namespace rung::app {
namespace {

std::string first_eval_model(const ladder::Ladder& ladder) {
  for (const ladder::LadderRun& run : ladder.runs) {
    if (run.mode == ladder::Mode::eval) return run.model;
  }
  throw InputError("the configuration has no eval model to predict");
}

int compute_error(CommandContext& context, LadderOptions options) {
  if (options.keys.empty()) options.keys = {"v2_main"};
  if (options.config_paths.empty()) options.config_paths = {published_config("final.json")};
  const ladder::ChainSettings settings = chain_settings(context, options);
  const Wanted wanted{single_config(options),
                      {settings.step2.points.x_metric, settings.step2.points.y_metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  const ladder::Ladder& runs = inputs.ladders.front();
  const ladder::Vary vary = ladder::parse_vary(options.vary);
  const std::string target =
      options.target_name.empty() ? first_eval_model(runs) : options.target_name;
  const auto errors = compute_error(runs, inputs.tasks, vary, target, settings);
  const ladder::ErrorSelection selection{options.which_step, options.do_average};
  add_figure(context, [&] { return ladder::compute_error_figure(errors, vary, selection); });
  std::string text =
      "|Relative error| at " + target + " of a ladder that grows by " + options.vary + "\n\n";
  for (const TextTable& table : compute_error_tables(errors, selection))
    text += table.text() + "\n";
  text += unidentified_text(errors);
  context.emit({text, compute_error_rows(errors, vary).csv(), json_results(errors, vary)});
  return kUsable;
}

Action ladder_compute_error(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options, false);
  add_ladder_metrics(command, *options, {"rc_bpb", "c4", "rc_soft_log"}, {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_vary_options(command, *options);
  add_target_name(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Fits growing parts of the ladder: up to a model size (N), a run length (xC), or a run at a\n"
      "time by compute (flops), and predicts one eval model (the first, or -t).\n"
      "Results: vary, key, task, step1, step2, chained, identified, n_runs, cumulative_flops.");
  return [options](CommandContext& context) { return compute_error(context, *options); };
}

}  // namespace

std::vector<Command> ladder_compute_error_commands() {
  return {{.name = "ladder compute-error",
           .summary = "how the error falls as the ladder grows",
           .group = "ladder",
           .place = 100,
           .declare = ladder_compute_error,
           .has_figure = true}};
}

}  // namespace rung::app
