#include "rung/report/ladder/demo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/report/ladder/combined.hpp"
#include "rung/report/ladder/predictions.hpp"
#include "rung/study/ladder/example.hpp"

namespace rung::ladder {
namespace {

struct Coverage {
  int n_held = 0, n = 0;
  double level = 0;
};

void count(const TargetPrediction& target, Coverage& coverage) {
  if (!target.actual || !target.interval) return;
  ++coverage.n;
  coverage.level = target.interval->level;
  coverage.n_held +=
      target.interval->lower <= *target.actual && *target.actual <= target.interval->upper;
}

/// How many actual values lie in the two steps' intervals.
Coverage coverage_of(const std::vector<ChainResult>& results) {
  Coverage coverage;
  for (const ChainResult& result : results) {
    for (const TargetPrediction& target : result.targets) count(target, coverage);
  }
  return coverage;
}

Coverage coverage_of(const CombinedResult& combined) {
  Coverage coverage;
  for (const CombinedTask& task : combined.tasks) {
    for (const CombinedTarget& target : task.targets) count(target.prediction, coverage);
  }
  return coverage;
}

std::string source_line(const Demo& demo) {
  const std::string what =
      fmt::format("{} tasks predicted from {} small runs", demo.results.size(),
                  demo.results.empty() ? 0 : demo.results.front().step1.fitted.fit.n_points);
  if (demo.data.empty()) {
    return "SIMULATED data: " + what +
           " that were drawn from stated coefficients with noise;\nno real model was measured";
  }
  return what + " of the OLMo ladder (arXiv:2412.04403)\nin " + demo.place;
}

/// "All 16 fits are certified and identified."
std::string fits_line(const Demo& demo, const std::vector<TaskReport>& reports) {
  const std::size_t n_fits = 2 * demo.results.size();
  const bool sure = std::all_of(reports.begin(), reports.end(),
                                [](const TaskReport& report) { return report.doubts.empty(); });
  if (sure)
    return fmt::format("All {} fits are certified optima and identified by the data.\n", n_fits);
  return remarks(reports);
}

std::string coverage_line(const Demo& demo) {
  const Coverage coverage = coverage_of(demo.results), combined = coverage_of(demo.combined);
  std::string text;
  if (combined.n > 0)
    text = fmt::format("The combined predictor's {}% intervals hold {} of {} actual values",
                       significant(100 * combined.level, 3), combined.n_held, combined.n);
  if (coverage.n == 0)
    return text + (text.empty() ? "" : ".\n") +
           "No intervals of the two steps were asked for (--bootstrap 0).\n";
  if (text.empty())
    return fmt::format("The {}% intervals hold {} of {} actual values.\n",
                       significant(100 * coverage.level, 3), coverage.n_held, coverage.n);
  return text + fmt::format(", the two steps' {}.\n", coverage.n_held);
}

std::string written_lines(const Demo& demo) {
  std::vector<std::string> files = demo.figures;
  files.emplace_back(kDemoReportName);
  std::string text = "Written to " + demo.folder.string() + ": " + join(files, ", ") + "\n";
  return text;
}

std::string command_lines(const Demo& demo) {
  const std::string random = fmt::format(" --bootstrap {} --seed {}", demo.n_bootstrap, demo.seed);
  if (demo.data.empty()) return "rung demo --simulate" + random + "\n";
  const std::string inputs = " -k v2_main -c " + (demo.data / "configs/final.json").string();
  const std::string step2 = " --moving_avg 5 --skip_perc 0.1";
  return "rung ladder step1" + inputs + " --moving_avg 5 -o step1.png\n" + "rung ladder step2" +
         inputs + step2 + " -o step2.png\n" + "rung ladder predict" + inputs + step2 + random +
         " -o chained.png\n";
}

std::string truth_table() {
  TextTable table;
  for (const char* name : {"task", "A", "alpha", "B", "beta", "E", "a", "x0", "k", "b"})
    table.add_column(name);
  for (const ExampleTruth& t : example_truths())
    table.add_row({t.task, t.A, t.alpha, t.B, t.beta, t.E, t.a, t.x0, t.k, t.b});
  return table.markdown();
}

/// The combined predictor in a line, to stand beside the published one's.
std::string combined_line(const Demo& demo) {
  if (demo.combined.tasks.empty()) return "";
  std::string text = "The combined predictor, the mean of " +
                     std::to_string(demo.combined.tasks.front().members.size()) +
                     " ways of predicting: " + mean_errors_text(demo.combined);
  if (demo.combined.backtest_error)
    text += "; " + percent(*demo.combined.backtest_error) + " when rolled forward in the ladder";
  text += "\n";
  const std::string expected = expected_errors_text(demo.combined);
  if (!expected.empty()) text += "To expect at that distance: " + expected + "\n";
  return text + marks_text(demo.combined);
}

constexpr const char* kWhichToQuote =
    "Quote these, with their 90% intervals. The published two steps, to compare:";

/// What the intervals do not cover.
std::string reliability(const Demo& demo, const std::vector<TaskReport>& reports) {
  return fits_line(demo, reports) + coverage_line(demo) +
         "An interval says what the spread between runs and checkpoints allows if both laws hold "
         "all the way to the target. Where a law bends off beyond the runs, as step 1 does for a "
         "task whose error is far above the others', the interval does not know it. Step 2 rests "
         "on an assumption of its own: that a big model with some loss scores like a small one "
         "with the same loss.\n";
}

}  // namespace

Document describe(const Demo& demo) {
  const std::vector<TaskReport> reports = reports_of(demo.results);
  Document document = describe(demo.results);
  document.blocks.clear();
  document.add(Paragraph{source_line(demo) + "\n" + combined_line(demo)});
  document.add(combined_table(demo.combined));
  document.add(Paragraph{std::string(kWhichToQuote) +
                         "\nMean |relative error|: " + mean_errors_text(reports) + "\n"});
  for (TextTable& table : prediction_tables(reports)) document.add(std::move(table));
  document.add(Paragraph{fits_line(demo, reports) + coverage_line(demo) + written_lines(demo)});
  Json results = document.results();
  const Json combined = json_combined(demo.combined);
  for (std::size_t t = 0; t < combined.size(); ++t) results[t]["combined"] = combined[t];
  return document.set_results(std::move(results));
}

std::string demo_report(const Demo& demo) {
  const std::vector<TaskReport> reports = reports_of(demo.results);
  const std::string simulated = demo.data.empty() ? " (simulated data)" : "";
  std::string text =
      "# Accuracy predicted from a ladder of small runs" + simulated + "\n\n" + source_line(demo) +
      "\n\n" + combined_line(demo) + "\n" + combined_table(demo.combined).markdown() + "\n" +
      std::string(interval_caveat()) + "\n\n" + kWhichToQuote + "\n\n" +
      "## The published two steps\n\nMean |relative error|: " + mean_errors_text(reports) + ".\n\n";
  for (const TextTable& table : prediction_tables(reports)) text += table.markdown() + "\n";
  for (const std::string& figure : demo.figures)
    text += fmt::format("![{}]({})\n\n", figure.substr(0, figure.find('.')), figure);
  text +=
      "## Method\n\n"
      "Step 1 fits each task's loss at the end of every small run as E + A / N^alpha + B / D^beta, "
      "N being parameters without the embedding and D training tokens (mean over the last 5 "
      "checkpoints; sum of Huber losses of log residuals, delta 0.001). Step 2 fits accuracy as a "
      "sigmoid of loss through all their checkpoints but the first tenth of each run (least "
      "squares, trailing mean over 5). A target's loss comes from step 1 and its accuracy from "
      "step 2 at that loss. Both optima are found by a global search and then certified. ";
  text += fmt::format(
      "Intervals are a bootstrap over runs with {} replicates: each draws the runs anew, refits "
      "both steps, and adds a run's own deviation and the noise between checkpoints.\n\n",
      demo.n_bootstrap);
  text += "## How far to trust it\n\n" + reliability(demo, reports) + "\n";
  if (demo.data.empty()) {
    text += fmt::format(
        "## The simulation\n\n"
        "Loss is on the law at every checkpoint, times exp(noise) with standard deviation {} for a "
        "run and {} for a checkpoint; accuracy has the noise of the task's number of "
        "questions.\n\n",
        kExampleRunNoise, kExampleCheckpointNoise);
    text += truth_table() + "\n";
  }
  return text + "## To make it again\n\n```sh\n" + command_lines(demo) + "```\n";
}

}  // namespace rung::ladder
