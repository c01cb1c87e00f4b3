#include "rung/study/plan/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/rng.hpp"
#include "rung/core/text.hpp"
#include "rung/law/formula.hpp"
#include "rung/study/plan/solver.hpp"
#include "tests/support/chinchilla.hpp"

namespace rung::plan {
namespace {

using testing::HasSubstr;

/// A law as if it had been fitted to runs of 1e7 to 1e9 parameters.
Fitted fitted(std::shared_ptr<const Law> law, std::vector<double> theta, std::vector<double> lowest,
              std::vector<double> highest) {
  Fitted result;
  result.law = std::move(law);
  result.fit.theta = std::move(theta);
  result.lowest = std::move(lowest);
  result.highest = std::move(highest);
  result.options.level = 0.9;
  result.fit.identified = true;
  return result;
}

Fitted chinchilla() {
  const Law& law = find_law("chinchilla");
  std::vector<double> theta(5);
  const auto set = [&](const char* name, double value) {
    theta[static_cast<std::size_t>(law.parameter_index(name))] = value;
  };
  set("A", kA), set("B", kB), set("E", kE), set("alpha", kAlpha), set("beta", kBeta);
  return fitted({std::shared_ptr<const void>(), &law}, theta, {1e7, 1e8}, {1e9, 1e11});
}

/// 0.25 to 0.85 as the loss falls, one half way between at 2.
Fitted sigmoid() {
  return fitted(std::make_shared<const Law>(formula_law("b + a / (1 + exp(k*(L - m)))", {"L"})),
                {0.25, 0.6, 4, 2}, {1.8}, {3.5});
}

void scatter(Fitted& fitted, double share, std::uint64_t seed) {
  Rng rng(seed);
  Replicates& replicates = fitted.replicates;
  replicates.n = 200;
  for (std::size_t i = 0; i < replicates.n; ++i) {
    for (const double value : fitted.fit.theta)
      replicates.theta.push_back(value * std::exp(share * rng.normal()));
  }
}

std::string warnings_of(const Answer& found) {
  std::string all;
  for (const std::string& warning : found.warnings) all += warning + "\n";
  return all;
}

double accuracy(const Fitted& metric, double loss) { return metric.predict({&loss, 1}); }

TEST(Answer, AccuracyGoesThroughTheLossItNeeds) {
  const Fitted loss = chinchilla(), metric = sigmoid();
  ASSERT_NEAR(accuracy(metric, 2), 0.55, 1e-12);
  const Source source{&loss, &metric, {}};
  const Answer direct = answer(source, {.target_loss = 2.0}, {}, 1);
  const Answer through = answer(source, {.target_metric = 0.55}, {}, 1);
  ASSERT_TRUE(direct.best && through.best);
  EXPECT_NEAR(through.best->loss, 2, 1e-9);
  EXPECT_NEAR(through.best->n_params / direct.best->n_params, 1, 1e-6);
  EXPECT_NEAR(*through.metric, 0.55, 1e-9);
  const Answer back = answer(source, {.budget_flops = through.best->training_flops}, {}, 1);
  EXPECT_NEAR(*back.metric, 0.55, 1e-6);
  EXPECT_FALSE(back.n_params);  // no replicates, no interval
}

TEST(Answer, AnErrorIsReachedFromAboveAndAnAccuracyLawFromBelow) {
  const Fitted loss = chinchilla();
  const Fitted error =
      fitted(std::make_shared<const Law>(formula_law("e - k * exp(-g * L)", {"L"})), {0.8, 3, 1},
             {2}, {4});
  const Source source{&loss, &error, {}};
  const Answer found = answer(source, {.target_metric = 0.5}, {}, 1);
  ASSERT_TRUE(found.best);
  EXPECT_NEAR(found.best->loss, std::log(3 / 0.3), 1e-9);
  // A law of N and D that rises is an accuracy itself.
  const Fitted rising =
      fitted(std::make_shared<const Law>(formula_law("a - b / (N * D)^0.1", {"N", "D"})), {0.9, 60},
             {1e7, 1e8}, {1e9, 1e11});
  const Answer alone = answer({&rising, nullptr, {}}, {.target_metric = 0.7}, {}, 1);
  ASSERT_TRUE(alone.best);
  EXPECT_NEAR(alone.best->loss, 0.7, 1e-9);
  EXPECT_NEAR(alone.best->training_flops / (6 * std::pow(300, 10)), 1, 1e-6);
  EXPECT_FALSE(answer({&rising, nullptr, {}}, {.target_metric = 0.95}, {}, 1).best);
}

TEST(Answer, WhatIsOutOfReachIsSaidInWords) {
  const Fitted loss = chinchilla(), metric = sigmoid();
  const Source source{&loss, &metric, {}};
  const auto why = [&](const Question& question, const AllocateOptions& options = {}) {
    const Answer found = answer(source, question, options, 1);
    EXPECT_FALSE(found.best);
    return found.why_not;
  };
  EXPECT_EQ(why({.target_loss = 1.5}),
            "not reachable: the law ends at 1.69 however large N and D are");
  EXPECT_EQ(answer({&loss, nullptr, {}}, {.target_metric = 0.9}, {}, 1).why_not,
            "not reachable: the law ends at 1.69 however large N and D are (an accuracy that "
            "follows from this loss needs --accuracy-fit)");
  EXPECT_NE(why({.target_loss = 2.0}, {.most_tokens = 1e9}).find("with at most 1B tokens"),
            std::string::npos);
  EXPECT_NE(why({.target_metric = 0.99}).find("even at a loss of 0"), std::string::npos);
  EXPECT_NE(why({.target_metric = 0.8}).find("it needs a loss of 1.4"), std::string::npos);
}

TEST(Answer, ACeilingThatTheDataLeaveOpenIsSaid) {
  const Fitted loss = chinchilla();
  Fitted metric = sigmoid();
  scatter(metric, 0.05, 2);
  const Source source{&loss, &metric, {}};
  const Answer open = answer(source, {.target_metric = 0.87}, {}, 1);
  EXPECT_FALSE(open.best);
  EXPECT_NE(open.why_not.find("not reachable by the best fit: the second law gives 0.8498 even at "
                              "a loss of 0; the data leave the ceiling open (90% interval 0."),
            std::string::npos)
      << open.why_not;
  ASSERT_TRUE(open.ceiling);
  EXPECT_GT(open.ceiling->upper, 0.87);
  const Answer beyond = answer(source, {.target_metric = 0.999}, {}, 1);
  EXPECT_NE(beyond.why_not.find("not reachable: "), std::string::npos);
  EXPECT_FALSE(beyond.ceiling);
  EXPECT_FALSE(answer(source, {.target_metric = 0.8}, {}, 1).ceiling);  // the first law ends before
}

TEST(Answer, IntervalsComeFromReplicatesAndMayHaveNoUpperEnd) {
  Fitted loss = chinchilla(), metric = sigmoid();
  scatter(loss, 0.01, 1);
  scatter(metric, 0.01, 2);
  const Source source{&loss, &metric, {}};
  const Answer easy = answer(source, {.target_metric = 0.5}, {}, 2);
  ASSERT_TRUE(easy.n_params && easy.training_flops && easy.loss);
  EXPECT_EQ(easy.reachable_share, 1);
  EXPECT_LT(easy.n_params->lower, easy.best->n_params);
  EXPECT_GT(easy.n_params->upper, easy.best->n_params);
  EXPECT_EQ(easy.n_params->level, 0.9);
  EXPECT_FALSE(easy.metric_interval);  // it was asked for
  const Answer hard = answer(source, {.target_loss = 1.7}, {}, 2);
  ASSERT_TRUE(hard.best && hard.n_params);
  EXPECT_GT(hard.reachable_share, 0.4);
  EXPECT_LT(hard.reachable_share, 0.9);
  EXPECT_TRUE(std::isinf(hard.training_flops->upper));
  EXPECT_TRUE(std::isfinite(hard.training_flops->lower));
}

TEST(Answer, IntervalsAreOfAllRefits) {
  Fitted loss = chinchilla();
  scatter(loss, 0, 1);
  Replicates& refits = loss.replicates;
  const std::vector<double> same(refits.theta);
  for (int i = 0; i < 4; ++i) {
    refits.theta.insert(refits.theta.end(), same.begin(), same.end());
    refits.n += 200;
  }
  // Those after the 500th end above the target.
  const auto floor = static_cast<std::size_t>(loss.law->parameter_index("E"));
  for (std::size_t i = 500; i < refits.n; ++i) refits.theta[5 * i + floor] = 2.1;
  const Answer found = answer({&loss, nullptr, {}}, {.target_loss = 2.0}, {}, 2);
  EXPECT_EQ(found.reachable_share, 0.5);
  EXPECT_EQ(reached_share(found), "50%");
}

/// What one of two laws alone is drawn for is not the spread of both.
TEST(Answer, ALawWithoutReplicatesIsNotTakenForSure) {
  Fitted loss = chinchilla(), metric = sigmoid();
  scatter(metric, 0.01, 2);
  EXPECT_FALSE(answer({&loss, &metric, {}}, {.target_metric = 0.5}, {}, 2).n_params);
  scatter(loss, 0.01, 1);
  const Interval both =
      *answer({&loss, &metric, {}}, {.budget_flops = 1e22}, {}, 2).metric_interval;
  metric.replicates = {};
  EXPECT_FALSE(answer({&loss, &metric, {}}, {.target_metric = 0.5}, {}, 2).n_params);
  const Answer without = answer({&loss, &metric, {}}, {.budget_flops = 1e22}, {}, 2);
  EXPECT_TRUE(without.n_params);
  EXPECT_FALSE(without.metric_interval);  // nothing says how sure the second law is
  EXPECT_LT(both.lower, both.upper);
}

TEST(Answer, NoAccuracyIsBeyondWhatCanBe) {
  const Fitted loss = chinchilla();
  Fitted metric = sigmoid();
  metric.fit.theta[1] = 1.2;  // to 1.45 where there is no loss
  const Question question{.budget_flops = 1e26};
  EXPECT_GT(answer({&loss, &metric, {}}, question, {}, 2).metric.value(), 1);
  metric.possible = ValueRange{0, 1};
  const Answer found = answer({&loss, &metric, {}}, question, {}, 2);
  EXPECT_TRUE(found.best);
  EXPECT_FALSE(found.metric);
  EXPECT_THAT(warnings_of(found), HasSubstr(", above 1, where no value can be"));
}

TEST(Answer, NoAccuracyOfTheFirstLawIsBeyondWhatCanBe) {
  Fitted law = chinchilla();
  const Question question{.budget_flops = 1e26};
  EXPECT_TRUE(answer({&law, nullptr, {}}, question, {}, 2).is_possible);
  law.possible = ValueRange{0, 1};
  const Answer found = answer({&law, nullptr, {}}, question, {}, 2);
  EXPECT_TRUE(found.best);
  EXPECT_FALSE(found.is_possible);
  EXPECT_FALSE(found.loss);
  EXPECT_THAT(warnings_of(found), HasSubstr(", above 1, where no value can be"));
}

/// The same fit, with exponents exchanged for others that fit the data as well.
Fitted undetermined(std::vector<std::vector<double>> others) {
  Fitted loss = chinchilla();
  scatter(loss, 0.01, 1);
  loss.fit.identified = false;
  for (std::vector<double>& theta : others) loss.fit.alternatives.push_back({std::move(theta), 0});
  return loss;
}

TEST(Answer, AnUndeterminedFitHasNoIntervalsAndSaysWhatOthersSay) {
  const Fitted sure = chinchilla();
  std::vector<double> smaller = sure.fit.theta, larger = sure.fit.theta;
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(sure.law->parameter_index(name));
  };
  smaller[place("B")] *= 3, larger[place("A")] *= 3;
  const Fitted loss = undetermined({smaller, larger});
  const Question question{.budget_flops = 1e22};
  const Answer found = answer({&loss, nullptr, {}}, question, {}, 1);
  ASSERT_TRUE(found.best);
  EXPECT_FALSE(found.n_params);  // though there are replicates
  EXPECT_FALSE(found.loss);
  EXPECT_THAT(warnings_of(found),
              HasSubstr("other parameters that fit as well say anything from "));
  const auto alone = [&](const std::vector<double>& theta) {
    Fitted one = chinchilla();
    one.fit.theta = theta;
    return short_count(answer({&one, nullptr, {}}, question, {}, 1).best->n_params);
  };
  EXPECT_THAT(warnings_of(found), HasSubstr("N = " + alone(smaller) + " and"));
  EXPECT_THAT(warnings_of(found), HasSubstr("to N = " + alone(larger) + " and"));
  // Determined, it has them.
  Fitted identified = loss;
  identified.fit.identified = true;
  EXPECT_TRUE(answer({&identified, nullptr, {}}, question, {}, 1).n_params);
}

TEST(Answer, AnUndeterminedOptimumAtTheEdgeIsNone) {
  Fitted loss = undetermined({});
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(loss.law->parameter_index(name));
  };
  loss.fit.theta[place("A")] = 0;  // only tokens help: the smallest model is best
  const Question question{.budget_flops = 1e22};
  const Answer found = answer({&loss, nullptr, {}}, question, {}, 1);
  EXPECT_FALSE(found.best);
  EXPECT_FALSE(found.metric);
  EXPECT_THAT(found.why_not, HasSubstr("not determined: "));
  loss.fit.identified = true;
  const Answer sure = answer({&loss, nullptr, {}}, question, {}, 1);
  ASSERT_TRUE(sure.best);
  EXPECT_THAT(warnings_of(sure), HasSubstr("at the edge of what was searched"));
}

