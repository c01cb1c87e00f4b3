#include "rung/core/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rung/core/error.hpp"

namespace rung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Request {
  std::string table;
  std::vector<std::string> keys;
  std::vector<double> budgets;
  std::optional<double> n, d;
  double level = 0.95;
  int window = 1;
  std::size_t seed = 0, vocab_size = 512;
  std::string method = "two-step";
  bool average = false;

  void describe(Options& options) {
    options.add("TABLE", table, "what to read").required();
    options.add("-k,--keys", keys, "tasks");
    options.add("--budget", budgets, "FLOPs").comma_separated().positive();
    options.add("-n,--n", n, "parameters").needs("--d");
    options.add("-d,--d", d, "tokens");
    options.add("--level", level, "of intervals").range(0.01, 0.9999);
    options.add("--moving_avg", window, "checkpoints").range(1, kMostCount);
    options.add("--seed", seed, "of random numbers");
    options.add("--vocab-size", vocab_size, "tokens").range(257, 1000);
    options.add("--method", method, "how").choices({"two-step", "combined"});
    options.add_flag("--do_average", average, "the mean, too");
  }
};

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { request_.describe(options_); }

  std::string problem_with(const std::string& name, const std::vector<std::string>& values) {
    try {
      options_.set(name, values);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  Request request_;
  Options options_;
};

TEST_F(OptionsTest, ValuesGoIntoTheRequest) {
  options_.set("table", {"runs.csv"});
  options_.set("-k", {"piqa", "mmlu"});
  options_.set("--budget", {"1e21,2ZFLOP", "3e21"});
  options_.set("--moving-avg", {"5"});
  options_.set("seed", {"18446744073709551615"});
  options_.set("--do-average", {});
  options_.check_complete();
  EXPECT_EQ(request_.table, "runs.csv");
  EXPECT_THAT(request_.keys, ElementsAre("piqa", "mmlu"));
  EXPECT_THAT(request_.budgets, ElementsAre(1e21, 2e21, 3e21));
  EXPECT_EQ(request_.window, 5);
  EXPECT_EQ(request_.seed, 18446744073709551615u);
  EXPECT_TRUE(request_.average);
}

TEST_F(OptionsTest, DefaultsAreTheFieldsValues) {
  EXPECT_EQ(options_.find("--level")->default_text(), "0.95");
  EXPECT_EQ(options_.find("method")->default_text(), "two-step");
  EXPECT_EQ(options_.find("-n")->default_text(), "");
}

TEST_F(OptionsTest, WhatIsNotAcceptedNamesOptionValueAndConstraint) {
  EXPECT_THAT(problem_with("--level", {"2"}),
              HasSubstr("--level: '2' is not a number of 0.01 to 0.9999"));
  EXPECT_THAT(problem_with("--moving_avg", {"0"}), HasSubstr("a whole number of 1 or more"));
  EXPECT_THAT(problem_with("--moving_avg", {"1.5"}), HasSubstr("a whole number of 1 or more"));
  EXPECT_THAT(problem_with("--budget", {"-1"}), HasSubstr("a number above 0"));
  EXPECT_THAT(problem_with("--level", {"nan"}), HasSubstr("is not a number"));
  EXPECT_THAT(problem_with("--seed", {"-1"}), HasSubstr("a whole number of 0 or more"));
  EXPECT_THAT(problem_with("--seed", {"18446744073709551616"}), HasSubstr("below 2^64"));
  EXPECT_THAT(problem_with("--seed", {"1e30"}), HasSubstr("a whole number"));
  EXPECT_THAT(problem_with("--vocab-size", {"20"}), HasSubstr("a whole number of 257 to 1000"));
  EXPECT_THAT(problem_with("--vocab-size", {"2k"}), HasSubstr("a whole number of 257 to 1000"));
  EXPECT_THAT(problem_with("--method", {"combind"}), HasSubstr("did you mean 'combined'?"));
  EXPECT_THAT(problem_with("--level", {"0.9", "0.8"}), HasSubstr("more than once"));
  EXPECT_THAT(problem_with("--do_average", {"yes"}), HasSubstr("takes no value"));
  EXPECT_THAT(problem_with("--levle", {"1"}), HasSubstr("did you mean '--level'?"));
  EXPECT_EQ(request_.level, 0.95);
}

TEST_F(OptionsTest, WhatIsMissingIsSaidAtOnce) {
  options_.set("-n", {"7e9"});
  try {
    options_.check_complete();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().size(), 2u);
    EXPECT_THAT(error.what(), HasSubstr("TABLE is required"));
    EXPECT_THAT(error.what(), HasSubstr("--n needs --d"));
  }
}

}  // namespace
}  // namespace rung
