#include "rung/figure/ladder/variance.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

/// Ten checkpoints over the last `share` of a run's tokens, after one that is not looked at.
VarianceResult last_ten(double share) {
  VarianceResult result;
  result.run = "1.3B";
  result.task.name = "PIQA";
  result.task.columns_by_metric[static_cast<std::size_t>(Metric::rc_bpb)] = {{"piqa_bpb", 1}};
  result.accuracy_relative_sd = 0.031;
  for (int i = 0; i <= 10; ++i) {
    result.n_tokens.push_back(i == 0 ? 1 : 100 * (1 - share * (10 - i) / 9));
    result.losses.push_back(2);
    result.accuracies.push_back(0.7);
  }
  return result;
}

TEST(VarianceFigure, MostOfARunIsNotItsEnd) {
  EXPECT_EQ(variance_figure({last_ten(0.2)}).title,
            "At the end of 1.3B its accuracy spreads by 3.1%");
  EXPECT_EQ(variance_figure({last_ten(0.75)}).title,
            "Over the last 75% of 1.3B its accuracy spreads by 3.1%, by the run's course, too");
  EXPECT_EQ(variance_figure({last_ten(0.75), last_ten(0.75)}).title,
            "Widest spread over the last 75% of 1.3B: PIQA's accuracy, by 3.1%; that is the run's "
            "course, too, not noise alone");
}

TEST(VarianceFigure, FewCheckpointsAreNotSaidToBeNoise) {
  VarianceResult few = last_ten(0.2);
  few.settings.last_n_points = 5;
  EXPECT_EQ(
      variance_figure({few}).title,
      "At the end of 1.3B its accuracy spreads by 3.1%, over too few checkpoints to tell noise "
      "from a trend");
  EXPECT_EQ(
      variance_figure({few, few}).title,
      "Widest spread at the end of 1.3B: PIQA's accuracy, by 3.1%; too few checkpoints to tell "
      "noise from a trend");
}

TEST(VarianceFigure, TheNoisiestIsOneWhoseNoiseIsKnown) {
  VarianceResult known = last_ten(0.75);
  known.task.name = "ARC-Easy";
  known.accuracy_relative_sd = 0.02;
  known.accuracy_noise = TrendNoise{0.005};
  EXPECT_EQ(variance_figure({last_ten(0.75), known}).title,
            "Noisiest over the last 75% of 1.3B: ARC-Easy, whose accuracy spreads by 2.0%, most of "
            "it a trend; PIQA's noise is not known");
}

TEST(VarianceFigure, ATrendIsSaidOfAnEndAsOfMostOfARun) {
  for (const double share : {0.2, 0.75}) {
    VarianceResult result = last_ten(share);
    result.accuracy_noise = TrendNoise{0.01};
    EXPECT_TRUE(variance_figure({result}).title.ends_with("by 3.1%, most of it a trend"));
  }
}

TEST(VarianceFigure, OfAllCheckpointsNamesNoneBefore) {
  VarianceResult all = last_ten(0.2);
  const auto n_kinds = [](const VarianceResult& result) {
    return variance_figure({result}).panels.front().layers.size();
  };
  EXPECT_EQ(n_kinds(all), 1U);
  all.settings.last_n_points = 5;
  EXPECT_EQ(n_kinds(all), 2U);
}

TEST(VarianceFigure, ASpreadWithAWrongCheckpointIsMarkedAndIsNoNoise) {
  const auto with_wrong = [](Metric metric) {
    VarianceResult result = last_ten(0.2);
    result.wrong_checkpoints = {{.metric = metric}};
    return result;
  };
  const VarianceResult loss = with_wrong(Metric::rc_bpb), accuracy = with_wrong(Metric::rc_acc);
  const Figure of_loss = variance_figure({loss}), of_accuracy = variance_figure({accuracy});
  EXPECT_EQ(of_loss.title, "At the end of 1.3B its accuracy spreads by 3.1%");
  EXPECT_TRUE(of_loss.panels[0].title.ends_with(" (!)"));
  EXPECT_FALSE(of_loss.panels[1].title.ends_with(" (!)"));
  EXPECT_TRUE(of_loss.subtitle.ends_with("(!): one of them is off; the text says which"));
  EXPECT_EQ(of_accuracy.title, "At the end of 1.3B its accuracy spreads by 3.1% (!)");
  EXPECT_FALSE(of_accuracy.panels[0].title.ends_with(" (!)"));
  EXPECT_TRUE(of_accuracy.panels[1].title.ends_with(" (!)"));
  VarianceResult other = last_ten(0.2);
  other.task.name = "ARC-Easy";
  other.accuracy_relative_sd = 0.02;
  EXPECT_EQ(variance_figure({accuracy, other}).title,
            "Noisiest at the end of 1.3B: ARC-Easy, whose accuracy spreads by 2.0%; PIQA's noise "
            "is not known");
  EXPECT_EQ(variance_figure({accuracy, accuracy}).title,
            "Widest spread at the end of 1.3B: PIQA's accuracy, by 3.1% (!)");
}

TEST(VarianceFigure, ALossThatIsSharedHasTheNameThatItHasElsewhere) {
  VarianceResult one = last_ten(0.2);
  one.settings.loss = Metric::c4;
  one.task.columns_by_metric[static_cast<std::size_t>(Metric::c4)] = {
      {"eval/c4_en-validation/CrossEntropyLoss", 1}};
  EXPECT_TRUE(variance_figure({one, one}).panels.front().title.starts_with("C4 loss: "));
}

}  // namespace
}  // namespace rung::ladder
