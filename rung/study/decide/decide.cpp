#include "rung/study/decide/decide.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/questions.hpp"
#include "rung/data/units.hpp"
#include "rung/study/decide/decisions.hpp"
#include "rung/study/decide/mean_task.hpp"
#include "rung/study/decide/metric_names.hpp"
#include "rung/study/decide/primary_metrics.hpp"

namespace rung::decide {
namespace {

std::string metric_or_fail(const std::string& given, const char* option,
                           const Evaluations& evaluations) {
  if (evaluations.metric(given)) return given;
  const std::string near = did_you_mean(given, evaluations.metrics);
  throw InputError(std::string(option) + ": there is no metric '" + given + "'",
                   near.empty() ? "metrics: " + join(evaluations.metrics, ", ") : near);
}

/// The metrics that a request means.
struct MetricNames {
  std::string gold, loss, through;
  std::vector<std::string> proxies;
};

MetricNames names_of(const Request& request, const Evaluations& evaluations) {
  MetricNames names;
  const std::optional<std::string> gold = request.gold.empty()
                                              ? usual_gold(evaluations.metrics)
                                              : metric_or_fail(request.gold, "--y", evaluations);
  if (!gold)
    throw InputError("which metric is to be best at the target?",
                     "--y METRIC, one of " + join(evaluations.metrics, ", "));
  names.gold = *gold;
  names.loss = request.loss.empty() ? usual_loss(evaluations.metrics).value_or("")
                                    : metric_or_fail(request.loss, "--loss", evaluations);
  names.through = request.through.empty()
                      ? names.gold
                      : metric_or_fail(request.through, "--through", evaluations);
  if (is_lower_better(names.through))
    throw InputError("--through " + names.through +
                         ": the intermediate setups go through a "
                         "metric of which more is better",
                     "such as correct_prob_per_char");
  for (const std::string& proxy : request.proxies)
    names.proxies.push_back(metric_or_fail(proxy, "--proxies", evaluations));
  if (!request.proxies.empty()) return names;
  for (const std::string& metric : evaluations.metrics) {
    if (contains(proxy_metrics(), metric) || metric == names.loss) names.proxies.push_back(metric);
  }
  return names;
}

std::vector<std::string> size_names(const Evaluations& evaluations) {
  std::vector<std::string> names;
  for (const Size& size : evaluations.sizes) names.push_back(size.name);
  return names;
}

/// What is predicted: a size of the table, or a place beyond it.
struct Target {
  std::string name;
  std::optional<std::size_t> size;
  Place place;
};

Target target_of(const Request& request, const Evaluations& evaluations) {
  Target target{.name = request.target};
  if (target.name.empty()) target.name = evaluations.sizes.back().name;
  target.size = evaluations.size(target.name);
  if (target.size) {
    const Size& size = evaluations.sizes[*target.size];
    target.place = {size.n_params, size.n_tokens, size.compute_flops};
    return target;
  }
  const std::optional<NamedSize> named = size_of(request.sizes, target.name);
  if (!named)
    throw InputError("--target '" + target.name + "' is no size of the table and no quantity",
                     "one of " + join(size_names(evaluations), ", ") + ", or such as 7B");
  // As many tokens a parameter as the largest size has.
  const Size& largest = evaluations.sizes.back();
  target.place.n_params = named->n_params;
  target.place.n_tokens =
      request.target_tokens.value_or(named->n_params * largest.n_tokens / largest.n_params);
  target.place.compute_flops = training_flops(named->n_params, target.place.n_tokens);
  return target;
}

std::vector<std::size_t> small_sizes_of(const Request& request, const Evaluations& evaluations,
                                        const Target& target) {
  std::vector<std::size_t> sizes;
  for (const std::string& name : request.small_sizes) {
    if (!evaluations.size(name))
      throw InputError("--small: there is no size '" + name + "'",
                       "one of " + join(size_names(evaluations), ", "));
  }
  for (std::size_t i = 0; i < evaluations.sizes.size(); ++i) {
    const Size& size = evaluations.sizes[i];
    const bool is_wanted = request.small_sizes.empty() || contains(request.small_sizes, size.name);
    if (is_wanted && size.n_params < target.place.n_params) sizes.push_back(i);
  }
  if (sizes.empty())
    throw InputError("no size is smaller than the target " + target.name,
                     "--target names a larger one");
  return sizes;
}

Comparison compare_with(const Request& request, const Evaluations& evaluations,
                        const MetricNames& names, const Target& target,
                        std::vector<std::size_t> small_sizes) {
  Comparison comparison{.evaluations = &evaluations,
                        .small_sizes = std::move(small_sizes),
                        .target = target.place,
                        .target_size = target.size,
                        .n_last = request.n_last,
                        .worth = request.worth,
                        .n_threads = request.n_threads};
  comparison.metrics = {*evaluations.metric(names.gold), evaluations.metric(names.loss),
                        evaluations.metric(names.through)};
  const bool has_places =
      std::isfinite(target.place.compute_flops) &&
      std::all_of(comparison.small_sizes.begin(), comparison.small_sizes.end(),
                  [&](std::size_t i) { return std::isfinite(evaluations.sizes[i].compute_flops); });
  comparison.methods =
      methods_of(evaluations, {.small_sizes = comparison.small_sizes,
                               .proxies = names.proxies,
                               .gold = names.gold,
                               .through = names.through,
                               .has_loss = comparison.metrics.loss.has_value(),
                               .has_places = has_places && !is_lower_better(names.gold),
                               .most_dropped = request.most_dropped,
                               .target_flops = target.place.compute_flops});
  return comparison;
}

void add_weighted(const std::optional<double>& value, double weight, std::optional<double>& sum) {
  if (!value || !sum) {
    sum = std::nullopt;
  } else {
    *sum += weight * *value;
  }
}

/// The mean of a method's scores over tasks: absent in what a task lacks.
Score average_of(std::span<const Score> scores, const std::vector<double>& weights) {
  Score mean{.method = scores.front().method, .task = kAverage};
  mean.agreement = {scores.front().agreement.n_recipes, scores.front().agreement.n_pairs};
  const auto averaged = [&](auto&& of) {
    std::optional<double> sum = 0;
    for (std::size_t t = 0; t < weights.size(); ++t) {
      if (weights[t] > 0) add_weighted(of(scores[t]), weights[t], sum);
    }
    return sum;
  };
  mean.agreement.decision_accuracy =
      averaged([](const Score& s) { return s.agreement.decision_accuracy; });
  mean.agreement.spearman = averaged([](const Score& s) { return s.agreement.spearman; });
  mean.agreement.pearson = averaged([](const Score& s) { return s.agreement.pearson; });
  mean.agreement.weighted_pearson =
      averaged([](const Score& s) { return s.agreement.weighted_pearson; });
  mean.agreement.ndcg = averaged([](const Score& s) { return s.agreement.ndcg; });
  mean.relative_error = averaged([](const Score& s) { return s.relative_error; });
  mean.absolute_error = averaged([](const Score& s) { return s.absolute_error; });
  mean.first_error = averaged([](const Score& s) { return s.first_error; });
  mean.second_error = averaged([](const Score& s) { return s.second_error; });
  return mean;
}

/// Adds each method's average where there are several tasks; `n_own` of them are the table's own.
std::vector<Score> with_averages(const std::vector<Score>& scores, std::size_t n_tasks,
                                 std::size_t n_own, const std::vector<double>& weights) {
  if (n_own == n_tasks) return scores;
  std::vector<Score> result;
  for (std::size_t begin = 0; begin < scores.size(); begin += n_tasks) {
    const std::span<const Score> of_method(scores.data() + begin, n_tasks);
    result.insert(result.end(), of_method.begin(), of_method.end());
    result.push_back(average_of(of_method.first(n_own), weights));
  }
  return result;
}

/// Decision accuracies by kind of method and task, with the largest small size as the target.
using Rehearsal = std::map<std::pair<std::string, std::string>, double>;

class Study {
 public:
  Study(const Request& request, Evaluations evaluations)
      : request_(request), n_own_tasks_(evaluations.tasks.size()) {
    weights_ = task_weights(evaluations.tasks);
    evaluations_ =
        n_own_tasks_ > 1 ? with_mean_task(std::move(evaluations), kMeanOfTasks) : evaluations;
    names_ = names_of(request, evaluations_);
    target_ = target_of(request, evaluations_);
    comparison_ = compare_with(request, evaluations_, names_, target_,
                               small_sizes_of(request, evaluations_, target_));
  }

