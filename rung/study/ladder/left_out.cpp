#include "rung/study/ladder/left_out.hpp"

#include <algorithm>

namespace rung::ladder {
namespace {

/// A fold, all that is fitted to it, and the same without each of the runs that it is fitted to.
struct FittedFold {
  Fold fold;
  Trained full;
  std::vector<Trained> without;
};

/// What is fitted to each of a task's folds, and to those that leaving a run out makes of them.
class FittedFolds {
 public:
  explicit FittedFolds(const TaskData& data) : data_(data), clusters_(data.runs) {
    for (Fold& fold : folds_of(data, clusters_, all_runs(data))) {
      Trained trained(data, clusters_, fold.train, memory_);
      folds_.push_back({std::move(fold), std::move(trained), {}});
    }
  }

  double share_of_growth(Signal signal) {
    std::vector<std::vector<FoldPoint>> points;
    for (const FittedFold& of : folds_) points.push_back(rolled(of.fold, of.full));
    return keep_growth_that_came(points, signal);
  }

  double share_of_growth_without(std::size_t run, Signal signal) {
    std::vector<std::size_t> rest = all_runs(data_);
    std::erase(rest, run);
    std::vector<std::vector<FoldPoint>> points;
    for (const Fold& fold : folds_of(data_, clusters_, rest))
      points.push_back(roll_forward_without(run, fold));
    return keep_growth_that_came(points, signal);
  }

 private:
  std::vector<FoldPoint> rolled(const Fold& fold, const Trained& trained) const {
    return roll_forward(data_, trained, fold, trained.members());
  }

  /// By the fits to the fold that this one was with `run`; by its own where there was none.
  std::vector<FoldPoint> roll_forward_without(std::size_t run, const Fold& fold) {
    for (FittedFold& of : folds_) {
      if (of.fold.train == fold.train) return rolled(fold, of.full);
      std::vector<std::size_t> rest = of.fold.train;
      const auto found = std::find(rest.begin(), rest.end(), run);
      if (found == rest.end()) continue;
      const std::size_t place = static_cast<std::size_t>(found - rest.begin());
      rest.erase(found);
      if (rest != fold.train) continue;
      if (of.without.empty()) of.without = of.full.leave_one_out(memory_);
      return rolled(fold, of.without[place]);
    }
    return rolled(fold, Trained(data_, clusters_, fold.train, memory_));
  }

  const TaskData& data_;
  RunClusters clusters_;
  FitMemory memory_;
  std::vector<FittedFold> folds_;
};

}  // namespace

LeftOut leave_each_out(const TaskData& data) {
  FitMemory memory;
  Trained full(data, RunClusters(data.runs), all_runs(data), memory);
  std::vector<Trained> without = full.leave_one_out(memory);
  LeftOut result{std::move(full), std::move(without)};
  const Signal signal = result.full.signal().signal;
  FittedFolds folds(data);
  result.full.keep_growth(folds.share_of_growth(signal));
  for (std::size_t run = 0; run < result.without.size(); ++run) {
    Trained& trained = result.without[run];
    if (result.full.share_of_growth() == 1 && trained.signal().signal == signal) continue;
    trained.keep_growth(folds.share_of_growth_without(run, trained.signal().signal));
  }
  return result;
}

}  // namespace rung::ladder