TEST(Answer, AlternativesWithoutAnOptimumAreCounted) {
  const Fitted sure = chinchilla();
  std::vector<double> endless = sure.fit.theta;
  endless[static_cast<std::size_t>(sure.law->parameter_index("A"))] = 0;
  const Fitted loss = undetermined({endless, sure.fit.theta});
  const Answer found = answer({&loss, nullptr, {}}, {.budget_flops = 1e22}, {}, 1);
  ASSERT_TRUE(found.best);
  EXPECT_THAT(warnings_of(found),
              HasSubstr("1 of the 2 other parameters that fit as well have no optimum"));
}

TEST(Answer, OtherInputsAreHeld) {
  const Fitted law = fitted(
      std::make_shared<const Law>(formula_law("E + 400/(Q*N)^0.34 + 400/D^0.28", {"D", "Q", "N"})),
      {1.7}, {1e8, 1, 1e7}, {1e11, 3, 1e9});
  EXPECT_THROW(answer({&law, nullptr, {}}, {.budget_flops = 1e21}, {}, 1), InputError);
  EXPECT_THROW(answer({&law, nullptr, {{"Q", 1}, {"P", 1}}}, {.budget_flops = 1e21}, {}, 1),
               InputError);
  const double one =
      answer({&law, nullptr, {{"Q", 1}}}, {.budget_flops = 1e21}, {}, 1).best->n_params;
  EXPECT_NEAR(one / chinchilla_optimum({400, 400, 1.7, 0.34, 0.28}, 1e21).n_params, 1, 1e-4);
  const double four =
      answer({&law, nullptr, {{"Q", 4}}}, {.budget_flops = 1e21}, {}, 1).best->n_params;
  EXPECT_LT(four, one);
}

TEST(LossForMetric, TakesTheHighestLossThatDoesAndNothingWhereNoneDoes) {
  const auto falling = [](double loss) { return 1 / loss; };
  EXPECT_NEAR(*loss_for_metric(falling, 0.5, 0.1, 10), 2, 1e-9);
  EXPECT_EQ(*loss_for_metric(falling, 0.01, 0.1, 10), 10);
  EXPECT_FALSE(loss_for_metric(falling, 11, 0.1, 10));
  const auto rising = [](double loss) { return loss * loss; };
  EXPECT_NEAR(*loss_for_metric(rising, 9, 0.1, 10), 3, 1e-9);
}

}  // namespace
}  // namespace rung::plan
