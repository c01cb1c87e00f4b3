#include "rung/figure/ladder/extrapolate_d.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/text.hpp"
#include "rung/report/ladder/extrapolate.hpp"

namespace rung::app {
namespace {

struct ExtrapolationDOptions {
  LadderOptions ladder;
  ladder::ExtrapolateDSettings settings;
};

/// "4 runs are left out: 190M-10xC, 370M-10xC, …: the fit's window holds 1 checkpoint, …"
std::string left_out_words(const std::vector<ladder::LeftOutRun>& runs) {
  constexpr std::size_t kMostNames = 6;
  std::vector<std::string> names;
  bool alike = true;
  for (const ladder::LeftOutRun& run : runs) {
    if (names.size() < kMostNames) names.push_back(run.name);
    alike = alike && run.why == runs.front().why;
  }
  if (names.size() < runs.size()) names.emplace_back("…");
  return counted(runs.size(), "run") + (runs.size() == 1 ? " is" : " are") +
         " left out: " + join(names, ", ") + ": " +
         (alike ? runs.front().why
                : "the fit's windows hold fewer checkpoints than the law has parameters");
}

Answer extrapolate(CommandContext& context, const ExtrapolationDOptions& options) {
  ladder::ExtrapolateDSettings settings = options.settings;
  settings.metric = predicted_loss(options.ladder);
  settings.level = options.ladder.level;
  const Wanted wanted{.config_path = single_config(options.ladder),
                      .metrics = {settings.metric},
                      .columns = extrapolation_columns(settings),
                      .optional_columns = extrapolation_optional_columns(settings),
                      .training_only = true};
  const LadderInputs inputs = read_ladder_inputs(context, options.ladder, {&wanted, 1});
  std::vector<ladder::LeftOutRun> left_out;
  const auto results = std::make_shared<const std::vector<ladder::ExtrapolateDResult>>(
      run_extrapolate_d(settings, inputs.ladders.front(), inputs.tasks, left_out));
  if (!left_out.empty()) context.warn(left_out_words(left_out));
  Answer answer = ladder_answer(options.ladder, describe(*results));
  answer.figure = [results] { return ladder::extrapolation_figure(*results); };
  return answer;
}

Action ladder_extrapolate_d(Options& command) {
  const auto options = std::make_shared<ExtrapolationDOptions>();
  ladder::ExtrapolateDSettings& settings = options->settings;
  add_ladder_inputs(command, options->ladder, false);
  add_ladder_metrics(command, options->ladder, {}, {"c4", "rc_bpb", "rc_soft_log", "loss"});
  const auto steps = [&](const char* name, std::optional<double>& value,
                         const char* meaning) -> Option& {
    return command.add(name, value, meaning).value_name("STEP").non_negative();
  };
  steps("--train_step_min", settings.train_step_min, "fit checkpoints after this step");
  steps("--train_step_max", settings.train_step_max,
        "fit up to this step; check after it (default: the first half of the tokens; with "
        "--final_loss_tokens all)");
  steps("--eval_step_max", settings.eval_step_max, "check up to this step")
      .needs("--train_step_max");
  command
      .add("--final_loss_tokens", settings.final_tokens,
           "predict at so many tokens (default: the run's end)")
      .value_name("D")
      .range(1.0, 1e30);
  command.add("--outlier_threshold", settings.outlier_threshold, "leave larger losses out")
      .value_name("LOSS");
  command.add_flag("--lr_correction", settings.lr_correction,
                   "fit B / D^beta + E + F H, with H the learning rate over its peak: columns "
                   "optim/learning_rate_group0 and learning_rate_peak of the runs of -c");
  command
      .add("--final_lr_share", settings.final_lr_share,
           "H to predict at (default: the last checkpoint's)")
      .needs("--lr_correction")
      .value_name("SHARE")
      .range(0.0, 1.0);
  add_level(command, options->ladder);
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Fits a D^b + c to each training run's checkpoints up to a step, checks it on those after, "
      "and\n"
      "predicts the loss at more tokens; perplexity where the loss is in nats (c4).\n"
      "(!): a checkpoint stands off its run; the law is not determined; the interval\n"
      "reaches below 0, or is narrower than the error on the checkpoints after;\n"
      "beyond the run's end losses inside runs lie above the ends of shorter ones, as\n"
      "where the learning rate decays, or it misses the last checkpoint when made from\n"
      "half of the run.\n"
      "Results: task, model, file, fit, determined, wrong_checkpoints, fitting_error,\n"
      "check_error, d, predicted, interval, interval_doubt, rehearsal, inside_gap,\n"
      "perplexity.");
  return [options](CommandContext& context) { return extrapolate(context, *options); };
}

}  // namespace

std::vector<Command> ladder_extrapolate_d_commands() {
  return {{.name = "ladder extrapolate-d",
           .summary = "a run's loss at more tokens",
           .example = "rung ladder extrapolate-d -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 130,
           .declare = ladder_extrapolate_d,
           .has_figure = true}};
}

}  // namespace rung::app
