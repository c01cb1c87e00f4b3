#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

Action ladder_single_step(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_step1_options(command, *options, {"rc_acc", "mc_acc"});
  command.footer(
      "Fits p / (1 + exp(-(E + A / N^alpha + B / D^beta))) + q to the accuracies at the ends of "
      "the\n"
      "training runs and predicts the eval models.\n"
      "Results: task, fits {single} (a = log A, b = log B), fitting_error, targets.");
  return [options](CommandContext& context) {
    return step1_answer(context, *options, {.single_step = true});
  };
}

}  // namespace

std::vector<Command> ladder_single_step_commands() {
  return {{.name = "ladder single-step",
           .summary = "task accuracy from model size and tokens in one step",
           .example = "rung ladder single-step -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 70,
           .declare = ladder_single_step,
           .has_figure = true}};
}

}  // namespace rung::app
