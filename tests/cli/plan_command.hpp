#pragma once
/// `rung plan` and `allocate` on runs of four isoFLOP budgets.

#include "tests/cli/fit_command.hpp"

namespace rung::cli {

inline double accuracy_at(double loss) { return 0.25 + 0.6 / (1 + std::exp(4 * (loss - 2.6))); }

class PlanCommandTest : public ::testing::Test {
 protected:
  /// Four isoFLOP budgets of seven sizes, with accuracies.
  PlanCommandTest() {
    Rng rng(4);
    std::string text = "params,tokens,loss,accuracy\n";
    for (const double budget : {1e18, 1e19, 1e20, 1e21}) {
      const double best = std::pow(kAlpha * kA / (kBeta * kB), 1 / (kAlpha + kBeta)) *
                          std::pow(budget / 6, kBeta / (kAlpha + kBeta));
      for (int i = -3; i <= 3; ++i) {
        const double n = best * std::exp(0.4 * i), d = budget / (6 * n);
        const double loss = truth(n, d) * std::exp(0.001 * rng.normal());
        text += shortest(n) + "," + shortest(d) + "," + shortest(loss) + "," +
                shortest(accuracy_at(loss) + 0.003 * rng.normal()) + "\n";
      }
    }
    write_file(runs_, text);
  }

  std::string place(const char* name) { return (folder_.path() / name).string(); }

  json results(const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--json", "-"});
    const Ran ran = run_rung(all);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.status == 0 ? json::parse(ran.out)["results"] : json();
  }
  std::string error(const std::vector<std::string>& words) {
    const Ran ran = run_rung(words);
    EXPECT_EQ(ran.status, 2) << ran.out;
    return ran.err;
  }
  std::vector<std::string> plan(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"plan",       runs_, "--law",
                                      "chinchilla", "--x", "N=params,D=tokens"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TempFolder folder_;
  std::string runs_ = place("runs.csv");
  const std::vector<std::string> grid_ = {"--grid", "N=2e8..2e9:4, ratio=5|20|80, D=ratio*N",
                                          "--at", "N=7e9, D=1.4e11"};
};

}  // namespace rung::cli
