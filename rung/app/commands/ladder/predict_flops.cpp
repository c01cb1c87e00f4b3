#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

Action ladder_predict_flops(Options& command) {
  const auto options = std::make_shared<LadderOptions>();
  add_chain_options(command, *options);
  add_ladder_extras(command, *options);
  command.footer(
      "As `rung ladder predict`, with step 1 a law of training FLOPs alone.\n"
      "Results: task, fits {step1, step2}, targets. The intervals are a bootstrap over runs.");
  return [options](CommandContext& context) {
    return chain_answer(context, *options, ladder::Step1Inputs::compute);
  };
}

}  // namespace

std::vector<Command> ladder_predict_flops_commands() {
  return {{.name = "ladder predict-flops",
           .summary = "both steps chained, from training compute",
           .example = "rung ladder predict-flops -k arc_challenge_test_5shot -c "
                      "published:olmo-ladder/configs/final.json",
           .group = "ladder",
           .place = 60,
           .declare = ladder_predict_flops,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app
