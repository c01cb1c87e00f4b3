#include "rung/study/ladder/sensitivity.hpp"

#include <algorithm>
#include <functional>

#include "rung/core/error.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/targets.hpp"

namespace rung::ladder {
namespace {

/// Predicts with one choice made differently; an InputError says why it can't.
struct Variation {
  Choice choice;
  std::function<std::vector<TaskPredictions>()> predict;
};

class Variations {
 public:
  Variations(const Ladder& ladder, const std::vector<Task>& tasks, const ChainSettings& base,
             const std::vector<Target>& extra)
      : ladder_(ladder), tasks_(tasks), base_(base), extra_(extra) {
    base_.step2.test_point = base_.step2.intervals = false;
    base_.step1.test_runs = base_.step2.test_runs = true;
    base_.n_bootstrap = 0;
  }

  std::vector<Variation> all() const {
    const auto [smallest, largest] = size_range();
    std::vector<Variation> list = {
        {{"published", "as published"}, [this] { return chained(ladder_, base_); }},
        {{"count_n", "N counted as FLOPs per token / 6"}, [this] { return counted_by_compute(); }},
        {{"drop_smallest", "without " + smallest->label},
         [this, size = n_params(*smallest)] { return without(size); }},
        {{"drop_largest", "without " + largest->label},
         [this, size = n_params(*largest)] { return without(size); }},
        {{"checkpoints", base_.step1.points.moving_avg > 1
                             ? "last checkpoint, no average"
                             : "average of " + std::to_string(average_) + " checkpoints"},
         [this] { return other_average(); }},
        {{"law_flops", "step 1 in FLOPs only"}, [this] { return by_feature("flops"); }},
        {{"law_single_step", "one step, sigmoid of the power law"},
         [this] { return by_feature("single_step"); }},
        {{"step2_log_sigmoid", "step 2 a log-sigmoid"}, [this] { return log_sigmoid(); }},
        {{"huber_1e-4", "Huber delta 1e-4"}, [this] { return with_delta(1e-4); }},
        {{"huber_1e-2", "Huber delta 1e-2"}, [this] { return with_delta(1e-2); }},
        {{"huber_inf", "least squares on logs"}, [this] { return with_delta(1e3); }},
        {{"feature_c4", "through C4 loss"}, [this] { return by_feature("c4"); }},
        {{"feature_rc_soft_log", "through TaskCE"}, [this] { return by_feature("rc_soft_log"); }}};
    if (base_.step1.points.moving_avg == 1 && average_ == 1)
      std::erase_if(list, [](const Variation& one) { return one.choice.name == "checkpoints"; });
    const std::string own = "feature_" + std::string(metric_name(base_.step2.points.x_metric));
    std::erase_if(list, [&](const Variation& one) { return one.choice.name == own; });
    return list;
  }

 private:
  struct SizeRange {
    const LadderRun *smallest, *largest;
  };
  SizeRange size_range() const {
    SizeRange range{nullptr, nullptr};
    for (const LadderRun& run : ladder_.runs) {
      if (run.mode != Mode::train) continue;
      if (!range.smallest || n_params(run) < n_params(*range.smallest)) range.smallest = &run;
      if (!range.largest || n_params(run) > n_params(*range.largest)) range.largest = &run;
    }
    if (!range.smallest) throw InputError("no run is there to be fitted");
    return range;
  }

  std::vector<TaskPredictions> chained(const Ladder& ladder, const ChainSettings& settings) const {
    return predictions_of(run_chain(ladder, ladder, tasks_, settings, extra_));
  }

  std::vector<TaskPredictions> counted_by_compute() const {
    constexpr double kFlopsPerParameter = 6;
    Ladder counted = ladder_;
    bool any_differs = false;
    for (LadderRun& run : counted.runs) {
      if (!run.flops_per_token)
        throw InputError("the FLOPs per token of '" + run.model + "' are not known");
      const double n = *run.flops_per_token / kFlopsPerParameter;
      any_differs = any_differs || n != n_params(run);
      run.n_params.non_embedding = n;
    }
    if (!any_differs) throw InputError("every run's N is that");
    std::vector<Target> targets = extra_;
    for (Target& target : targets) {
      if (!target.compute_flops)
        throw InputError("the FLOPs per token of '" + target.name + "' are not known");
      target.n_params = *target.compute_flops / (kFlopsPerParameter * target.n_tokens);
    }
    return predictions_of(run_chain(counted, counted, tasks_, base_, targets));
  }

  std::vector<TaskPredictions> without(double size) const {
    Ladder rest = ladder_;
    std::erase_if(rest.runs, [&](const LadderRun& run) {
      return run.mode == Mode::train && n_params(run) == size;
    });
    return chained(rest, base_);
  }

  std::vector<TaskPredictions> other_average() const {
    ChainSettings settings = base_;
    const std::size_t other = base_.step1.points.moving_avg > 1 ? 1 : average_;
    settings.step1.points.moving_avg = settings.step2.points.moving_avg = other;
    return chained(ladder_, settings);
  }

  std::vector<TaskPredictions> with_delta(double delta) const {
    ChainSettings settings = base_;
    settings.step1.huber_delta = delta;
    return chained(ladder_, settings);
  }

  std::vector<TaskPredictions> log_sigmoid() const {
    ChainSettings settings = base_;
    settings.step2.use_log_sigmoid = !base_.step2.use_log_sigmoid;
    return chained(ladder_, settings);
  }

  std::vector<TaskPredictions> by_feature(const std::string& name) const {
    const auto feature = std::find_if(features().begin(), features().end(),
                                      [&](const Feature& one) { return one.name == name; });
    Feature through = *feature;
    if (through.in_compute) through.through = base_.step2.points.x_metric;
    return predictions_by(through, ladder_, tasks_,
                          {base_.step2.points.y_metric, base_.n_threads, extra_});
  }

  const Ladder& ladder_;
  const std::vector<Task>& tasks_;
  ChainSettings base_;
  const std::vector<Target>& extra_;
  std::size_t average_ = within_runs(ladder_, kPublishedAverage);
};

}  // namespace

SensitivityResult run_sensitivity(const Ladder& ladder, const std::vector<Task>& tasks,
                                  const ChainSettings& base, const std::vector<Target>& extra) {
  if (extra.empty()) eval_models(ladder);
  SensitivityResult result;
  const Variations variations(ladder, tasks, base, extra);
  std::vector<TaskPredictions> published;
  for (const Variation& variation : variations.all()) {
    std::vector<TaskPredictions> predictions;
    try {
      predictions = variation.predict();
    } catch (const InputError& error) {
      if (published.empty()) throw;
      result.notes.push_back(variation.choice.meaning +
                             " is left out: " + error.problems().front().message);
      continue;
    }
    if (published.empty()) {
      published = predictions;
      result.notes = notes_of_checkpoints(published);
    }
    result.choices.push_back(variation.choice);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      for (std::size_t i = 0; i < predictions[t].targets.size(); ++i) {
        const TargetPrediction& prediction = predictions[t].targets[i];
        SensitivityEntry& entry = result.entries.emplace_back();
        entry.task = tasks[t];
        entry.target = prediction.target.name;
        entry.choice = variation.choice;
        // The published actual: another average would move what is to be predicted as well.
        entry.actual = published[t].targets[i].actual;
        entry.predicted = prediction.predicted;
        entry.in_doubt = predictions[t].in_doubt;
        if (prediction.predicted && published[t].targets[i].predicted)
          entry.change = *prediction.predicted - *published[t].targets[i].predicted;
      }
    }
  }
  return result;
}

}  // namespace rung::ladder
