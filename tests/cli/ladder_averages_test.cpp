// --moving_avg over runs of few checkpoints.
#include <nlohmann/json.hpp>

#include "tests/cli/run_command.hpp"
#include "tests/cli/small_ladder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(LadderAverages, StayNearTheEndsOfRunsAndSaySo) {
  const SmallLadder of_ten;
  for (const char* command : {"step1", "step1-flops", "single-step", "step2", "predict",
                              "predict-flops", "compute-error", "sensitivity"}) {
    const Ran asked = of_ten.run(command, {"--moving_avg", "5", "--json", "-"});
    EXPECT_THAT(asked.err, HasSubstr("averages go over 2 of them, and not over 5")) << command;
    const Ran two = of_ten.run(command, {"--moving_avg", "2", "--json", "-"});
    EXPECT_THAT(two.err, Not(HasSubstr("averages go over"))) << command;
    EXPECT_EQ(json::parse(asked.out)["results"], json::parse(two.out)["results"]) << command;
  }
}

TEST(LadderAverages, OverAllOfAShortRunAreSaid) {
  SmallLadder ladder;
  ladder.write("S-1xC.csv", SmallLadder::run_csv(1e8, 2e9, 2));
  EXPECT_THAT(ladder.run("step1", {"--moving_avg", "2"}).err, Not(HasSubstr("averages")));
  ladder.write("L-10xC.csv", SmallLadder::run_csv(1.6e9, 3.2e11, 200));
  EXPECT_THAT(ladder.run("step1", {"--moving_avg", "5"}).err,
              HasSubstr("averages go over all checkpoints of 1 run with fewer than 5"));
}

}  // namespace
}  // namespace rung::cli
