#include "rung/data/questions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/data/reader/question_file.hpp"
#include "rung/data/reader/read_table.hpp"

namespace rung {
namespace {

std::size_t place_of(const std::string& metric) {
  const auto& names = question_metric_names();
  const auto found = std::find(names.begin(), names.end(), metric);
  if (found == names.end()) throw std::runtime_error("no metric " + metric);
  return static_cast<std::size_t>(found - names.begin());
}

// Two options: probabilities 1/8 and 1/2 as wholes; of 3 tokens and 1 token; 6 and 2 characters; 12
// and 2 bytes. The first is right.
const AnswerOption kRight{.sum_logits = -3 * std::log(2.0),
                          .n_tokens = 3,
                          .n_chars = 6,
                          .n_bytes = 12,
                          .sum_logits_uncond = -5 * std::log(2.0)};
const AnswerOption kWrong{.sum_logits = -1 * std::log(2.0),
                          .n_tokens = 1,
                          .n_chars = 2,
                          .n_bytes = 2,
                          .sum_logits_uncond = -2 * std::log(2.0)};

double metric(const std::string& name) {
  const AnswerOption options[] = {kRight, kWrong};
  return question_metrics(options, 0)[place_of(name)];
}

TEST(Questions, MetricsByHand) {
  EXPECT_DOUBLE_EQ(metric("correct_prob"), 0.125);
  EXPECT_DOUBLE_EQ(metric("margin"), 0.125 - 0.5);
  EXPECT_DOUBLE_EQ(metric("total_prob"), 0.625);
  EXPECT_DOUBLE_EQ(metric("norm_correct_prob"), 0.2);
  EXPECT_EQ(metric("acc_raw"), 0);
  // A half per token each: of equals the first counts.
  EXPECT_DOUBLE_EQ(metric("correct_prob_per_token"), 0.5);
  EXPECT_NEAR(metric("margin_per_token"), 0, 1e-15);
  EXPECT_DOUBLE_EQ(metric("total_prob_per_token"), 1);
  EXPECT_DOUBLE_EQ(metric("norm_correct_prob_per_token"), 0.5);
  EXPECT_EQ(metric("acc_per_token"), 1);
  EXPECT_DOUBLE_EQ(metric("correct_prob_per_char"), std::exp2(-0.5));
  EXPECT_NEAR(metric("margin_per_char"), 0, 1e-15);
  EXPECT_DOUBLE_EQ(metric("correct_prob_per_byte"), std::exp2(-0.25));
  EXPECT_DOUBLE_EQ(metric("margin_per_byte"), std::exp2(-0.25) - std::exp2(-0.5));
  EXPECT_DOUBLE_EQ(metric("total_prob_per_byte"), std::exp2(-0.25) + std::exp2(-0.5));
  EXPECT_DOUBLE_EQ(metric("norm_correct_prob_per_byte"),
                   std::exp2(-0.25) / (std::exp2(-0.25) + std::exp2(-0.5)));
  EXPECT_EQ(metric("acc_per_byte"), 1);
  // 2 bits better than without the question, against 1.
  EXPECT_EQ(metric("acc_uncond"), 1);
  EXPECT_DOUBLE_EQ(metric("correct_logit_per_byte"), 0.25);
}

TEST(Questions, SumsOfWhatUnderflows) {
  const AnswerOption options[] = {{.sum_logits = -800}, {.sum_logits = -800}};
  const auto metrics = question_metrics(options, 0);
  EXPECT_EQ(metrics[place_of("correct_prob")], 0);
  EXPECT_DOUBLE_EQ(metrics[place_of("norm_correct_prob")], 0.5);
  EXPECT_TRUE(std::isnan(metrics[place_of("correct_prob_per_token")]));
}

const char* const kLines =
    R"({"doc_id": 0, "recipe": "c4", "size": "150M", "task": "piqa", "seed": 1, "step": 10, "x": {"a": ["]}\"", 1]}, "model_output": [{"sum_logits": -2.0, "num_tokens": 2, "num_chars": 4, "text": "\\"}, {"num_tokens": 1, "sum_logits": -1.0, "logits_per_char": -0.5, "is_greedy": false}], "label": 0}
{"model_output": [{"sum_logits": -1}, {"sum_logits": -3}], "label": "A", "recipe": "c4", "size": "150M", "task": "piqa", "seed": 1, "step": 10}

