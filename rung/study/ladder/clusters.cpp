#include "rung/study/ladder/clusters.hpp"

#include <algorithm>
#include <map>

#include "rung/core/distributions.hpp"
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

double ModelVariances::intraclass_correlation() const {
  const double runs_of_a_model = within_dof / (between_dof + 1) + 1;
  return (between - within) / (between + (runs_of_a_model - 1) * within);
}

std::optional<ModelVariances> variances_by_model(std::span<const double> residuals,
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
  if (n_groups < kLeastGroups || !(within > 0)) return std::nullopt;
  const double between_dof = static_cast<double>(n_groups - 1);
  const double within_dof = static_cast<double>(all.size() - n_groups);
  return ModelVariances{(squared_deviations(all) - within) / between_dof, within / within_dof,
                        between_dof, within_dof};
}

double agreement_p_value(std::span<const ModelVariances> tasks) {
  RunningMean ratio;
  double between_dof = 0, within_dof = 0;
  for (const ModelVariances& task : tasks) {
    ratio.add(task.between / task.within);
    between_dof += task.between_dof;
    within_dof += task.within_dof;
  }
  if (tasks.empty()) return 1;
  return incomplete_beta(within_dof / 2, between_dof / 2,
                         within_dof / (within_dof + between_dof * *ratio.value()));
}

}  // namespace rung::ladder