  Result run() {
    result_.recipes = evaluations_.recipes;
    result_.warnings = evaluations_.warnings;
    if (result_.recipes.size() < 2)
      throw InputError("there is only one recipe: '" + result_.recipes.front() + "'",
                       "--recipe names the column that tells recipes apart");
    result_.target = target_.name;
    result_.has_actual = target_.size.has_value();
    result_.gold = names_.gold, result_.loss = names_.loss, result_.through = names_.through;
    result_.level = request_.level;
    result_.methods = comparison_.methods;
    result_.scores = scored(comparison_);
    rehearse();
    result_.decided_by = deciding_method();
    result_.is_rehearsed = request_.by.empty() && !result_.rehearsal.empty();
    decide();
    add_notes();
    return std::move(result_);
  }

 private:
  std::vector<Score> scored(const Comparison& comparison) const {
    return with_averages(score_methods(comparison), evaluations_.tasks.size(), n_own_tasks_,
                         weights_);
  }

  void rehearse() {
    std::vector<std::size_t> sizes = comparison_.small_sizes;
    if (sizes.size() < 2) return;
    const std::size_t stand_in = sizes.back();
    sizes.pop_back();
    const Size& size = evaluations_.sizes[stand_in];
    const Target target{size.name, stand_in, {size.n_params, size.n_tokens, size.compute_flops}};
    const Comparison comparison =
        compare_with(request_, evaluations_, names_, target, std::move(sizes));
    Rehearsal rehearsal;
    for (const Score& score : scored(comparison)) {
      if (score.agreement.decision_accuracy)
        rehearsal[{comparison.methods[score.method].kind, score.task}] =
            *score.agreement.decision_accuracy;
    }
    result_.rehearsal = size.name;
    for (Score& score : result_.scores) {
      const auto found = rehearsal.find({result_.methods[score.method].kind, score.task});
      if (found != rehearsal.end()) score.rehearsal = found->second;
    }
  }

