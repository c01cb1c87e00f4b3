#include "rung/figure/ladder/heatmaps.hpp"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

TEST(ComparisonFigure, NamesAllWaysWhoseErrorReadsTheSame) {
  const auto title = [](double of_loss, double of_flops) {
    ComparisonResult result;
    for (const auto& [feature, error] : {std::pair("rc_bpb", of_loss), {"flops", of_flops}}) {
      Comparison& entry = result.entries.emplace_back();
      entry.feature = feature;
      entry.target = "7B-4T";
      entry.actual = 0.5;
      entry.predicted = 0.5 * (1 + error);
    }
    return comparison_figure(result).title;
  };
  EXPECT_EQ(title(0.004, 0.007), "Task loss predicts best: relative error 0.4% on average");
  EXPECT_EQ(title(0.007, 0.004), "FLOPs only predicts best: relative error 0.4% on average");
  EXPECT_EQ(title(0.0041, 0.0039),
            "Task loss and FLOPs only predict best: relative error 0.4% each on average");
}

}  // namespace
}  // namespace rung::ladder
