#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Demo, HeadlineOfTheOlmoLadder) {
  const TempFolder folder;
  const std::string figures = (folder.path() / "figures").string();
  const Ran ran = run_rung(
      {"demo", "--data", "published:olmo-ladder", "--figures", figures, "--bootstrap", "100"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("8 tasks predicted from 16 small runs of the OLMo ladder"));
  const std::size_t combined = ran.out.find("The combined predictor, the mean of 9 ways");
  const std::size_t quote = ran.out.find("Quote these, with their 90% intervals.");
  const std::size_t two_steps =
      ran.out.find("Mean |relative error|: 5.85% at 7B-4T, 6.04% at 13B-5T\n");
  EXPECT_LT(combined, quote);
  EXPECT_LT(quote, two_steps);
  EXPECT_NE(two_steps, std::string::npos);
  EXPECT_LE(split(ran.out, '\n').size(), 46u);
  EXPECT_THAT(ran.out, HasSubstr("All 16 fits are certified"));
  const std::string report = read_file(figures + "/report.md");
  EXPECT_THAT(report, HasSubstr("| HellaSwag | 81.3% | 82.5% | +1.4% |"));
  EXPECT_THAT(report, HasSubstr("rung ladder predict -k v2_main -c "));
  EXPECT_THAT(report, ::testing::Not(HasSubstr("imulated")));
}

TEST(Demo, SimulatedIsSaidEverywhere) {
  const TempFolder folder;
  const std::string figures = (folder.path() / "figures").string();
  const Ran ran = run_rung({"demo", "--simulate", "--figures", figures, "--bootstrap", "50",
                            "--json", (folder.path() / "demo.json").string()});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("SIMULATED"));
  EXPECT_THAT(ran.err, HasSubstr("simulated"));
  EXPECT_THAT(read_file(figures + "/report.md"), StartsWith("# Accuracy predicted from a ladder of "
                                                            "small runs (simulated data)"));
  const auto json = nlohmann::json::parse(read_file(folder.path() / "demo.json"));
  EXPECT_THAT(json["warnings"][0].get<std::string>(), HasSubstr("simulated"));
  EXPECT_EQ(json["results"].size(), 8u);
}

TEST(Demo, Draws) {
  const TempFolder folder;
  const Ran ran =
      run_rung({"demo", "--simulated", "--figures", folder.path().string(), "--bootstrap", "0"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const char* name : {"combined.png", "mmlu.png", "step1.png", "step2.png", "chained.png"}) {
    EXPECT_THAT(read_file(folder.path() / name), StartsWith("\x89PNG"));
    EXPECT_THAT(ran.out, HasSubstr(name));
  }
}

TEST(Demo, FolderWithoutTheLadder) {
  const TempFolder folder;
  const Ran ran = run_rung({"demo", "--data", folder.path().string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("there is no OLMo ladder here: no configs/final.json"));
}

TEST(Demo, FolderThatCantBeWritten) {
  const TempFolder folder;
  const std::string file = folder.write("file", "").string();
  const Ran ran =
      run_rung({"demo", "--simulated", "--figures", file + "/figures", "--bootstrap", "0"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace rung::cli
