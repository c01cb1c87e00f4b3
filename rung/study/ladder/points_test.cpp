#include "rung/study/ladder/points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/system/file.hpp"
#include "tests/support/shared_data.hpp"

namespace rung::ladder {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Loss "x", accuracy "y", and a soft log that is stored negative.
Task tiny_task() {
  Catalogue catalogue = Catalogue::embedded();
  catalogue.add_text("[tasks.t]\nrc_bpb = \"x\"\nrc_acc = \"y\"\nrc_soft_log = \"s\"", "test");
  return catalogue.task("t");
}

LadderRun tiny_run(Mode mode, std::vector<double> n_tokens, std::vector<double> x) {
  LadderRun run;
  run.model = run.label = "A";
  run.file = "a.csv";
  run.mode = mode;
  run.n_params.non_embedding = 10;
  run.flops_per_token = 60;
  run.n_tokens = std::move(n_tokens);
  for (const double v : x) {
    run.metrics["y"].push_back(v / 10);
    run.metrics["s"].push_back(-v);
  }
  run.metrics["x"] = std::move(x);
  return run;
}

std::vector<double> xs(const Step2Points& points) {
  std::vector<double> values;
  for (const Step2Point& point : points.points) values.push_back(point.x);
  return values;
}

TEST(MovingAverage, TrailsOverAGrowingWindow) {
  EXPECT_THAT(moving_average({1, 2, 6, 4}, 3), ElementsAre(1, 1.5, 3, 4));
  EXPECT_THAT(moving_average({1, 2, 6}, 5), ElementsAre(1, 1.5, 3));
  EXPECT_THAT(moving_average({1, 2}, 1), ElementsAre(1, 2));
  EXPECT_THAT(moving_average({}, 5), IsEmpty());
}

TEST(Step1Points, MeanOfTheLastRowsAtTheLastRowsTokens) {
  const Ladder ladder{{tiny_run(Mode::train, {1, 2, 3, 4}, {9, 2, 4, 3})}, {}, {}};
  const auto [points, notes] =
      step1_points(ladder, tiny_task(), {.moving_avg = 3, .n_noise_checkpoints = 2});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].y, 3);
  EXPECT_EQ(points[0].n_tokens, 4);
  EXPECT_EQ(points[0].n_params, 10);
  EXPECT_EQ(points[0].compute_flops, 240);
  EXPECT_EQ(points[0].n_averaged, 3u);
  EXPECT_DOUBLE_EQ(*points[0].checkpoint_sd, std::sqrt(0.5));
  EXPECT_THAT(notes, IsEmpty());
}

TEST(Step1Points, RunsOfOneFileAreTrainingsOfTheirOwn) {
  Ladder ladder{
      {tiny_run(Mode::train, {1, 2}, {9, 2}), tiny_run(Mode::train, {1, 2}, {8, 3})}, {}, {}};
  ladder.runs[1].model = "B";
  const auto cluster = [&](std::size_t i) {
    return step1_points(ladder, tiny_task(), {}).points.at(i).origin.cluster;
  };
  EXPECT_NE(cluster(0), cluster(1));
  ladder.runs[1].file = "b.csv";
  EXPECT_EQ(cluster(0), "a.csv");
  EXPECT_EQ(cluster(1), "b.csv");
  ladder.runs[0].cluster = ladder.runs[1].cluster = "one";
  EXPECT_EQ(cluster(0), cluster(1));
}

TEST(Step1Points, ShortRunsAndStepZero) {
  const Ladder ladder{{tiny_run(Mode::train, {7}, {2}), tiny_run(Mode::train, {0}, {8}),
                       tiny_run(Mode::eval, {0, 5}, {8, 3})},
                      {},
                      {}};
  const auto [points, notes] = step1_points(ladder, tiny_task(), {.moving_avg = 5});
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].y, 2);
  EXPECT_EQ(points[0].n_averaged, 1u);
  EXPECT_FALSE(points[0].checkpoint_sd.has_value());
  EXPECT_EQ(points[1].y, 3);  // not the mean with the untrained model
  EXPECT_EQ(points[1].origin.run, 2u);
  EXPECT_EQ(points[1].origin.mode, Mode::eval);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("left out"), HasSubstr("left out of the average")));
}

TEST(Step1Points, SoftLogIsNegatedAndUnknownFlopsAreAbsent) {
  auto run = tiny_run(Mode::train, {7}, {2});
  run.flops_per_token.reset();
  const auto [points, notes] =
      step1_points({{run}, {}, {}}, tiny_task(), {.metric = Metric::rc_soft_log});
  EXPECT_EQ(points[0].y, 2);
  EXPECT_FALSE(points[0].compute_flops.has_value());
}

