#pragma once
/// The ladder's predictions, described: step 1, step 2 and their chain.

#include <span>
#include <string>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/report/ladder/task_report.hpp"

namespace rung::ladder {

struct MeanError {
  std::string target;
  double mean_absolute_relative_error = 0;
  int n_tasks = 0;
  int n_open = 0;  // further tasks, whose prediction is not determined
};
/// A target each, in order; those that nothing is known of are left out. Over the predictions that
/// are determined.
std::vector<MeanError> mean_errors(std::span<const TaskReport> reports);
/// "5.85% at 7B-4T, 6.04% at 13B-5T (6 of 8 tasks), where it is determined"; "" where nothing is
/// known of any target.
std::string mean_errors_text(std::span<const TaskReport> reports);

/// A row a task, up to two targets a table, as wide as a terminal. Tasks with doubts carry "(!)".
std::vector<TextTable> prediction_tables(std::span<const TaskReport> reports);
/// The fitted function of each task and its error over the training points.
TextTable function_table(std::span<const TaskReport> reports);
/// A row a task and target, with the columns of the published scripts first.
TextTable prediction_rows(std::span<const TaskReport> reports);
/// Doubts and notes, a line each; "" where there are none.
std::string remarks(std::span<const TaskReport> reports);

Document describe(const std::vector<Step1Result>& results);
Document describe(const std::vector<Step2Result>& results);
Document describe(const std::vector<ChainResult>& results);

std::vector<TaskReport> reports_of(const std::vector<Step2OfConfig>& by_config);
Document describe(const std::vector<Step2OfConfig>& by_config);

}  // namespace rung::ladder
