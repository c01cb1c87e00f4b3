#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/ladder/combined.hpp"
#include "rung/app/ladder/common.hpp"

namespace rung::app {
namespace {

struct PredictOptions {
  LadderOptions ladder;
  std::string method = "two-step";
};

Action ladder_predict(Options& command) {
  const auto options = std::make_shared<PredictOptions>();
  add_chain_options(command, options->ladder);
  command.add("--method", options->method, "how to predict")
      .value_name("")
      .choices({"two-step", "combined"});
  add_ladder_extras(command, options->ladder);
  command.footer(
      "Fits step 1 (loss from size and tokens) and step 2 (accuracy from loss), and chains them.\n"
      "Results: task, fits {step1, step2}, targets. The intervals are a bootstrap over runs.\n"
      "--method combined puts several ways of predicting together by settings of its own, so that\n"
      "-x, averages, shares, step 2's curve and --bootstrap are refused, says how far it errs\n"
      "inside the ladder, and marks what is not to be trusted.\n"
      "Results: task, method, signal, targets, backtest_error, members.");
  return [options, &command](CommandContext& context) {
    if (options->method == "combined") return predict_combined(context, options->ladder, command);
    return chain_answer(context, options->ladder, ladder::Step1Inputs::params_and_tokens);
  };
}

}  // namespace

std::vector<Command> ladder_predict_commands() {
  return {{.name = "ladder predict",
           .summary = "both steps chained: task accuracy from model size and tokens",
           .example = "rung ladder predict -k v2_main -c published:olmo-ladder/configs/final.json "
                      "-n 7B -d 4T --method combined",
           .group = "ladder",
           .place = 30,
           .declare = ladder_predict,
           .has_figure = true,
           .has_bootstrap = true}};
}

}  // namespace rung::app
