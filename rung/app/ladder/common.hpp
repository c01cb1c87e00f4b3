#pragma once
/// What the ladder's commands have in common: from options to runs, and from results to outputs.

#include <span>
#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/ladder/options.hpp"
#include "rung/figure/figure.hpp"
#include "rung/report/ladder.hpp"
#include "rung/study/ladder/series.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::app {

/// Rung's own tasks, and over them those of --tasks, else of $RUNG_TASKS.
ladder::Catalogue read_catalogue(CommandContext& context, const LadderOptions& options);

/// The one configuration that -c names. InputError where it names several.
std::string single_config(const LadderOptions& options);

/// A configuration, and which metrics of its runs are needed.
struct Wanted {
  std::string config_path;
  std::vector<ladder::Metric> metrics;
  std::vector<std::string> columns = {};              // further ones, by their names in the files
  std::vector<ladder::Metric> optional_metrics = {};  // where task and files have them
};

struct LadderInputs {
  ladder::Catalogue catalogue;
  std::vector<ladder::Task> tasks;      // of -k
  std::vector<ladder::Ladder> ladders;  // one for each wanted, in order
};

/// Reads each file once, however many want it, and passes the readers' warnings on.
LadderInputs read_ladder_inputs(CommandContext& context, const LadderOptions& options,
                                std::span<const Wanted> wanted);

/// -x, -y, --moving_avg, --skip_perc, --last_n_points, --use_log_sigmoid and --level.
ladder::Step2Settings step2_settings(const LadderOptions& options);

/// The chain's settings by the same options, with the seed, threads and bootstrap of all commands.
ladder::ChainSettings chain_settings(const CommandContext& context, const LadderOptions& options);

/// A configuration of the published ladder ("final.json"), for commands without -c: where it lies
/// here, else as it ships.
std::string published_config(const std::string& name);

/// The model of -n, -d and -t. InputError where -t stands alone and is no eval model of the ladder.
std::vector<ladder::Target> extra_targets(const LadderOptions& options,
                                          const ladder::Catalogue& catalogue,
                                          const ladder::Ladder& ladder);

/// The exit status: some task has a usable prediction or none has.
int status_of(std::span<const ladder::TaskReport> reports);

/// Writes the predictions in every form that was asked for. `functions`: the text has the fitted
/// functions too.
int emit_reports(CommandContext& context, const LadderOptions& options, const std::string& heading,
                 const std::vector<ladder::TaskReport>& reports, bool functions, Json results);

/// Step 1 in any of its forms, from options to outputs; metric, average and level are the options'.
int run_step1_command(CommandContext& context, const LadderOptions& options,
                      ladder::Step1Settings settings);

/// The chain with step 1 in (N, D) or in compute.
int run_predict_command(CommandContext& context, const LadderOptions& options,
                        ladder::Step1Inputs inputs);

/// Writes a study's tables; `latex` takes the text's place or goes to a file where asked for.
void emit_tables(CommandContext& context, const LadderOptions& options, Output output,
                 const std::string& latex);

}  // namespace rung::app
