#include "rung/cli/commands.hpp"

namespace rung::cli {

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> kGroups = {
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
