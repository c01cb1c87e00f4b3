#pragma once
/// What the ladder's commands have in common: from options to runs, and from results to outputs.

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "rung/app/answer.hpp"
#include "rung/app/context.hpp"
#include "rung/app/ladder/options.hpp"
#include "rung/core/wrapped.hpp"
#include "rung/report/ladder/predictions.hpp"
#include "rung/report/saved_study.hpp"
#include "rung/study/ladder/doubts.hpp"
#include "rung/study/ladder/series.hpp"
#include "rung/study/ladder/step2_interval.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::app {

/// Rung's own tasks, and over them those of --tasks, else of $RUNG_TASKS. Those that name no
/// columns are of logged runs, and refused where a configuration is to be read.
ladder::Catalogue read_catalogue(CommandContext& context, const LadderOptions& options,
                                 bool reads_configuration);
ladder::Catalogue read_catalogue(CommandContext& context, const LadderOptions& options);

/// The one configuration that -c names; "" where RUNS are given in its place. InputError where
/// there is neither, both, -c names several, or an option says something of RUNS that aren't there.
std::string single_config(const LadderOptions& options);

/// A configuration, and which metrics of its runs are needed.
struct Wanted {
  std::string config_path;
  std::vector<ladder::Metric> metrics;
  std::vector<std::string> columns = {};              // further ones, by their names in the files
  std::vector<std::string> optional_columns = {};     // likewise, where a file has them
  std::vector<ladder::Metric> optional_metrics = {};  // where task and files have them
  bool in_compute = false;     // FLOPs of every run are needed, and how they are counted is said
  bool training_only = false;  // the configuration's eval models are not read
};

struct LadderInputs {
  ladder::Catalogue catalogue;
  std::vector<ladder::Task> tasks;       // of -k
  std::vector<std::string> shared_by{};  // tasks of RUNS whose one loss is all of `tasks`
  std::vector<ladder::Ladder> ladders;   // one for each wanted, in order
};

/// With -x where it was not given: of bits per byte, validation loss and cross-entropy the first
/// that every task and run of the configurations has. Says so where it is not the first.
LadderOptions with_available_loss(CommandContext& context, LadderOptions options);

/// The metrics of -x and -y, or those that --loss and --accuracy stand for.
ladder::Metric loss_metric(const LadderOptions& options);
ladder::Metric accuracy_metric(const LadderOptions& options);
/// What step 1 is of: -y, or of RUNS --loss, or else --accuracy.
ladder::Metric step1_metric(const LadderOptions& options);
/// Where -y is a loss: that of --loss, or of -y.
ladder::Metric predicted_loss(const LadderOptions& options);

/// Reads each file once, however many want it, and passes the readers' warnings on.
LadderInputs read_ladder_inputs(CommandContext& context, const LadderOptions& options,
                                std::span<const Wanted> wanted);

/// -x, -y, --moving_avg, --skip_perc, --last_n_points, --use_log_sigmoid, --free-top and --level.
ladder::Step2Settings step2_settings(const LadderOptions& options);

/// The checkpoints that averages go over: those of --moving_avg, or fewer where some of the ladders
/// have few (within_runs()), which is said, as are runs that have fewer than that.
std::size_t average_within(CommandContext& context, const LadderOptions& options,
                           const std::vector<ladder::Ladder>& ladders);

/// The chain's settings by the same options, with the seed, threads and bootstrap of all commands.
ladder::ChainSettings chain_settings(const CommandContext& context, const LadderOptions& options);

/// The model of -n, -d and -t, with a warning where it is a thousand times beyond the runs.
/// InputError where -t stands alone and is no eval model of the ladder.
std::vector<ladder::Target> extra_targets(CommandContext& context, const LadderOptions& options,
                                          const ladder::Catalogue& catalogue,
                                          const ladder::Ladder& ladder);

/// What was found out, with the LaTeX that was asked for.
Answer ladder_answer(const LadderOptions& options, Document document);

/// Predictions. Where LaTeX takes the text's place, what to know of them goes to standard error.
template <class Result>
Answer prediction_answer(CommandContext& context, const LadderOptions& options,
                         const std::vector<Result>& results) {
  if (options.print_table_as_latex || options.latex_path == "-")
    context.err() << wrapped_lines(remarks(ladder::reports_of(results)), kTextWidth);
  return ladder_answer(options, describe(results));
}

/// Says so where --last_n_points leaves out no checkpoint of any run.
void note_all_points(CommandContext& context, const LadderOptions& options,
                     const ladder::Ladder& runs);

/// Says how to name a model where nothing names one to predict.
void warn_without_target(CommandContext& context, bool has_target);

/// One step's predictions, and its fits where --save-fit asks for them. `y`: what it predicts. A
/// loss that tasks share is saved for each of them, as what follows from it is.
template <class Result>
Answer step_answer(CommandContext& context, const LadderOptions& options,
                   const std::vector<Result>& results, ladder::Metric y,
                   const std::vector<std::string>& shared_by = {}) {
  Answer answer = prediction_answer(context, options, results);
  if (options.save_path.empty()) return answer;
  std::vector<Fitted> fits;
  for (const Result& result : results) {
    fits.push_back(ladder::fit_to_save(result));
    fits.back().doubts = ladder::doubts_besides_fit(result);
    if (ladder::is_accuracy(y)) fits.back().possible = ValueRange{0, result.task.maximum};
  }
  if (!shared_by.empty()) fits.assign(shared_by.size(), Fitted(fits.front()));
  for (std::size_t i = 0; i < shared_by.size(); ++i) fits[i].label = shared_by[i];
  // Of RUNS the accuracy is the user's own column, by whatever metric.
  const bool is_own = ladder::is_accuracy(y) && !options.from_runs.accuracies.empty();
  const std::string metric = is_own ? "accuracy" : std::string(metric_name(y));
  answer.files.push_back(
      {options.save_path, saved_fit_text(saved_fit_of(std::move(fits), metric, {"task"}))});
  return answer;
}

/// Step 1 in any of its forms: -k, -c, -y, -n, -d and -t.
void add_step1_options(Options& command, LadderOptions& options,
                       const std::vector<std::string>& y_metrics);
/// Metric, average and level are the options'.
Answer step1_answer(CommandContext& context, const LadderOptions& options,
                    ladder::Step1Settings settings);

/// The chain with step 1 in (N, D) or in compute.
void add_chain_options(Options& command, LadderOptions& options);
Answer chain_answer(CommandContext& context, const LadderOptions& options,
                    ladder::Step1Inputs inputs);

/// -k is v2_main and -c the published ladder where neither they nor RUNS were given.
LadderOptions with_published_ladder(LadderOptions options);

}  // namespace rung::app
