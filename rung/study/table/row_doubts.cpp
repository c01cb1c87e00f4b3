#include "rung/study/table/row_doubts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "rung/core/text.hpp"
#include "rung/fit/group_indicator.hpp"

namespace rung::table {
namespace {

/// The one input that differs between two points, if it grows.
std::optional<std::size_t> step_between(const Points& points, std::size_t from, std::size_t to) {
  std::optional<std::size_t> step;
  for (std::size_t k = 0; k < points.n_inputs(); ++k) {
    if (points.input(k, to) == points.input(k, from)) continue;
    if (step || points.input(k, to) < points.input(k, from)) return std::nullopt;
    step = k;
  }
  return step;
}

/// Whether one and the same input grows from point to point while the others stay.
bool is_run(const Points& points, const std::vector<std::size_t>& run) {
  for (std::size_t i = 1; i < run.size(); ++i) {
    const auto step = step_between(points, run[i - 1], run[i]);
    if (!step || step != step_between(points, run[0], run[1])) return false;
  }
  return true;
}

/// Whether the points of each run, of which there are at least two with `least` points on average,
/// are steps of one input.
bool are_runs(const Points& points, const std::vector<std::vector<std::size_t>>& runs,
              std::size_t least) {
  if (runs.size() < 2 || points.size() < least * runs.size()) return false;
  return std::all_of(runs.begin(), runs.end(),
                     [&](const std::vector<std::size_t>& run) { return is_run(points, run); });
}

constexpr std::size_t kMostRows = 100'000;  // that are looked through

std::string run_column(const Prepared& prepared, const Sample& sample,
                       const std::vector<std::string>& others) {
  constexpr std::size_t kLeast = 5;  // fewer are as likely runs of their own, of one size each
  for (const std::string& name : prepared.table.column_names()) {
    const auto* texts = std::get_if<std::vector<std::string>>(&prepared.table.column(name).values);
    if (texts == nullptr || std::find(others.begin(), others.end(), name) != others.end()) continue;
    std::map<std::string_view, std::vector<std::size_t>> by_value;
    for (std::size_t i = 0; i < sample.rows.size(); ++i)
      by_value[(*texts)[sample.rows[i]]].push_back(i);
    std::vector<std::vector<std::size_t>> runs;
    for (auto& [value, rows] : by_value) runs.push_back(std::move(rows));
    if (are_runs(sample.points, runs, kLeast)) return name;
  }
  return "";
}

/// But for those that tell groups apart.
std::ptrdiff_t n_inputs_of(const Law& law) {
  return std::count_if(law.info.inputs.begin(), law.info.inputs.end(),
                       [](const InputInfo& input) { return !is_indicator(input.name); });
}

/// Rows next to each other, as long as one input grows and the others stay.
std::vector<std::vector<std::size_t>> runs_in_order(const Points& points) {
  std::vector<std::vector<std::size_t>> runs;
  std::optional<std::size_t> growing;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto step = i == 0 ? std::nullopt : step_between(points, i - 1, i);
    if (!step || (growing && step != growing)) {
      runs.push_back({i});
      growing.reset();
    } else {
      runs.back().push_back(i);
      growing = step;
    }
  }
  return runs;
}

}  // namespace

std::string checkpoint_column(const Prepared& prepared, const Sample& sample,
                              const std::vector<std::string>& told_apart) {
  return sample.points.size() > kMostRows ? "" : run_column(prepared, sample, told_apart);
}

bool has_unnamed_runs(const Prepared& prepared, const Sample& sample) {
  constexpr std::size_t kLeast = 8;
  return sample.points.size() <= kMostRows &&
         n_inputs_of(*prepared.law) > 1 &&  // any rows in order of one input look like a run
         are_runs(sample.points, runs_in_order(sample.points), kLeast);
}

std::vector<std::string> doubts_of_rows(const Prepared& prepared, const Sample& sample,
                                        const std::vector<std::string>& told_apart) {
  std::vector<std::string> doubts;
  if (const std::string column = checkpoint_column(prepared, sample, told_apart); !column.empty()) {
    doubts.push_back("rows of one '" + column +
                     "' look like checkpoints of one run, which share its noise: "
                     "--bootstrap-kind cluster:" +
                     column + " draws whole runs");
  } else if (has_unnamed_runs(prepared, sample)) {
    doubts.push_back(
        "rows in a row look like checkpoints of one run, which share its noise: with a column that "
        "names the run, --bootstrap-kind cluster:COLUMN draws whole runs");
  }
  return doubts;
}

}  // namespace rung::table
