#include "rung/study/ladder/variance.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/distributions.hpp"
#include "rung/core/error.hpp"
#include "rung/core/require.hpp"
#include "rung/core/statistics.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/doubts.hpp"

namespace rung::ladder {
namespace {

std::vector<double> last_of(const std::vector<double>& values, std::size_t n) {
  return {values.end() - static_cast<std::ptrdiff_t>(std::min(n, values.size())), values.end()};
}

const LadderRun& only_run(const Ladder& ladder) {
  if (ladder.runs.size() == 1) return ladder.runs.front();
  throw InputError(
      "the noise of one run is wanted, and the configuration has " +
          std::to_string(ladder.runs.size()) + (ladder.runs.size() == 1 ? " run" : " runs"),
      "make one with a single entry of a single file, such as final_variance.json, or take "
      "one of RUNS by --runs REGEX");
}

/// By differences of an order: of those of independent values, the expected square is the binomial
/// coefficient (2 order over order) times a value's variance.
double noise_variance(std::vector<double> values, int order) {
  double factor = 1;
  for (int k = 1; k <= order; ++k) {
    for (std::size_t i = 0; i + 1 < values.size(); ++i) values[i] = values[i + 1] - values[i];
    values.pop_back();
    factor *= 2.0 * (2 * k - 1) / k;
  }
  double squares = 0;
  for (const double difference : values) squares += difference * difference;
  return squares / (factor * static_cast<double>(values.size()));
}

std::optional<double> error_of(const std::vector<TargetPrediction>& targets,
                               const std::string& name) {
  for (const TargetPrediction& target : targets) {
    if (target.target.name == name) return target.relative_error();
  }
  return {};
}

/// Among the last checkpoints of the ladder's runs, which a configuration may call targets.
std::vector<WrongCheckpoint> wrong_at_end(Ladder ladder, const Task& task,
                                          const VarianceSettings& settings) {
  for (LadderRun& run : ladder.runs) run.mode = Mode::train;
  Step2Options last;
  last.last_n_points = settings.last_n_points;
  return wrong_checkpoints(ladder, task, {settings.loss, settings.accuracy}, last);
}

}  // namespace

std::optional<Correlation> pearson(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() != y.size() || x.size() < 3) return {};
  for (const std::vector<double>* values : {&x, &y}) {
    const auto [least, most] = std::minmax_element(values->begin(), values->end());
    if (*least == *most) return {};
  }
  const std::optional<double> known = correlation(x, y);
  if (!known) return {};
  const double r = *known, dof = static_cast<double>(x.size() - 2);
  if (std::abs(r) == 1) return Correlation{r, 0};
  const double t = std::abs(r) * std::sqrt(dof / ((1 - r) * (1 + r)));
  return Correlation{r, 2 * student_t_cdf(-t, dof)};
}

std::optional<TrendNoise> noise_beside_trend(const std::vector<double>& values) {
  constexpr double kErrors = 2.5, kMost = 0.5;
  const double n = static_cast<double>(values.size());
  if (values.size() < 4) return {};
  const double sd = population_sd(values), variance = sd * sd * n / (n - 1);
  const double error = std::sqrt((n - 2) / (n * n - 1));  // of the ratio, whose mean is 1
  if (!(noise_variance(values, 1) < std::min(kMost, 1 - kErrors * error) * variance)) return {};
  constexpr std::size_t kFewest = 6;
  constexpr double kBent = 0.75;
  const double noise = std::sqrt(noise_variance(values, 2));
  const bool at_most =
      values.size() < kFewest || std::sqrt(noise_variance(values, 3)) < kBent * noise;
  return TrendNoise{noise / std::abs(mean(values)), at_most};
}

std::size_t VarianceResult::n_last() const {
  return std::min(settings.last_n_points, n_tokens.size());
}

double VarianceResult::share_of_run() const {
  return 1 - n_tokens[n_tokens.size() - n_last()] / n_tokens.back();
}

bool VarianceResult::too_few_for_trend() const {
  // Of n values on a straight line von Neumann's ratio is 6 / (n (n + 1)): it is below what is
  // asked of a trend from 7 of them on, and of 6 only where next to nothing lies off the line.
  constexpr std::size_t kFewest = 7;
  return n_last() < kFewest;
}

bool VarianceResult::has_wrong(Metric metric) const {
  return std::any_of(wrong_checkpoints.begin(), wrong_checkpoints.end(),
                     [metric](const WrongCheckpoint& one) { return one.metric == metric; });
}

void VarianceSettings::validate() const {
  require_at_least("--last_n_points", static_cast<double>(last_n_points), 1);
}

