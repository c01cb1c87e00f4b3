#pragma once
/// The options of the published ladder scripts, in their spelling and with their defaults, so that
/// a command line of theirs works as it stands. Values are text as typed; the commands give them
/// their meaning.

#include <optional>
#include <string>
#include <vector>

#include "rung/app/read_runs.hpp"
#include "rung/core/options.hpp"

namespace rung::app {

/// Runs as they were logged, in place of a configuration.
struct RunOptions {
  LoggedInputs logged;                  // RUNS (none: a configuration says), --runs and so on
  std::string loss;                     // --loss
  std::vector<std::string> accuracies;  // --accuracy
  std::vector<std::string> targets;     // --targets
};

struct LadderOptions {
  RunOptions from_runs;
  std::vector<std::string> keys;          // -k: tasks and task sets
  std::vector<std::string> config_paths;  // -c
  std::string step2_config_path;          // "": the same as for step 1
  std::string x_metric;                   // -x; "": rc_bpb, or what the ladder has in its place
  std::string y_metric;                   // -y; each command has its own default
  const Option* y_option = nullptr;       // whether it was given, and what it may be
  int moving_avg = 1;
  double skip_perc = 0;   // a share in [0, 1], whatever the name says
  int last_n_points = 0;  // 0: all
  bool use_log_sigmoid = false;
  bool free_top = false;
  std::optional<double> n_params;  // -n
  std::optional<double> n_tokens;  // -d
  std::string target_name;         // -t
  bool run_prediction = false;
  bool print_table_as_latex = false;
  std::string latex_path;       // --latex
  std::string save_path;        // --save-fit
  std::string tasks_path;       // --tasks: the user's own tasks; "": $RUNG_TASKS
  double level = 0.9;           // of intervals
  std::string cluster = "run";  // --cluster: what runs that share a training have in common
  std::string vary = "flops";
  std::string which_step = "stacked";
  bool do_average = false;
};

/// -k, -c, RUNS in their place and, with `averages`, --moving_avg. That one of -c and RUNS is given
/// single_config() checks.
void add_ladder_inputs(Options& command, LadderOptions& options, bool averages = true);

/// RUNS, and what is to be said of them.
void add_run_options(Options& command, RunOptions& options, bool has_accuracy = true);

/// -x and -y with the metrics to choose from (none: the option is not there). The first y_metric is
/// the default.
void add_ladder_metrics(Options& command, LadderOptions& options,
                        const std::vector<std::string>& x_metrics,
                        const std::vector<std::string>& y_metrics);

/// --skip_perc and --use_log_sigmoid.
void add_step2_options(Options& command, LadderOptions& options);
void add_free_top(Options& command, LadderOptions& options);

/// --last_n_points; 0: all.
void add_last_n_points(Options& command, LadderOptions& options);

/// -n, -d and -t; a target takes both -n and -d.
void add_target_options(Options& command, LadderOptions& options);

/// -t alone: an eval model of the configuration.
void add_target_name(Options& command, LadderOptions& options);

/// --step2-config-path.
void add_step2_config(Options& command, LadderOptions& options);

/// --cluster.
void add_cluster(Options& command, LadderOptions& options);

/// --save-fit: of a step.
void add_save_fit(Options& command, LadderOptions& options);

/// --level: where there are intervals.
void add_level(Options& command, LadderOptions& options);

/// --tasks, --latex and --print_table_as_latex: Rung's own, with LaTeX's flag as published.
void add_ladder_extras(Options& command, LadderOptions& options);

/// --last_n_points (10 by default) and --run_prediction.
void add_variance_options(Options& command, LadderOptions& options);

/// --vary, --which_step and --do_average.
void add_vary_options(Options& command, LadderOptions& options);

}  // namespace rung::app
