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
         ladder_predict, true, true}}},
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
       {{"laws", "scaling laws: formulas, parameters, sources, pictures", laws, true}}},
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