TEST(Step2Points, SkipThenAverageThenTheLast) {
  const Ladder ladder{{tiny_run(Mode::train, {1, 2, 3, 4, 5}, {9, 1, 3, 5, 7})}, {}, {}};
  const Task task = tiny_task();
  const auto train = [&](double skip_perc, std::size_t moving_avg, std::size_t last) {
    return xs(step2_points(
        ladder, task, {.skip_perc = skip_perc, .moving_avg = moving_avg, .last_n_points = last}));
  };
  EXPECT_THAT(train(0.1, 2, 0),
              ElementsAre(1, 2, 4, 6));  // ceil(0.5) = 1 row skipped, before averaging
  EXPECT_THAT(train(0.1, 2, 2), ElementsAre(4, 6));
  EXPECT_THAT(train(0, 1, 9), ElementsAre(9, 1, 3, 5, 7));
  EXPECT_THAT(train(1, 3, 0), ElementsAre(7));
  EXPECT_THROW(train(1.5, 1, 0), InputError);
  EXPECT_THROW(train(std::nan(""), 1, 0), InputError);
  EXPECT_THAT(train(0.9, 1, 0), ElementsAre(7));  // the last stays
  const auto points = step2_points(ladder, task, {.skip_perc = 0.5}).points;
  EXPECT_EQ(points.front().n_tokens, 4);
  EXPECT_EQ(points.front().compute_flops, 240);
}

TEST(Step2Points, TargetsAreTheirLastAverageWithoutSkipping) {
  const Ladder ladder{{tiny_run(Mode::eval, {1, 2, 3}, {9, 1, 3})}, {}, {}};
  const auto points =
      step2_points(ladder, tiny_task(), {.skip_perc = 1, .moving_avg = 5, .last_n_points = 9})
          .points;
  ASSERT_EQ(points.size(), 1u);
  EXPECT_THAT(points[0].x, DoubleEq(13.0 / 3));
  EXPECT_THAT(points[0].y, DoubleEq(1.3 / 3));
  EXPECT_EQ(points[0].n_tokens, 3);
}

TEST(Step2Points, ExternalPointsComeAfterTheRuns) {
  LadderRun point;
  point.label = "others";
  point.n_tokens = {std::nan("")};
  point.metrics = {{"x", {0.7}}, {"y", {0.6}}, {"s", {-1.5}}};
  const Ladder ladder{{tiny_run(Mode::train, {1}, {2})}, {point}, {}};
  const auto points = step2_points(ladder, tiny_task(), {.x_metric = Metric::rc_soft_log}).points;
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].x, 1.5);
  EXPECT_EQ(points[1].y, 0.6);
  EXPECT_EQ(points[1].origin.run, 1u);
  EXPECT_FALSE(points[1].n_tokens.has_value());
}

/// The published ladder, its goldens, and each task's points.
class PublishedLadder : public testing::Test {
 protected:
  void SetUp() override {
    const auto goldens = shared_path("goldens/olmo-ladder/fits.json");
    if (!goldens) GTEST_SKIP() << "needs the shared goldens";
    tasks_ = catalogue_.select(std::vector<std::string>{"v2_main", "v2_main_avg"});
    constexpr Metric kWanted[] = {Metric::rc_bpb, Metric::rc_acc, Metric::c4, Metric::rc_soft_log};
    ladder_ = read_ladder(read_config("published:olmo-ladder/configs/final.json"),
                          columns_of(tasks_, kWanted));
    goldens_ = nlohmann::json::parse(read_file(*goldens));
  }

  /// Points of step 1, in the golden's order, against the published ones.
  void expect_step1(const std::string& fit, const Step1Options& options) {
    for (const Task& task : tasks_) {
      if (!goldens_[fit].contains(task.key) || !goldens_[fit][task.key].contains("data")) continue;
      const auto points = step1_points(ladder_, task, options).points;
      ASSERT_EQ(points.size(), 18u);
      std::map<std::string, std::size_t> seen;
      for (const Step1Point& point : points) {
        const std::size_t i = seen[point.origin.model]++;
        const auto& data = goldens_[fit][task.key]["data"][point.origin.model];
        EXPECT_NEAR(point.y / data["xs"][i].get<double>(), 1, 1e-12)
            << task.key << point.origin.model;
        EXPECT_EQ(point.n_params, data["ns"][i].get<double>());
        EXPECT_EQ(point.n_tokens, data["ds"][i].get<double>());
        EXPECT_EQ(point.compute_flops, data["fs"][i].get<double>());
        EXPECT_EQ(point.origin.length, data["ls"][i].get<std::string>());
        EXPECT_EQ(point.origin.mode == Mode::train, data["mode"] == "train");
      }
      ++n_compared_;
    }
  }

  /// Targets and number of points of step 2 against the published ones.
  void expect_step2(const std::string& fit, const Step2Options& options, std::size_t n_train) {
    for (const Task& task : tasks_) {
      if (!goldens_[fit].contains(task.key)) continue;
      const auto points = step2_points(ladder_, task, options).points;
      EXPECT_EQ(points.size(), n_train + 2);
      for (const Step2Point& point : points) {
        if (point.origin.mode == Mode::train) continue;
        const auto& target = goldens_[fit][task.key]["eval"][point.origin.model];
        EXPECT_NEAR(point.y / target["y"].get<double>(), 1, 1e-12) << task.key;
        EXPECT_NEAR(point.x / target["x"].get<double>(), 1, 1e-12) << task.key;
      }
      ++n_compared_;
    }
  }

