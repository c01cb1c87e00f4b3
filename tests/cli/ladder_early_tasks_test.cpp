/// Tasks that have hardly left chance, of which the combined predictor keeps a part of the growth:
/// what is said of them holds still, and is what leaving runs out by hand says.

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using Json = nlohmann::json;

struct Row {
  double n, d, loss, weak, at_half, late;
};

/// Made up; `at_half` is a task of two choices.
const std::vector<Row> kRows = {
    {50e6, 1e9, 5.53, 0.239, 0.505, 0.251},    {50e6, 3e9, 4.763, 0.255, 0.507, 0.263},
    {50e6, 8e9, 4.261, 0.261, 0.504, 0.263},   {150e6, 3e9, 4.438, 0.237, 0.484, 0.263},
    {150e6, 9e9, 3.897, 0.269, 0.495, 0.256},  {150e6, 24e9, 3.563, 0.27, 0.531, 0.267},
    {400e6, 8e9, 3.711, 0.254, 0.481, 0.291},  {400e6, 24e9, 3.343, 0.283, 0.519, 0.295},
    {400e6, 64e9, 3.083, 0.363, 0.532, 0.337}, {1e9, 20e9, 3.244, 0.31, 0.535, 0.309},
    {1e9, 60e9, 2.954, 0.395, 0.58, 0.369},    {1e9, 160e9, 2.752, 0.555, 0.651, 0.481}};

class EarlyTasksTest : public ::testing::Test {
 protected:
  Json results(const std::string& command, const std::vector<Row>& rows) {
    std::string csv = "run,n_params,tokens,loss,weak,at_half,late\n";
    for (const Row& row : rows)
      csv += shortest(row.n) + "-" + shortest(row.d) + "," + shortest(row.n) + "," +
             shortest(row.d) + "," + shortest(row.loss) + "," + shortest(row.weak) + "," +
             shortest(row.at_half) + "," + shortest(row.late) + "\n";
    write_file(runs_, csv);
    std::vector<std::string> words = {
        "ladder", command, runs_, "--loss", "loss",   "--accuracy", "weak,at_half,late",
        "-n",     "7B",    "-d",  "4T",     "--json", "-"};
    if (command == "predict") words.insert(words.end(), {"--method", "combined"});
    return Json::parse(run_rung(words).out).at("results");
  }

  TempFolder folder_;
  const std::string runs_ = (folder_.path() / "runs.csv").string();
};

double predicted(const Json& task) { return task.at("targets")[0].at("predicted"); }

TEST_F(EarlyTasksTest, TheLastBitOfTheRunsMovesNothing) {
  const Json before = results("predict", kRows);
  std::vector<Row> moved = kRows;
  for (Row& row : moved) {
    row.at_half = std::nextafter(row.at_half, row.n > 2e8);
    row.weak = std::nextafter(row.weak, row.d > 1e10);
  }
  const Json after = results("predict", moved);
  for (std::size_t t = 0; t < before.size(); ++t) {
    EXPECT_NEAR(predicted(after[t]), predicted(before[t]), 1e-6);
    for (const char* end : {"lower", "upper"})
      EXPECT_NEAR(after[t]["targets"][0]["interval"][end].get<double>(),
                  before[t]["targets"][0]["interval"][end].get<double>(), 1e-3);
  }
}

TEST_F(EarlyTasksTest, DiagnoseMovesATargetAsLeavingARunOutByHandDoes) {
  const Json all = results("predict", kRows), diagnoses = results("diagnose", kRows);
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    std::vector<Row> rest = kRows;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    const Json by_hand = results("predict", rest);
    for (std::size_t t = 0; t < all.size(); ++t) {
      // Without its one run that rises, a task of two choices is another: its chance is seen.
      if (by_hand[t]["signal"] == "at chance") continue;
      const double moved = diagnoses[t]["runs"][i]["influence"].begin().value();
      EXPECT_NEAR(moved, predicted(by_hand[t]) - predicted(all[t]), 1e-3) << i << " " << t;
    }
  }
}

}  // namespace
}  // namespace rung::cli
