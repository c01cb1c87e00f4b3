#include <CLI/CLI.hpp>
#include <memory>

#include "rung/app/commands.hpp"
#include "rung/app/commands/ladder/common.hpp"

namespace rung::app {

Action ladder_single_step(CLI::App& app) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(app, *options);
  add_ladder_metrics(app, *options, {}, {"rc_acc", "mc_acc"});
  add_target_options(app, *options);
  add_ladder_extras(app, *options);
  app.footer(
      "Fits p / (1 + exp(-(E + A / N^alpha + B / D^beta))) + q to the accuracies at the ends of "
      "the\n"
      "training runs and predicts the eval models.\n"
      "Results: task, fits {single} (a = log A, b = log B), fitting_error, targets.");
  return [options](CommandContext& context) {
    return run_step1_command(context, *options, {.single_step = true});
  };
}

}  // namespace rung::app
