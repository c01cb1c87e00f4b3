#include "rung/study/runs/axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/data/units.hpp"

namespace rung::runs {
namespace {

/// Clocks that count since 1970 count from the run's first row.
std::vector<double> hours_of(const Run& run) {
  constexpr double kSecondsAnHour = 3600, kLongestRun = 1e8;
  std::vector<double> hours = metric_values(run, kSeconds);
  double first = kNaN;
  for (double& seconds : hours) {
    if (std::isnan(first) && std::isfinite(seconds)) first = seconds > kLongestRun ? seconds : 0;
    seconds = (seconds - first) / kSecondsAnHour;
  }
  return hours;
}

/// The first that ends so of the run's settings, else of its columns that are the same in all rows.
std::optional<double> setting_of(const Run& run, std::initializer_list<const char*> endings) {
  const auto is_meant = [&](const std::string& name, double value) {
    return value > 0 && std::any_of(endings.begin(), endings.end(),
                                    [&](const char* ending) { return name.ends_with(ending); });
  };
  for (const auto& [name, value] : run.settings) {
    if (is_meant(name, value)) return value;
  }
  for (const auto& [name, values] : run.metrics) {
    if (values.empty() || !is_meant(name, values.front())) continue;
    if (std::count(values.begin(), values.end(), values.front()) ==
        static_cast<std::ptrdiff_t>(values.size()))
      return values.front();
  }
  return std::nullopt;
}

/// The tokens that a name of a multiple of Chinchilla's says ("1xC").
std::optional<double> tokens_by_name(const Run& run) {
  constexpr double kChinchilla = 20;  // tokens a parameter
  for (const std::string& part : split(run.model, '-')) {
    const auto times =
        part.ends_with("xC") ? parse_double(part.substr(0, part.size() - 2)) : std::nullopt;
    if (times && size_of(run)) return *times * kChinchilla * *size_of(run);
  }
  return std::nullopt;
}

/// What a run was to reach, and over which axis, the surest first.
std::vector<std::pair<Axis, double>> ends_of(const Run& run) {
  std::vector<std::pair<Axis, double>> ends;
  const auto add = [&](Axis axis, std::optional<double> end) {
    if (end) ends.emplace_back(axis, *end);
  };
  add(Axis::tokens, setting_of(run, {"max_tokens", "total_tokens"}));
  add(Axis::steps, setting_of(run, {"max_steps", "total_steps", "train_steps"}));
  add(Axis::tokens, tokens_by_name(run));
  return ends;
}

}  // namespace

Axis parse_axis(const std::string& text) {
  if (text == "tokens") return Axis::tokens;
  if (text == "flops") return Axis::flops;
  if (text == "steps") return Axis::steps;
  if (text == "time") return Axis::time;
  throw InputError("--over '" + text + "' is not known", "one of tokens, flops, steps, time");
}

std::string_view axis_name(Axis axis) {
  switch (axis) {
    case Axis::tokens:
      return "tokens";
    case Axis::flops:
      return "flops";
    case Axis::steps:
      return "steps";
    case Axis::time:
      break;
  }
  return "hours";
}

std::optional<double> size_of(const Run& run) {
  return run.n_params.non_embedding ? run.n_params.non_embedding : run.n_params.total;
}

double last_known(const std::vector<double>& values) {
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    if (std::isfinite(*value)) return *value;
  }
  return kNaN;
}

const std::vector<double>& metric_values(const Run& run, const std::string& name) {
  static const std::vector<double> kNone;
  const auto found = run.metrics.find(name);
  return found == run.metrics.end() ? kNone : found->second;
}

std::vector<double> axis_values(const Run& run, Axis axis) {
  if (axis == Axis::steps) return metric_values(run, kStep);
  if (axis == Axis::tokens) return run.n_tokens;
  if (axis == Axis::time) return hours_of(run);
  std::vector<double> flops;
  for (std::size_t i = 0; i < run.n_rows(); ++i) {
    const std::optional<double> own = run.compute_flops(i), n = size_of(run);
    flops.push_back(own ? *own : n ? training_flops(*n, run.n_tokens[i]) : kNaN);
  }
  return flops;
}

std::optional<double> planned_of(const Run& run, Axis axis) {
  for (const auto& [over, end] : ends_of(run)) {
    if (over == axis) return end;
    // As far beyond the last row of both.
    const std::vector<double> from = axis_values(run, over), to = axis_values(run, axis);
    for (std::size_t i = std::min(from.size(), to.size()); i-- > 0;) {
      if (from[i] > 0 && to[i] > 0 && std::isfinite(from[i] * to[i]))
        return end * (to[i] / from[i]);
    }
  }
  return std::nullopt;
}

}  // namespace rung::runs
