#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

Action ladder_step1(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_step1_options(command, *options, {"rc_bpb", "c4", "rc_acc", "rc_soft_log", "loss", "mc_acc"});
  command.footer(
      "Fits E + A / N^alpha + B / D^beta (for accuracies E - A / N^alpha - B / D^beta) to the "
      "ends\n"
      "of the training runs and predicts the eval models.\n"
      "Results: task, fit (a = log A, b = log B), fitting_error, targets.");
  return [options](CommandContext& context) { return step1_answer(context, *options, {}); };
}

}  // namespace

std::vector<Command> ladder_step1_commands() {
  return {{.name = "ladder step1",
           .summary = "task loss from model size and tokens",
           .example = "rung ladder step1 -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 10,
           .declare = ladder_step1,
           .has_figure = true}};
}

}  // namespace rung::app
