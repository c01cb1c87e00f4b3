#include "rung/core/options.hpp"

#include <gtest/gtest.h>

#include "rung/app/ladder/common.hpp"
#include "rung/app/ladder/options.hpp"
#include "rung/core/error.hpp"

namespace rung::app {
namespace {

/// Reads words with every option of the published scripts.
LadderOptions read(std::vector<std::string> words) {
  LadderOptions options;
  Options declared;
  add_ladder_inputs(declared, options);
  add_ladder_metrics(declared, options, {"rc_bpb", "c4", "rc_soft_log"},
                     {"rc_acc", "mc_acc", "c4"});
  add_step2_options(declared, options);
  add_target_options(declared, options);
  add_step2_config(declared, options);
  add_level(declared, options);
  add_ladder_extras(declared, options);
  add_variance_options(declared, options);
  add_vary_options(declared, options);
  for (std::size_t i = 0; i < words.size();) {
    const std::string name = words[i++];
    std::vector<std::string> values;
    for (; i < words.size() && !words[i].starts_with('-'); ++i) values.push_back(words[i]);
    declared.set(name, values);
  }
  declared.check_complete();
  return options;
}

TEST(LadderOptions, PredictsPublishedCommandLine) {
  const LadderOptions options =
      read({"-k", "v2_main", "-c", "configs/final.json", "--step2-config-path", "configs/7b.json",
            "-n", "13202396160", "-d", "5000088518656", "-t", "13B-5T", "--skip_perc", "0.1",
            "--moving_avg", "5"});
  EXPECT_EQ(options.keys, std::vector<std::string>{"v2_main"});
  EXPECT_EQ(options.config_paths, std::vector<std::string>{"configs/final.json"});
  EXPECT_EQ(options.step2_config_path, "configs/7b.json");
  EXPECT_EQ(options.n_params, 13202396160.0);
  EXPECT_EQ(options.n_tokens, 5000088518656.0);
  EXPECT_EQ(options.target_name, "13B-5T");
  EXPECT_EQ(options.skip_perc, 0.1);
  EXPECT_EQ(options.moving_avg, 5);
  EXPECT_EQ(options.x_metric, "");
  EXPECT_EQ(options.y_metric, "rc_acc");
}

TEST(LadderOptions, SeveralValuesAfterOneOption) {
  const LadderOptions options = read({"-k", "mmlu_avg_test_5shot", "piqa", "-c", "7B.json",
                                      "13B.json", "-y", "mc_acc", "-x", "c4"});
  EXPECT_EQ(options.keys, (std::vector<std::string>{"mmlu_avg_test_5shot", "piqa"}));
  EXPECT_EQ(options.config_paths, (std::vector<std::string>{"7B.json", "13B.json"}));
  EXPECT_EQ(options.y_metric, "mc_acc");
  EXPECT_EQ(options.x_metric, "c4");
}

TEST(LadderOptions, FlagsAndAnalyses) {
  const LadderOptions options =
      read({"-c", "x", "--use_log_sigmoid", "--last_n_points", "3", "--run_prediction",
            "--print_table_as_latex", "--vary", "xC", "--which_step", "all", "--do_average"});
  EXPECT_TRUE(options.use_log_sigmoid && options.run_prediction && options.print_table_as_latex &&
              options.do_average);
  EXPECT_EQ(options.last_n_points, 3);
  EXPECT_EQ(options.vary, "xC");
  EXPECT_EQ(options.which_step, "all");
}

TEST(LadderOptions, RunsOrOneConfiguration) {
  LadderOptions options;
  EXPECT_THROW(single_config(options), InputError);
  options.config_paths = {"a.json"};
  EXPECT_EQ(single_config(options), "a.json");
  options.from_runs.logged.sources = {"runs.csv"};
  EXPECT_THROW(single_config(options), InputError);
  options.config_paths.clear();
  EXPECT_EQ(single_config(options), "");
}

TEST(LadderOptions, WhatIsSaidOfRunsNeedsThem) {
  for (const char* option : {"--loss", "--accuracy", "--targets", "--runs", "--facts"})
    EXPECT_THROW(single_config(read({"-c", "x", option, "y"})), InputError) << option;
  EXPECT_THROW(single_config(read({"-c", "x", "--batch-tokens", "5"})), InputError);
}

TEST(LadderOptions, WhatMakesNoSenseIsRefused) {
  const std::vector<std::vector<std::string>> bad = {
      {"-c", "x", "-n", "1e9"},             // a target without its tokens
      {"-c", "x", "-n", "0", "-d", "1e9"},  // no parameters
      {"-c", "x", "--skip_perc", "10"},     // a percentage where a share belongs
      {"-c", "x", "--moving_avg", "0"},     // nothing to average
      {"-c", "x", "-x", "accuracy"},        // unknown metric
      {"-c", "x", "--vary", "D"},           // unknown axis
      {"-c", "x", "--moving_avg", "five"}};
  for (const auto& words : bad) EXPECT_THROW(read(words), InputError) << words.back();
}

}  // namespace
}  // namespace rung::app