  std::size_t deciding_method() const {
    if (!request_.by.empty()) return method_named(request_.by);
    std::size_t best = 0;
    double best_accuracy = -1;
    const std::string overall = n_own_tasks_ > 1 ? kAverage : evaluations_.tasks.front();
    for (const Score& score : result_.scores) {
      if (score.task != overall || score.rehearsal.value_or(-1) <= best_accuracy) continue;
      best = score.method;
      best_accuracy = *score.rehearsal;
    }
    return best;
  }

  std::size_t method_named(const std::string& name) const {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < result_.methods.size(); ++i) {
      if (result_.methods[i].name == name) return i;
      known.push_back(result_.methods[i].name);
    }
    const std::string near = did_you_mean(name, known);
    throw InputError("--by: there is no method '" + name + "'",
                     near.empty() ? "methods: " + join(known, ", ") : near);
  }

  void decide() {
    for (const Score& score : result_.scores) {
      if (score.method != result_.decided_by || score.task == kAverage) continue;
      const auto task = std::find(evaluations_.tasks.begin(), evaluations_.tasks.end(), score.task);
      result_.decisions.push_back(
          decide_task(comparison_, static_cast<std::size_t>(task - evaluations_.tasks.begin()),
                      score, request_.level));
    }
  }

  void add_missing_notes() {
    for (const std::string& name : {names_.gold, names_.loss}) {
      const std::optional<std::size_t> metric = evaluations_.metric(name);
      const std::size_t n =
          metric && *metric < evaluations_.n_missing.size() ? evaluations_.n_missing[*metric] : 0;
      if (n > 0)
        result_.notes.push_back(counted(n, "row") + " without " + name +
                                (n == 1 ? ": it is" : ": they are") + " left out of it");
    }
  }

  /// Of the decisions, or of those on some tasks: the recipes that they are not about.
  void warn_of_left_out() {
    std::map<std::vector<std::string>, std::vector<std::string>> tasks_by_recipes;
    for (const Decision& decision : result_.decisions) {
      std::vector<std::string> recipes = result_.recipes;
      for (const Estimate& estimate : decision.recipes)
        std::erase(recipes, result_.recipes[estimate.recipe]);
      if (!recipes.empty()) tasks_by_recipes[recipes].push_back(decision.task);
    }
    for (const auto& [recipes, tasks] : tasks_by_recipes) {
      const bool of_all = tasks.size() == result_.decisions.size();
      result_.warnings.push_back(
          join(recipes, ", ") + (recipes.size() == 1 ? " is" : " are") +
          " left out of what is decided" + (of_all ? "" : " on " + join(tasks, ", ")) +
          ": runs are missing that " + result_.methods[result_.decided_by].name +
          " needs (--by NAME asks another method, --small leaves sizes out)");
    }
  }

  void add_notes() {
    warn_of_left_out();
    add_missing_notes();
    if (request_.target_tokens && target_.size)
      result_.notes.push_back("--target-tokens changes nothing: " + target_.name +
                              " was run, and has its own");
    if (!comparison_.metrics.loss)
      result_.notes.push_back(
          "no column holds a loss (--loss COLUMN): the setups that go through one are left out");
    if (is_lower_better(names_.gold))
      result_.notes.push_back("the setups predict metrics of which more is better: of " +
                              names_.gold + " single scales alone are compared");
    for (const std::size_t size : comparison_.small_sizes) {
      if (std::isfinite(evaluations_.sizes[size].compute_flops)) continue;
      result_.notes.push_back("tokens of size " + evaluations_.sizes[size].name +
                              " are not known (a column n_tokens, or --sizes FILE): compute and "
                              "the setups are left out");
      break;
    }
    if (result_.rehearsal.empty() && request_.by.empty())
      result_.notes.push_back(
          "two small sizes are needed to choose the method by rehearsal: the "
          "metric itself decides");
  }

  const Request& request_;
  std::size_t n_own_tasks_;
  std::vector<double> weights_;  // of the table's own tasks
  Evaluations evaluations_;
  MetricNames names_;
  Target target_;
  Comparison comparison_;
  Result result_;
};

}  // namespace

void Request::validate() const {
  require_level(level);
  require_within("--worth", worth, 0.5, 1);
  require_at_least("--last", static_cast<double>(n_last), 2);
  if (target_tokens) require_positive("--target-tokens", *target_tokens);
}

Result run(const Request& request, const Table& table) {
  request.validate();
  const Table means =
      is_table_of_options(table) ? table_of_means(means_of_options(table), table.source()) : table;
  // What has just been averaged over questions has every metric, but none that is the task's own.
  const bool is_of_questions = means.has("n_questions");
  return Study(request, evaluations_of(is_of_questions ? with_primary_metric(means) : means,
                                       request.columns, request.sizes))
      .run();
}

}  // namespace rung::decide
