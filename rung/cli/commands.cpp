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
      {"Any table, any law",
       "",
       "",
       {{"fit", "a law to the rows of a table, with how far to trust it", fit, true, true},
        {"predict", "from a saved fit, without its data", predict},
        {"backtest", "which law predicts larger runs from smaller ones", backtest, true},
        {"allocate", "model size and tokens for a budget or for a loss", allocate, false, true}}},
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
