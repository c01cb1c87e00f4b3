#pragma once
/// Made-up runs as they were logged, and the ladder's commands on them.

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {

class LoggedLadderTest : public ::testing::Test {
 protected:
  /// Twelve runs on a law, with loss "val", accuracy "right", its complement and one that stays.
  void write_runs(int n_checkpoints) {
    std::string csv = "model,n_params,n_tokens,val,right,wrong,flat,guessed,steep,third\n";
    for (const double n : {190e6, 370e6, 760e6, 1300e6}) {
      for (const int length : {1, 2, 5}) {
        for (int i = 1; i <= n_checkpoints; ++i) {
          const double d = 20 * n * length * i / n_checkpoints;
          const double loss = 1.9 + 400 / std::pow(n, 0.35) + 1200 / std::pow(d, 0.34);
          const double right = 0.25 + 0.75 / (1 + std::exp(4 * (loss - 2.6)));
          const double guessed = 0.25 + 0.004 * std::sin(n * length + i);
          const double steep = 0.3 + 0.12 * std::log10(n * d / 7e17);
          const double third = 1.0 / 3 + 0.9 * (right - 0.25);
          csv += fmt::format("{:.0f}M-{}xC,{},{},{:.6f},{:.4f},{:.4f},0.25,{:.4f},{:.4f},{:.4f}\n",
                             n / 1e6, length, n, d, loss, right, 1 - right, guessed, steep, third);
        }
      }
    }
    write_file(runs_, csv);
  }

  Ran ladder(const std::string& command, const std::string& accuracy,
             const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"ladder", command,      runs_,   "--loss",
                                      "val",    "--accuracy", accuracy};
    words.insert(words.end(), more.begin(), more.end());
    return run_rung(words);
  }

  TempFolder folder_;
  const std::string runs_ = (folder_.path() / "runs.csv").string();
};

}  // namespace rung::cli
