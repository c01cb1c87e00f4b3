/// Twenty kills at random moments: no checkpoint is lost, and no loss is another.

#include <filesystem>

#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/lm/checkpoint.hpp"
#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

constexpr int kKills = 20;

TEST(Kills, TwentyLoseNoCheckpointAndChangeNoLoss) {
  if (!std::filesystem::exists(std::filesystem::path(RUNG_COMMAND).parent_path() / "rung-train"))
    GTEST_SKIP() << "rung-train is not built: there is no libtorch here";
  const TempFolder folder;
  const std::filesystem::path place = folder.path();
  const auto shell = [&](const std::string& line) {
    return run_shell("cd '" + place.string() + "' && " + line);
  };
  Rng rng(1);
  std::string text;
  for (int i = 0; i < 9000; ++i) {
    text += std::string(1 + rng.below(2), static_cast<char>('a' + rng.below(8)));
    text += i % 45 == 44 ? ".\n\n" : " ";
  }
  write_file(place / "text.txt", text);
  write_file(place / "small.toml",
             "[models.small]\nfamily = 'tiny'\nd_model = 16\nn_heads = 2\nn_layers = 1\n"
             "sequence_length = 32\n");
  ASSERT_EQ(shell("$RUNG tokenize text.txt --split-at '' --vocab-size 270 --to data").status, 0);
  const std::string train =
      "$RUNG train --models small.toml --model small --data data --length 1500K --batch_size 6 "
      "--save_interval 7 --eval_interval 1500 --threads 1 --name ";
  const Ran whole = shell(train + "whole");
  ASSERT_EQ(whole.status, 0) << whole.err;
  // So that every kill comes amid training, however quick the machine: some time after the next
  // checkpoint, perhaps in the midst of writing another.
  write_file(place / "kill.sh",
             "newest() { ls killed/checkpoints 2>/dev/null | wc -l; }\n"
             "before=$(newest)\n" +
                 train +
                 "killed >/dev/null 2>&1 &\n"
                 "for i in $(seq 1200); do\n"
                 "  [ $(newest) != $before ] && break\n"
                 "  kill -0 $! 2>/dev/null || break\n"
                 "  sleep 0.05\n"
                 "done\n"
                 "sleep $1\n"
                 "pkill -KILL -P $!\nkill -KILL $! 2>/dev/null\nwait $!\n");
  int n_kills = 0;
  std::int64_t last = 0;
  while (n_kills < kKills) {
    const Ran ran = shell("RUNG=$RUNG bash kill.sh " + shortest(0.5 * rng.uniform()));
    if (ran.status == 0) break;  // it came to its end
    ++n_kills;
    const std::vector<std::int64_t> saved = lm::checkpoint_steps(place / "killed");
    ASSERT_FALSE(saved.empty());
    EXPECT_GE(saved.back(), last) << "kill " << n_kills;
    last = saved.back();
  }
  EXPECT_EQ(n_kills, kKills);
  const Ran end = shell(train + "killed");
  ASSERT_EQ(end.status, 0) << end.err;
  const std::string end_of_it =
      "checkpoints/step" + std::to_string(lm::checkpoint_steps(place / "whole").back()) + ".rung";
  for (const std::string& name : {std::string("steps.csv"), std::string("metrics.csv"), end_of_it})
    EXPECT_TRUE(read_file(place / "killed" / name) == read_file(place / "whole" / name)) << name;
}

}  // namespace
}  // namespace rung::cli
