#include "rung/study/ladder/clusters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "rung/core/error.hpp"

namespace rung::ladder {
namespace {

using testing::ElementsAre;

std::vector<RunData> runs_of_clusters(const std::vector<std::string>& clusters) {
  std::vector<RunData> runs;
  for (const std::string& cluster : clusters) runs.emplace_back().origin.cluster = cluster;
  return runs;
}

TEST(RunClusters, NumbersThemAsTheyAppear) {
  const RunClusters clusters(runs_of_clusters({"b", "a", "b", "c"}));
  EXPECT_THAT(clusters.of, ElementsAre(0, 1, 0, 2));
  EXPECT_TRUE(clusters.shared());
  const RunClusters some = clusters.among(std::vector<std::size_t>{3, 1});
  EXPECT_THAT(some.of, ElementsAre(0, 1));
  EXPECT_FALSE(some.shared());
}

TEST(IndependentFolds, TestNoRunOfATrainingThatIsFitted) {
  const RunClusters clusters(runs_of_clusters({"a", "a", "b", "b"}));
  const std::vector<Fold> folds =
      independent_folds({{"sizes", {0, 1}, {2, 3}}, {"lengths", {0, 2}, {1, 3}}}, clusters);
  ASSERT_EQ(folds.size(), 1U);
  EXPECT_EQ(folds[0].name, "sizes");
}

TEST(ClusterBy, ReadsItsNamesAndRefusesOthers) {
  EXPECT_EQ(parse_cluster("model"), ClusterBy::model);
  EXPECT_THROW(parse_cluster("modell"), InputError);
}

TEST(ModelVariances, TellSharedNoiseFromOwn) {
  const std::vector<std::string> models = {"a", "a", "b", "b", "c", "c"};
  const auto shared = variances_by_model(std::vector<double>{1, 1.1, -1, -0.9, 0.1, 0}, models),
             own = variances_by_model(std::vector<double>{1, -1, 1.1, -1, 0.9, -1}, models);
  EXPECT_NEAR(shared->between / shared->within, 400, 1e-9);
  EXPECT_GT(shared->intraclass_correlation(), 0.9);
  EXPECT_LT(own->intraclass_correlation(), 0);
  // P(F > 400) with 2 and 3 degrees of freedom is (3 / 803)^1.5.
  EXPECT_NEAR(agreement_p_value(std::vector{*shared}), std::pow(3.0 / 803, 1.5), 1e-12);
  EXPECT_LT(agreement_p_value(std::vector{*shared, *shared}), 1e-6);
  EXPECT_GT(agreement_p_value(std::vector{*own}), 0.9);
  EXPECT_FALSE(variances_by_model(std::vector<double>{1, 2, 3, 4},
                                  std::vector<std::string>{"a", "a", "b", "b"}));
}

}  // namespace
}  // namespace rung::ladder
