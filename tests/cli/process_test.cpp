#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using ::testing::HasSubstr;

TEST(Process, ExitStatusReachesTheShell) {
  EXPECT_EQ(run_shell("$RUNG --version").status, 0);
  EXPECT_EQ(run_shell("$RUNG --version").out, "rung " RUNG_VERSION "\n");
  EXPECT_EQ(run_shell("$RUNG dactor").status, 2);
  EXPECT_EQ(run_shell("$RUNG dactor 2>/dev/null").out, "");
}

TEST(Process, ReaderThatLeavesEarlyIsNoError) {
  // The sleep lets head, here true, be gone before anything is written.
  const Ran ran = run_shell("set -o pipefail; (sleep 0.2; exec $RUNG doctor) | true");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
}

TEST(Process, FullDeviceIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const Ran ran = run_shell("$RUNG doctor > /dev/full");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("error: can't write to standard output"));
}

TEST(Process, ControlCEndsWith130AndLeavesNothing) {
  const TempFolder folder;
  // In the place of git, a program that says it is there and then waits for the Ctrl-C.
  const auto git =
      folder.write("bin/git", "#!/bin/sh\ntouch '" + (folder.path() / "started").string() +
                                  "'\nfor last; do :; done; mkdir -p \"$last\"; exec sleep 60\n");
  std::filesystem::permissions(git, std::filesystem::perms::owner_all);
  const std::string started = (folder.path() / "started").string();
  // A process group of its own, as a terminal gives one, for the signal to go to.
  const Ran ran = run_shell("export PATH='" + git.parent_path().string() + "':$PATH; set -m; " +
                            "$RUNG data get olmo-ladder --to '" + (folder.path() / "to").string() +
                            "' & while [ ! -e '" + started +
                            "' ]; do sleep 0.02; done; sleep 0.1; " + "kill -INT -- -$!; wait $!");
  EXPECT_EQ(ran.status, 130) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "to"));
}

/// Both ask for the same: the step under way is ended, nothing is written.
TEST(Process, InterruptedWorkEndsWith130AndLeavesNoFile) {
  const TempFolder folder;
  std::string table = "N,D,loss\n";
  for (int i = 0; i < 240; ++i) {
    const double n = 1e7 * std::pow(1.3, i % 16), d = 1e9 * std::pow(1.5, i / 16);
    const double noise = 1 + 0.01 * std::sin(12.9898 * i);
    table += fmt::format("{},{},{}\n", n, d,
                         (1.7 + 400 / std::pow(n, 0.34) + 410 / std::pow(d, 0.28)) * noise);
  }
  const std::string runs = folder.write("runs.csv", table).string();
  const std::string out = folder.path().string();
  for (const char* signal : {"INT", "TERM"}) {
    const Ran ran = run_shell(
        "$RUNG fit '" + runs + "' --law chinchilla --bootstrap 2000000 --json '" + out +
        "/fit.json' -o '" + out + "/fit.svg' & sleep 1; kill -" + signal + " $!; wait $!");
    EXPECT_EQ(ran.status, 130) << signal << ran.err;
    EXPECT_EQ(ran.out + ran.err, "") << signal;
    const std::filesystem::directory_iterator files(folder.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a file was left by " << signal;
  }
}

TEST(Process, DoctorSaysWhatIsMissing) {
  const TempFolder folder;
  // Deep enough that no data stands at ../shared, wherever the temporary folder is.
  const std::filesystem::path bare = folder.path() / "a" / "b";
  std::filesystem::create_directories(bare);
  const Ran ran =
      run_shell("cd '" + bare.string() +
                "'; PATH=/nowhere HOME=/nowhere XDG_CACHE_HOME= RUNG_DATA= $RUNG doctor --json -");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto results = nlohmann::json::parse(ran.out)["results"];
  for (const auto& finding : results) {
    const std::string what = finding["what"];
    // Figures are drawn by libraries that are linked.
    const bool is_our_own =
        what == "rung" || what == "processor" || what == "figures" || what.starts_with("data ");
    EXPECT_EQ(finding["found"], is_our_own) << finding;
  }
  EXPECT_THAT(run_shell("$RUNG doctor").out, HasSubstr("git version"));
}

}  // namespace
}  // namespace rung::cli