VarianceResult run_variance(const Ladder& ladder, const Task& task,
                            const VarianceSettings& settings) {
  const LadderRun& run = only_run(ladder);
  VarianceResult result{
      .task = task, .settings = settings, .model = run.label, .run = run_name(run)};
  result.n_tokens = run.n_tokens;
  result.losses = series(run, task, settings.loss);
  result.accuracies = series(run, task, settings.accuracy);
  const std::vector<double> loss = last_of(result.losses, settings.last_n_points);
  const std::vector<double> accuracy = last_of(result.accuracies, settings.last_n_points);
  if (loss.size() < 2) {
    throw InputError(run.file + ": there is no spread over " + std::to_string(loss.size()) +
                     " checkpoint");
  }
  // Over n: the published form.
  result.loss_sd = population_sd(loss);
  result.loss_relative_sd = result.loss_sd / mean(loss);
  result.accuracy_sd = population_sd(accuracy);
  result.accuracy_relative_sd = result.accuracy_sd / mean(accuracy);
  result.loss_noise = noise_beside_trend(loss);
  result.accuracy_noise = noise_beside_trend(accuracy);
  result.wrong_checkpoints = wrong_at_end(ladder, task, settings);
  if (const auto correlation = pearson(loss, accuracy)) {
    result.pearson = correlation->r;
    result.p_value = correlation->p_value;
  }
  return result;
}

std::vector<VarianceResult> run_variance(const VarianceSettings& settings, const Ladder& ladder,
                                         const std::vector<Task>& tasks) {
  settings.validate();
  std::vector<VarianceResult> results;
  for (const Task& task : tasks) results.push_back(run_variance(ladder, task, settings));
  return results;
}

bool share_loss(const std::vector<VarianceResult>& results) {
  const VarianceResult& first = results.front();
  const auto& columns = first.task.columns(first.settings.loss);
  return results.size() > 1 &&
         std::all_of(results.begin(), results.end(), [&](const VarianceResult& r) {
           return r.task.columns(r.settings.loss) == columns;
         });
}

std::string shared_loss_name(const VarianceResult& result) {
  return result.settings.loss == Metric::c4 ? "C4 loss"
                                            : measured_name(result.task, result.settings.loss);
}

void add_prediction_errors(const Ladder& runs, const Ladder& step2_runs,
                           std::vector<VarianceResult>& results) {
  const auto target = std::find_if(step2_runs.runs.begin(), step2_runs.runs.end(),
                                   [](const LadderRun& run) { return run.mode == Mode::eval; });
  if (target == step2_runs.runs.end())
    throw InputError("the configuration of --prediction-step2-config has no eval model");
  std::vector<Task> tasks;
  for (const VarianceResult& result : results) tasks.push_back(result.task);
  const VarianceSettings& asked = results.front().settings;
  Feature feature = feature_through(asked.loss);
  feature.moving_avg =
      std::min(within_runs(runs, feature.moving_avg), within_runs(step2_runs, feature.moving_avg));
  const auto chains = run_chain(runs, step2_runs, tasks, chain_settings(feature, asked.accuracy));
  for (std::size_t t = 0; t < results.size(); ++t) {
    results[t].errors = {error_of(chains[t].step1.targets, target->model),
                         error_of(chains[t].step2.targets, target->model),
                         error_of(chains[t].targets, target->model), doubts_of(chains[t]).reasons};
  }
}

const std::vector<VarianceColumn>& variance_columns() {
  using Optional = std::optional<double>;
  static const std::vector<VarianceColumn> kColumns = {
      {"loss SD", [](const VarianceResult& r) -> Optional { return r.loss_sd; }},
      {"loss relative SD", [](const VarianceResult& r) -> Optional { return r.loss_relative_sd; }},
      {"accuracy SD", [](const VarianceResult& r) -> Optional { return r.accuracy_sd; }},
      {"accuracy relative SD",
       [](const VarianceResult& r) -> Optional { return r.accuracy_relative_sd; }},
      {"loss error", [](const VarianceResult& r) { return r.errors.loss; }},
      {"accuracy error", [](const VarianceResult& r) { return r.errors.accuracy; }},
      {"chained error", [](const VarianceResult& r) { return r.errors.chained; }}};
  return kColumns;
}

std::vector<ColumnCorrelation> column_correlations(const std::vector<VarianceResult>& results) {
  std::vector<ColumnCorrelation> correlations;
  for (const VarianceColumn& first : variance_columns()) {
    for (const VarianceColumn& second : variance_columns()) {
      std::vector<double> x, y;
      for (const VarianceResult& result : results) {
        const auto a = first.value(result), b = second.value(result);
        if (!a || !b) continue;
        x.push_back(std::abs(*a));
        y.push_back(std::abs(*b));
      }
      if (x.empty()) continue;  // no predictions were asked for
      correlations.push_back({first.name, second.name, pearson(x, y)});
    }
  }
  return correlations;
}

}  // namespace rung::ladder
