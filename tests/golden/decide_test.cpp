// rung decide on the made-up results that the published program of DataDecide was run on.
#include "rung/study/decide/decide.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::decide {
namespace {

using nlohmann::json;

struct Both {
  Result ours;
  json published;
};

std::optional<Both> both() {
  const auto folder = shared_path("goldens/data-decide");
  if (!folder) return std::nullopt;
  return Both{run({}, read_table(*folder / "synthetic_input.csv")),
              json::parse(read_file(*folder / "synthetic_results.json"))};
}

const Score& score_of(const Result& result, const std::string& method, const std::string& task) {
  const auto found =
      std::find_if(result.scores.begin(), result.scores.end(), [&](const Score& score) {
        return score.task == task && result.methods[score.method].name == method;
      });
  if (found == result.scores.end()) throw std::runtime_error("no score of " + method);
  return *found;
}

double predicted(const Result& result, const Score& score, const std::string& recipe) {
  const auto at = std::find(result.recipes.begin(), result.recipes.end(), recipe);
  return score.predicted.at(static_cast<std::size_t>(at - result.recipes.begin()));
}

/// Where each recipe has as many runs as the law has parameters, and the law is one of the two-step
/// ones whose published fit is at its optimum.
bool is_determined(const std::string& setup) {
  return (setup.starts_with("3_param-default") || setup.starts_with("3_param-no_750M") ||
          setup == "2_param-no_750M") &&
         setup.find("no_530M") == std::string::npos;
}

TEST(DecideGolden, DeterminedSetupsPredictTheSame) {
  const std::optional<Both> read = both();
  if (!read) GTEST_SKIP() << "goldens/data-decide is absent";
  std::size_t n_compared = 0;
  for (const json& entry : read->published) {
    const std::string setup = entry.at("setup"), mix = entry.at("mix");
    if (!is_determined(setup)) continue;
    SCOPED_TRACE(setup + ", " + mix);
    const Score& score = score_of(read->ours, setup, entry.at("task"));
    EXPECT_NEAR(predicted(read->ours, score, mix), entry.at("stacked_pred"), 3e-5);
    EXPECT_NEAR(*score.agreement.decision_accuracy, entry.at("decision_acc").get<double>() / 100,
                1e-12);
    const auto recipe = static_cast<std::size_t>(
        std::find(read->ours.recipes.begin(), read->ours.recipes.end(), mix) -
        read->ours.recipes.begin());
    EXPECT_NEAR(score.actual[recipe], entry.at("stacked_y"), 1e-12);
    ++n_compared;
  }
  EXPECT_EQ(n_compared, 9u * 8);
}

// The others rest on fits that stopped short of an optimum, on more parameters than runs, or on the
// published program's defects (5_param-ai2 compares accuracy with a loss): ours predict no worse.
// Helper points bias the second step; where only two sizes are left the published first step errs
// the other way by luck. Ours then errs as the published second step does by itself.
TEST(DecideGolden, OtherSetupsPredictNoWorse) {
  const std::optional<Both> read = both();
  if (!read) GTEST_SKIP() << "goldens/data-decide is absent";
  std::map<std::string, double> published_error, second_step_error;
  for (const json& entry : read->published) {
    published_error[entry.at("setup")] += entry.at("abs_error_stacked").get<double>() / 8;
    second_step_error[entry.at("setup")] += entry.at("abs_error_step_2").get<double>() / 8;
  }
  EXPECT_EQ(published_error.size(), 30u);
  for (const auto& [setup, error] : published_error) {
    SCOPED_TRACE(setup);
    const double bound = std::max(1.01 * error + 0.02, second_step_error[setup] + 0.01);
    EXPECT_LT(*score_of(read->ours, setup, kAverage).absolute_error, bound);
  }
}

}  // namespace
}  // namespace rung::decide
