#include <CLI/CLI.hpp>
#include <memory>

#include "rung/app/commands.hpp"
#include "rung/app/commands/ladder/common.hpp"

namespace rung::app {

Action ladder_step1_flops(CLI::App& app) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(app, *options);
  add_ladder_metrics(app, *options, {}, {"rc_bpb", "c4", "rc_acc", "rc_soft_log", "mc_acc"});
  add_target_options(app, *options);
  add_ladder_extras(app, *options);
  app.footer(
      "Fits E + A / C^alpha (for accuracies E - A / C^alpha) in training FLOPs alone to the ends\n"
      "of the training runs and predicts the eval models.\n"
      "Results: task, fit (a = log A), fitting_error, targets.");
  return [options](CommandContext& context) {
    return run_step1_command(context, *options, {.inputs = ladder::Step1Inputs::compute});
  };
}

}  // namespace rung::app
