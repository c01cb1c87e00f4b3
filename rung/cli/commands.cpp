#include "rung/cli/commands.hpp"

namespace rung::cli {

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> kGroups = {
      {"Over-training and downstream error",
       "overtraining",
       "loss from compute and tokens per parameter, error from loss, on a testbed of 104 models",
       {{"overtraining fit", "both laws, and what they say of every model", overtraining_fit}}},
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