{"label": 1, "recipe": "dclm", "size": "150M", "task": "piqa", "seed": 1, "step": 10, "model_output": [{"sum_logits": -1}, {"sum_logits": -3}]}
)";

TEST(QuestionFile, MeansByRun) {
  EXPECT_TRUE(is_question_file(kLines));
  const MeansByRun means = means_of_questions(kLines, "q.jsonl", 2);
  ASSERT_EQ(means.size(), 2u);
  const auto& [of, c4] = *means.begin();
  EXPECT_EQ(of.recipe, "c4");
  EXPECT_EQ(of.step, "10");
  EXPECT_EQ(c4.n_questions, 2u);
  EXPECT_DOUBLE_EQ(c4.sums[place_of("correct_prob")], std::exp(-2) + std::exp(-1));
  EXPECT_DOUBLE_EQ(c4.sums[place_of("correct_prob_per_char")], std::exp(-0.5));
  const Table table = table_of_means(means, "q.jsonl");
  EXPECT_EQ(table.numbers("acc_raw"), (std::vector<double>{0.5, 0}));
  // One question of the two has no characters: their mean would be of another set.
  EXPECT_FALSE(table.has("acc_per_char"));
}

TEST(QuestionFile, NamesBadLines) {
  const std::string good = R"({"model_output": [{"sum_logits": -1}], "label": 0})";
  for (const std::string bad : {R"({"model_output": [{"sum_logits": -1}], "label": 1})",
                                R"({"model_output": [], "label": 0})", R"({"label": 0})",
                                R"({"model_output": [{"sum_logits": -1}], "label": 0)", "[1]",
                                R"({"model_output": [{"sum_logits": -1}]})", R"({"a": "b)",
                                R"({"a")", "\xff\xfe{", "{}{}"}) {
    try {
      means_of_questions(good + "\n" + bad + "\n" + good, "q.jsonl", 1);
      ADD_FAILURE() << bad;
    } catch (const InputError& error) {
      ASSERT_EQ(error.problems().size(), 1u);
      EXPECT_EQ(error.problems().front().location.line, 2u) << bad;
    }
  }
  EXPECT_THROW(means_of_questions("", "q.jsonl", 1), InputError);
}

TEST(QuestionFile, TheSameOnAnyNumberOfThreads) {
  std::string lines;
  for (int i = 0; i < 60000; ++i)
    lines += std::string(kLines).substr(0, std::string(kLines).find('\n') + 1);
  const MeansByRun one = means_of_questions(lines, "q.jsonl", 1);
  const MeansByRun three = means_of_questions(lines, "q.jsonl", 3);
  EXPECT_EQ(one.begin()->second.n_questions, 60000u);
  EXPECT_EQ(one.begin()->second.sums, three.begin()->second.sums);
}

TEST(QuestionOptions, ATableWithAnOptionARow) {
  const Table table = parse_table(
      "recipe,size,task,doc_id,label,sum_logits,num_bytes\n"
      "a,1B,piqa,0,1,-1,2\na,1B,piqa,0,1,-2,8\na,1B,piqa,1,0,-1,1\na,1B,piqa,1,0,-3,1\n",
      "options.csv");
  ASSERT_TRUE(is_table_of_options(table));
  const MeansByRun means = means_of_options(table);
  ASSERT_EQ(means.size(), 1u);
  EXPECT_EQ(means.begin()->second.n_questions, 2u);
  EXPECT_EQ(means.begin()->second.sums[place_of("acc_per_byte")], 2);
  EXPECT_EQ(means.begin()->second.sums[place_of("acc_raw")], 1);
  EXPECT_THROW(means_of_options(parse_table("doc_id,sum_logits\n0,-1\n", "options.csv")),
               InputError);
  EXPECT_THROW(means_of_options(parse_table("doc_id,label,sum_logits\n0,3,-1\n", "options.csv")),
               InputError);
}

}  // namespace
}  // namespace rung
