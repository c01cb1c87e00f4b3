#include "rung/study/ladder/clusters.hpp"

#include <algorithm>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"

namespace rung::ladder {
namespace {

/// Numbers things in order of appearance.
template <class Key>
class Numbers {
 public:
  int of(const Key& key) {
    return numbers_.try_emplace(key, static_cast<int>(numbers_.size())).first->second;
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::map<Key, int> numbers_;
};

}  // namespace

ClusterBy parse_cluster(const std::string& name) {
  if (name == "run") return ClusterBy::run;
  if (name == "model") return ClusterBy::model;
  throw InputError("--cluster is '" + name + "' and must be run or model");
}

void cluster_runs(Ladder& ladder, ClusterBy by) {
  for (LadderRun& run : ladder.runs) run.cluster = by == ClusterBy::model ? run.model : "";
}

RunClusters::RunClusters(const std::vector<RunData>& runs) {
  Numbers<std::string> names;
  for (const RunData& run : runs) of.push_back(names.of(run.origin.cluster));
  n = names.size();
}

RunClusters RunClusters::among(std::span<const std::size_t> runs) const {
  RunClusters some;
  Numbers<int> names;
  for (const std::size_t run : runs) some.of.push_back(names.of(of[run]));
  some.n = names.size();
  return some;
}

std::vector<Fold> independent_folds(std::vector<Fold> folds, const RunClusters& clusters) {
  for (Fold& fold : folds) {
    std::erase_if(fold.test, [&](std::size_t test) {
      return std::any_of(fold.train.begin(), fold.train.end(), [&](std::size_t train) {
        return clusters.of[train] == clusters.of[test];
      });
    });
  }
  std::erase_if(folds, [](const Fold& fold) { return fold.test.empty(); });
  return folds;
}

std::optional<double> intraclass_correlation(std::span<const double> residuals,
                                             std::span<const std::string> models) {
  std::map<std::string, std::vector<double>> groups;
  for (std::size_t i = 0; i < residuals.size(); ++i) groups[models[i]].push_back(residuals[i]);
  std::vector<double> all;
  double within = 0;
  std::size_t n_groups = 0;
  for (const auto& [model, values] : groups) {
    if (values.size() < 2) continue;
    ++n_groups;
    within += squared_deviations(values);
    all.insert(all.end(), values.begin(), values.end());
  }
  constexpr std::size_t kLeastGroups = 3;
  if (n_groups < kLeastGroups) return std::nullopt;
  const double n = static_cast<double>(all.size()), k = static_cast<double>(n_groups);
  const double between_mean = (squared_deviations(all) - within) / (k - 1);
  const double within_mean = within / (n - k);
  const double total = between_mean + (n / k - 1) * within_mean;
  return total > 0 ? std::optional((between_mean - within_mean) / total) : std::nullopt;
}

}  // namespace rung::ladder
