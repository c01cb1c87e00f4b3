#include "rung/figure/ladder/extrapolate_n.hpp"

#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/error.hpp"
#include "rung/report/ladder/extrapolate.hpp"

namespace rung::app {
namespace {

struct ExtrapolationNOptions {
  LadderOptions ladder;
  ladder::ExtrapolateNSettings settings;
};

Answer extrapolate(CommandContext& context, const ExtrapolationNOptions& options) {
  ladder::ExtrapolateNSettings settings = options.settings;
  settings.metric = predicted_loss(options.ladder);
  settings.level = options.ladder.level;
  const Wanted wanted{single_config(options.ladder), {settings.metric}};
  const LadderInputs inputs = read_ladder_inputs(context, options.ladder, {&wanted, 1});
  const auto results = std::make_shared<const std::vector<ladder::ExtrapolateNResult>>(
      run_extrapolate_n(settings, inputs.ladders.front(), inputs.tasks));
  const bool has_target =
      std::any_of(results->begin(), results->end(), [](const ladder::ExtrapolateNResult& result) {
        return std::any_of(
            result.at.begin(), result.at.end(),
            [](const ladder::ExtrapolateNAtD& at) { return !at.predictions.empty(); });
      });
  if (!has_target)
    throw InputError("no model is there to predict",
                     "--targets NAME names runs that are predicted and not fitted");
  Answer answer = ladder_answer(options.ladder, describe(*results));
  answer.figure = [results] { return ladder::extrapolation_figure(*results); };
  return answer;
}

Action ladder_extrapolate_n(Options& command) {
  const auto options = std::make_shared<ExtrapolationNOptions>();
  add_ladder_inputs(command, options->ladder, false);
  add_ladder_metrics(command, options->ladder, {}, {"c4", "rc_bpb", "rc_soft_log", "loss"});
  command
      .add("-d,--d", options->settings.n_tokens,
           "at so many tokens (default: at all that three sizes reach)")
      .value_name("D")
      .range(1.0, 1e30);
  add_level(command, options->ladder);
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Fits a N^b + c through the training models' losses at the same number of tokens (of a "
      "model's\n"
      "runs the longest) and predicts the eval models there.\n"
      "Results: task, metric, mean_error, at [{d, fit, wrong_checkpoints, targets}].");
  return [options](CommandContext& context) { return extrapolate(context, *options); };
}

}  // namespace

std::vector<Command> ladder_extrapolate_n_commands() {
  return {{.name = "ladder extrapolate-n",
           .summary = "a model's loss from smaller ones at the same tokens",
           .example = "rung ladder extrapolate-n -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 140,
           .declare = ladder_extrapolate_n,
           .has_figure = true}};
}

}  // namespace rung::app
