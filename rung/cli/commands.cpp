#include "rung/cli/commands.hpp"

namespace rung::cli {

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
      {"Data",
       "data",
       "public results to fit and to check against",
       {{"data list", "data sets, their licences, and where they lie here", data_list},
        {"data get", "bring one data set here with git", data_get}}},
      {"This program", "", "", {{"doctor", "what this machine has, and what is missing", doctor}}},
  };
  return kGroups;
}

}  // namespace rung::cli
