#include "rung/lm/log_check.hpp"

#include <set>

#include "rung/core/text.hpp"
#include "rung/lm/run_log.hpp"
#include "rung/lm/trainer.hpp"
#include "rung/system/file.hpp"

namespace rung::lm {
namespace {

using Steps = std::set<std::int64_t>;

Steps steps_of(const std::filesystem::path& log) {
  Steps steps;
  for (const LogRow& row : RunLog(log).rows()) {
    if (!row.empty() && row.front().first == kStepColumn)
      steps.insert(static_cast<std::int64_t>(row.front().second));
  }
  return steps;
}

/// Those of every `interval` from `first` to `last`, and the run's last, that are not there.
std::vector<std::int64_t> absent(const Steps& there, std::int64_t first, std::int64_t last,
                                 std::int64_t interval, std::int64_t n_steps) {
  std::vector<std::int64_t> steps;
  for (std::int64_t step = first; step <= last; ++step) {
    if ((step % interval == 0 || step == n_steps) && !there.contains(step)) steps.push_back(step);
  }
  return steps;
}

std::string sentence(const std::filesystem::path& log, const std::vector<std::int64_t>& steps,
                     const char* what) {
  const bool one = steps.size() == 1;
  return log.string() + (file_exists(log) ? " lacks " : " is missing: it would hold ") +
         std::to_string(steps.size()) + " " + what + (one ? "" : "s") + ", of step" +
         (one ? " " : "s ") + std::to_string(steps.front()) +
         (one ? "" : " to " + std::to_string(steps.back())) + "; training doesn't need " +
         (one ? "it" : "them") + ", and does not make " + (one ? "it" : "them") + " anew";
}

}  // namespace

std::vector<std::string> missing_from_logs(const Settings& settings,
                                           const std::filesystem::path& folder, std::int64_t step) {
  const std::filesystem::path steps_path = folder / kStepsFile,
                              metrics_path = folder / kMetricsFile;
  const Steps steps = steps_of(steps_path), metrics = steps_of(metrics_path);
  // A run that began with another's checkpoint has rows from there on.
  std::int64_t first = 1;
  if (!settings.load_path.empty()) {
    first = steps.empty() ? (metrics.empty() ? step : *metrics.begin()) : *steps.begin();
    if (first == step && steps.empty()) return {};  // it was whole when it was taken
  }
  const std::int64_t n_steps = settings.recipe_in_force().n_steps;
  std::vector<std::string> sentences;
  if (const auto lost = absent(steps, first, step, 1, n_steps); !lost.empty())
    sentences.push_back(sentence(steps_path, lost, "step"));
  if (const auto lost = absent(metrics, first, step, settings.eval_interval, n_steps);
      !lost.empty())
    sentences.push_back(sentence(metrics_path, lost, "evaluation"));
  return sentences;
}

}  // namespace rung::lm
