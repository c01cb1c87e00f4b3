#include <CLI/CLI.hpp>
#include <memory>

#include "rung/app/commands.hpp"
#include "rung/app/commands/ladder/common.hpp"

namespace rung::app {

Action ladder_predict_flops(CLI::App& app) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(app, *options);
  add_step2_config(app, *options);
  add_ladder_metrics(app, *options, {"rc_bpb", "c4", "rc_soft_log"}, {"rc_acc", "mc_acc"});
  add_step2_options(app, *options);
  add_last_n_points(app, *options);
  add_target_options(app, *options);
  add_ladder_extras(app, *options);
  app.footer(
      "As `rung ladder predict`, with step 1 a law of training FLOPs alone.\n"
      "Results: task, fits {step1, step2}, targets. The intervals are a bootstrap over runs.");
  return [options](CommandContext& context) {
    return run_predict_command(context, *options, ladder::Step1Inputs::compute);
  };
}

}  // namespace rung::app
