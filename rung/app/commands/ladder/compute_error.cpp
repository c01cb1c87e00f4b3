#include "rung/figure/ladder/compute_error.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/report/ladder/compute_error.hpp"

namespace rung::app {
namespace {

Answer compute_error(CommandContext& context, const LadderOptions& given) {
  const LadderOptions options = with_available_loss(context, with_published_ladder(given));
  ladder::ComputeErrorRequest request{ladder::parse_vary(options.vary), options.target_name,
                                      chain_settings(context, options)};
  const ladder::Step2Options& points = request.chain.step2.points;
  const Wanted wanted{.config_path = single_config(options),
                      .metrics = {points.x_metric, points.y_metric},
                      .in_compute = true};
  const LadderInputs inputs = read_ladder_inputs(context, options, {&wanted, 1});
  request.chain.step1.points.moving_avg = request.chain.step2.points.moving_avg =
      average_within(context, options, inputs.ladders);
  const auto found = std::make_shared<const ladder::ComputeErrors>(
      run_compute_error(request, inputs.ladders.front(), inputs.tasks));
  const ladder::ErrorSelection selection{options.which_step, options.do_average};
  Answer answer = ladder_answer(options, describe(*found, selection));
  answer.figure = [found, selection] { return ladder::compute_error_figure(*found, selection); };
  return answer;
}

Action ladder_compute_error(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_ladder_inputs(command, *options);
  add_ladder_metrics(command, *options, {"rc_bpb", "c4", "rc_soft_log", "loss"},
                     {"rc_acc", "mc_acc"});
  add_step2_options(command, *options);
  add_vary_options(command, *options);
  add_target_name(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "Fits growing parts of the ladder: up to a model size (N), a run length (xC), or a run at a\n"
      "time by compute (flops), and predicts one eval model (the first, or -t).\n"
      "Results: vary, key, task, step1, step2, chained, identified, n_runs, cumulative_flops,\n"
      "doubts (of what the chain predicts).");
  return [options](CommandContext& context) { return compute_error(context, *options); };
}

}  // namespace

std::vector<Command> ladder_compute_error_commands() {
  return {{.name = "ladder compute-error",
           .summary = "how the error falls as the ladder grows",
           .example = "rung ladder compute-error -k v2_main --vary N --do_average",
           .group = "ladder",
           .place = 100,
           .declare = ladder_compute_error,
           .has_figure = true}};
}

}  // namespace rung::app
