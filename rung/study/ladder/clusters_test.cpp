#include "rung/study/ladder/clusters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(IntraclassCorrelation, TellsSharedNoiseFromOwn) {
  const std::vector<std::string> models = {"a", "a", "b", "b", "c", "c"};
  EXPECT_GT(*intraclass_correlation(std::vector<double>{1, 1.1, -1, -0.9, 0.1, 0}, models), 0.9);
  EXPECT_LT(*intraclass_correlation(std::vector<double>{1, -1, 1.1, -1, 0.9, -1}, models), 0);
  EXPECT_FALSE(intraclass_correlation(std::vector<double>{1, 2, 3, 4},
                                      std::vector<std::string>{"a", "a", "b", "b"}));
}

}  // namespace
}  // namespace rung::ladder