  Catalogue catalogue_ = Catalogue::embedded();
  std::vector<Task> tasks_;
  Ladder ladder_;
  nlohmann::json goldens_;
  int n_compared_ = 0;
};

TEST_F(PublishedLadder, Step1Points) {
  expect_step1("step1_main", {.metric = Metric::rc_bpb, .moving_avg = 5});
  expect_step1("step1_c4", {.metric = Metric::c4, .moving_avg = 5});
  expect_step1("step1_acc", {.metric = Metric::rc_acc, .moving_avg = 5});
  expect_step1("step1_taskce", {.metric = Metric::rc_soft_log});
  EXPECT_GE(n_compared_, 25);
}

TEST_F(PublishedLadder, Step2Points) {
  expect_step2("step2_main", {.skip_perc = 0.1, .moving_avg = 5}, 1401);
  expect_step2("step2_c4", {.x_metric = Metric::c4, .skip_perc = 0.1, .moving_avg = 5}, 1401);
  expect_step2("step2_taskce", {.x_metric = Metric::rc_soft_log, .skip_perc = 0.5}, 778);
  EXPECT_EQ(n_compared_, 24);
}

TEST_F(PublishedLadder, HeadlineAccuracies) {
  const auto& chained = goldens_["chained_main_as_committed"]["tasks"];
  for (const Task& task : tasks_) {
    if (task.key == "main_avg_5shot") continue;
    for (const Step2Point& point :
         step2_points(ladder_, task, {.skip_perc = 0.1, .moving_avg = 5}).points) {
      if (point.origin.mode == Mode::train) continue;
      const double actual = chained[task.key]["eval"][point.origin.model]["y"];
      EXPECT_NEAR(point.y, actual, 1e-12 * actual) << task.key;
    }
  }
}

TEST_F(PublishedLadder, MainAverage) {
  const auto points =
      step1_points(ladder_, catalogue_.task("main_avg_5shot"), {.moving_avg = 5}).points;
  const auto& target = goldens_["main_avg"]["step1"]["eval"];
  EXPECT_NEAR(points[16].y, target["7B-4T"]["y"].get<double>(), 1e-12);
  EXPECT_NEAR(points[17].y, target["13B-5T"]["y"].get<double>(), 1e-12);
}

TEST_F(PublishedLadder, NoLetterAccuracyInTheLadder) {
  constexpr Metric kLetters[] = {Metric::mc_acc};
  const auto config = read_config("published:olmo-ladder/configs/final.json");
  EXPECT_THROW(read_ladder(config, columns_of(tasks_, kLetters)), InputError);
}

TEST(Step2Points, ExternalPointsHaveLosses) {
  LadderRun point;
  point.file = "point.json";
  point.n_tokens = {std::nan("")};
  point.metrics = {{"x", {0}}, {"y", {0.5}}};
  Ladder ladder;
  ladder.external_points = {point};
  EXPECT_THAT(
      [&] { step2_points(ladder, tiny_task(), {}); },
      testing::ThrowsMessage<InputError>(HasSubstr("point.json: error: x is 0, which is no loss")));
  ladder.external_points[0].metrics["x"] = {2.5};
  EXPECT_EQ(step2_points(ladder, tiny_task(), {}).points.size(), 1u);
}

TEST(RunName, SaysTheLengthOnce) {
  EXPECT_EQ(run_name({.model = "190M", .label = "190M", .length = "1xC"}), "190M-1xC");
  EXPECT_EQ(run_name({.model = "mine-190M-1xC-seed2", .label = "190M", .length = "1xC"}),
            "mine-190M-1xC-seed2");
  EXPECT_EQ(run_name({.model = "7B-4T", .label = "7B", .length = ""}), "7B-4T");
}

TEST(PublishedRuns, StepZeroIsReadAndLeftOutOfStep1) {
  const std::filesystem::path file = "published:olmo-ladder/ladder-runs/peteish13_eval_full.csv";
  const Catalogue catalogue = Catalogue::embedded();
  const Task& task = catalogue.task("mmlu_avg_test_5shot");
  constexpr Metric kWanted[] = {Metric::rc_bpb, Metric::mc_acc};
  LadderRun run{read_run(file, {columns_of({&task, 1}, kWanted)})};
  run.n_params.non_embedding = 13e9;
  EXPECT_EQ(run.n_rows(), 94u);
  EXPECT_EQ(run.n_tokens.front(), 0);
  const auto points = step1_points({{run}, {}, {}}, task, {.moving_avg = 1000}).points;
  EXPECT_EQ(points.front().n_averaged, 93u);
}

}  // namespace
}  // namespace rung::ladder
