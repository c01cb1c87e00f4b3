#include "rung/figure/ladder/look.hpp"

#include <gtest/gtest.h>

#include "rung/figure/ladder/titles.hpp"

namespace rung::ladder {
namespace {

Step1Point run_of(const std::string& label, double n_params, const std::string& length) {
  Step1Point point;
  point.origin.label = label;
  point.origin.length = length;
  point.origin.mode = Mode::train;
  point.n_params = n_params;
  return point;
}

TEST(Look, MarkersTellTheLengthsOfASizeApart) {
  const Look look(std::vector{run_of("60M", 6e7, "1xC"), run_of("60M", 6e7, "2xC"),
                              run_of("150M", 1.5e8, "1xC")});
  EXPECT_NE(look.length("1xC"), look.length("2xC"));
  EXPECT_EQ(look.legend(true, "").size(), 2u);
}

TEST(Look, MarkersDoNotRepeatTheSizesThatNamesEndIn) {
  const Look look(std::vector{run_of("60.0M", 6e7, "60M"), run_of("60.0M", 6e7, "60M"),
                              run_of("150.0M", 1.5e8, "150M")});
  EXPECT_EQ(look.length("60M"), look.length("150M"));
  EXPECT_EQ(look.legend(true, "").size(), 1u);
}

TEST(Look, APredictionShowsAroundTheStarThatItAgreesWith) {
  TargetPrediction target;
  target.target.name = "7B-4T";
  target.predicted = target.actual = 0.5;
  Look look(std::vector{run_of("60M", 6e7, "1xC")});
  look.add_targets({target});
  Panel panel;
  add_target_marks(look, target, 1, panel);
  ASSERT_EQ(panel.layers.size(), 2u);
  const auto& ring = std::get<Scatter>(panel.layers[0]);
  const auto& star = std::get<Scatter>(panel.layers[1]);
  EXPECT_FALSE(ring.filled);
  EXPECT_EQ(star.marker, Marker::star);
  constexpr double kStarOverCircle = 1.5;  // a star's points reach so far beyond its size
  EXPECT_GT(ring.size_px, kStarOverCircle * star.size_px);
}

/// A target that was measured, and one of as many tokens that was not.
std::vector<TargetPrediction> measured_and_asked() {
  std::vector<TargetPrediction> targets(2);
  targets[0].target.name = "7B-4T";
  targets[0].actual = 0.9;
  targets[0].predicted = 0.909;
  targets[1].target.name = "13B-4T";
  targets[1].predicted = 0.91;
  return targets;
}

TEST(Look, ATargetAmongOthersHasItsName) {
  const std::vector<TargetPrediction> targets = measured_and_asked();
  const auto words_of = [&](std::span<const TargetPrediction> all) {
    Look look(std::vector{run_of("60M", 6e7, "1xC")});
    look.add_targets({all.begin(), all.end()});
    Panel panel{.y = value_axis(Metric::rc_acc)};
    add_target(look, all.back(), 1, panel);
    const auto* note = std::get_if<Note>(&panel.layers.back());
    return note ? note->text : "";
  };
  EXPECT_EQ(words_of(targets), "13B-4T 91.0%");
  EXPECT_EQ(words_of(std::span(targets).first(1)), "+1.0%");
  EXPECT_EQ(words_of(std::span(targets).last(1)), "");  // the title has its value
}

TEST(TitleOf, NamesWhatWasAskedForBesideWhatWasMeasured) {
  std::vector<ChainResult> chains(1);
  chains[0].task.name = "PIQA";
  chains[0].step1.points.resize(2);  // of one value: they say nothing, and need no fit
  chains[0].step2.points.resize(2);
  chains[0].targets = measured_and_asked();
  EXPECT_TRUE(
      title_of(std::span<const ChainResult>(chains), "Accuracy")
          .starts_with("Accuracy: relative error 1.0% at 7B-4T; predicted at 13B-4T: PIQA"));
}

TEST(TrainingAxis, SaysWhyItIsInTokens) {
  std::vector<Step1Point> points = {run_of("60M", 6e7, "1xC")};
  EXPECT_EQ(TrainingAxis(points, {}).axis().label, "Training tokens");
  points[0].compute_flops = 1e18;
  EXPECT_EQ(TrainingAxis(points, {}).axis().label, "Training compute (FLOPs)");
  TargetPrediction target;
  target.target.name = "7B-4T";
  const TrainingAxis axis(points, {target});
  EXPECT_EQ(axis.axis().label, "Training tokens");  // it fits below a panel
  EXPECT_EQ(axis.why_tokens(), "Training is in tokens: the FLOPs of 7B-4T are not known");
  points[0].compute_flops.reset();
  EXPECT_EQ(TrainingAxis(points, {target}).why_tokens(), "");
}

TEST(PredictedWords, NameAFewTasksAndTheEndsOfMore) {
  std::vector<TargetPrediction> predictions(5);
  std::vector<TaskPrediction> tasks;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    predictions[i].target.name = "7B-4T";
    predictions[i].predicted = 0.8 - 0.1 * static_cast<double>(i);
    tasks.push_back({std::string("task ") + static_cast<char>('a' + i), &predictions[i]});
  }
  const std::vector<TaskPrediction> two(tasks.begin(), tasks.begin() + 2);
  EXPECT_EQ(predicted_words(two, Metric::rc_acc), " at 7B-4T: task a 80.0%, task b 70.0%");
  EXPECT_EQ(predicted_words(tasks, Metric::rc_acc), " at 7B-4T: from task e 40.0% to task a 80.0%");
  EXPECT_EQ(predicted_words({{"", &predictions[0]}}, Metric::rc_bpb), " at 7B-4T: 0.800");
  predictions[4].determined = false;
  EXPECT_EQ(predicted_words(tasks, Metric::rc_acc),
            " at 7B-4T: from task d 50.0% to task a 80.0%, where it is determined");
  predictions[1] = {};
  EXPECT_EQ(predicted_words(two, Metric::rc_acc), "");
}

}  // namespace
}  // namespace rung::ladder
