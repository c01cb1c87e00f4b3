#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

Action ladder_step1_flops(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_step1_options(command, *options, {"rc_bpb", "c4", "rc_acc", "rc_soft_log", "loss", "mc_acc"});
  command.footer(
      "Fits E + A / C^alpha (for accuracies E - A / C^alpha) in training FLOPs alone to the ends\n"
      "of the training runs and predicts the eval models.\n"
      "Results: task, fit (a = log A), fitting_error, targets.");
  return [options](CommandContext& context) {
    return step1_answer(context, *options, {.inputs = ladder::Step1Inputs::compute});
  };
}

}  // namespace

std::vector<Command> ladder_step1_flops_commands() {
  return {{.name = "ladder step1-flops",
           .summary = "task loss from training compute",
           .example = "rung ladder step1-flops -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 50,
           .declare = ladder_step1_flops,
           .has_figure = true}};
}

}  // namespace rung::app
