#pragma once
/// Recipes evaluated at several sizes, as every method compares them.

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/data/table.hpp"
#include "rung/study/decide/sizes.hpp"

namespace rung::decide {

/// Which columns say what; "": by their usual names.
struct Columns {
  std::string recipe, size, task, step, seed, n_tokens, n_params;
};

/// One run on one task, its checkpoints in the order of training.
struct Series {
  std::size_t recipe = 0, size = 0, task = 0;
  std::string seed;
  std::vector<double> n_tokens, compute_flops;  // NaN where they are not known
  std::vector<std::vector<double>> values;      // [metric][checkpoint]; NaN where missing

  std::size_t n_checkpoints() const { return n_tokens.size(); }
  /// A metric after the last checkpoint that has it; NaN where none has.
  double final_value(std::size_t metric) const;
  /// The mean over the last tenth of the checkpoints, at least one.
  double end_mean(std::size_t metric) const;
};

struct Size {
  std::string name;
  double n_params = 0;
  double n_tokens = kNaN, compute_flops = kNaN;  // of its longest run
};

struct Evaluations {
  std::vector<std::string> recipes, tasks, metrics;
  std::vector<Size> sizes;  // ascending
  std::vector<Series> series;
  /// Rows without a value, by metric; none where each task has a column of its own.
  std::vector<std::size_t> n_missing;
  std::vector<std::string> warnings;

  /// Indices of the runs, one a seed, in the order of the file.
  const std::vector<std::size_t>& runs(std::size_t recipe, std::size_t size,
                                       std::size_t task) const {
    return runs_[(task * sizes.size() + size) * recipes.size() + recipe];
  }
  /// The mean of the seeds' final values; NaN where no run has one.
  double final_mean(std::size_t recipe, std::size_t size, std::size_t task,
                    std::size_t metric) const;
  std::optional<std::size_t> metric(std::string_view name) const;
  std::optional<std::size_t> size(std::string_view name) const;

  /// To be called once the series are there.
  void index_runs();

 private:
  std::vector<std::vector<std::size_t>> runs_;
};

/// Rows of checkpoints: with a column of tasks and a column a metric; with columns of metrics and
/// values; or, without a column of tasks, with a column a task and metric
/// ("arc_easy_acc_per_char"). Tokens are the table's, else steps times the tokens a step of a size
/// that is known; FLOPs are 6 N D. InputError where recipe, size or metrics are not to be told.
Evaluations evaluations_of(const Table& table, const Columns& columns, const NamedSizes& sizes);

}  // namespace rung::decide
