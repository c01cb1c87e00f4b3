#include "rung/app/commands.hpp"

#include <algorithm>

#include "rung/core/text.hpp"

namespace rung::app {
namespace {

constexpr std::size_t kMostCommandWords = 3;

}  // namespace

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> kGroups = {
      {"Predict big models from small ones",
       "",
       "",
       {{"demo", "the main job in one go: predictions, figures and a report", demo, false, true}}},
      {"The ladder, step by step",
       "ladder",
       "task accuracy of big models from a ladder of small runs",
       {{"ladder step1", "task loss from model size and tokens", ladder_step1, true},
        {"ladder step2", "task accuracy from task loss", ladder_step2, true},
        {"ladder predict", "both steps chained: task accuracy from model size and tokens",
         ladder_predict, true, true},
        {"ladder diagnose", "what each run does to the predictions, and which to mistrust",
         ladder_diagnose, true},
        {"ladder step1-flops", "task loss from training compute", ladder_step1_flops, true},
        {"ladder predict-flops", "both steps chained, from training compute", ladder_predict_flops,
         true, true},
        {"ladder single-step", "task accuracy from model size and tokens in one step",
         ladder_single_step, true},
        {"ladder step2-mc", "step 2 between chance and 1, for several configurations",
         ladder_step2_mc, true},
        {"ladder variance", "how noisy the last checkpoints are, beside the prediction's errors",
         ladder_variance, true},
        {"ladder compute-error", "how the error falls as the ladder grows", ladder_compute_error,
         true},
        {"ladder compare", "the ways to predict side by side, with their errors", ladder_compare,
         true},
        {"ladder sensitivity", "how far predictions move with choices that data do not make",
         ladder_sensitivity, true},
        {"ladder extrapolate-d", "a run's loss at more tokens", ladder_extrapolate_d, true},
        {"ladder extrapolate-n", "a model's loss from smaller ones at the same tokens",
         ladder_extrapolate_n, true}}},
      {"Over-training and downstream error",
       "overtraining",
       "loss from compute and tokens per parameter, error from loss, on a testbed of 104 models",
       {{"overtraining fit", "both laws, and what they say of every model", overtraining_fit},
        {"overtraining figure1", "loss against compute, error against loss", overtraining_figure1,
         true},
        {"overtraining tokens", "loss against tokens per parameter", overtraining_tokens, true},
        {"overtraining tasks", "which errors can be predicted at all", overtraining_tasks, true},
        {"overtraining correlation", "how errors move with loss", overtraining_correlation, true},
        {"overtraining cost", "extra loss and compute of over-training", overtraining_cost},
        {"overtraining budget", "best size for training plus inference", overtraining_budget},
        {"overtraining table", "every table, as text, LaTeX or CSV", overtraining_table},
        {"overtraining explore", "runs, tasks, the hyperparameter search", overtraining_explore}}},
      {"Any table, any law",
       "",
       "",
       {{"laws", "scaling laws: formulas, parameters, sources, pictures", laws, true},
        {"fit", "a law to the rows of a table, with how far to trust it", fit, true, true},
        {"predict", "from a saved fit, without its data", predict},
        {"backtest", "which law predicts larger runs from smaller ones", backtest, true},
        {"allocate", "model size and tokens for a budget or for a loss", allocate, true, true},
        {"plan", "which runs to train next, so that a prediction gets sharpest", plan_runs, true},
        {"hardware", "accelerators: what training costs on them", hardware}}},
      {"Studies as files",
       "study",
       "every analysis as a file to copy and edit",
       {{"study list", "the studies that come with Rung", study_list},
        {"study show", "one of them, as the text of its file", study_show},
        {"study run", "one of them, or a file of your own", study_run, false, false, true}}},
      {"Data",
       "data",
       "public results to fit and to check against",
       {{"data list", "data sets, their licences, and where they lie here", data_list},
        {"data get", "bring one data set here with git", data_get}}},
      {"This program", "", "", {{"doctor", "what this machine has, and what is missing", doctor}}},
  };
  return kGroups;
}

FoundCommand find_command(const std::vector<std::string>& words) {
  for (std::size_t n = std::min(kMostCommandWords, words.size()); n > 0; --n) {
    const std::string name =
        join(std::vector<std::string>(words.begin(), words.begin() + static_cast<long>(n)), " ");
    for (const CommandGroup& group : command_groups()) {
      for (const Command& command : group.commands) {
        if (command.name == name) return {&command, n};
      }
    }
  }
  return {};
}

}  // namespace rung::app
