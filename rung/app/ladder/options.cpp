#include "rung/core/options.hpp"

#include "rung/app/ladder/options.hpp"

namespace rung::app {
void add_ladder_inputs(Options& command, LadderOptions& options, bool averages) {
  command.add("-k,--keys", options.keys, "tasks and task sets, such as v2_main").value_name("KEY");
  command.add("-c,--config-path", options.config_paths, "which runs to use: a configuration")
      .value_name("FILE");
  add_run_options(command, options.from_runs);
  if (!averages) return;
  command.add("--moving_avg", options.moving_avg, "checkpoints to average over")
      .value_name("N")
      .range(1, kMostCount);
}

void add_run_options(Options& command, RunOptions& options, bool has_accuracy) {
  constexpr const char* kGroup = "Runs as they were logged, in place of -c and -k";
  command.add("RUNS", options.logged.sources, "logs and evaluations, as rung import reads them")
      .value_name("")
      .group(kGroup);
  command.add("--loss", options.loss, "their loss: a column, or a part of its name")
      .value_name("COLUMN")
      .group(kGroup);
  if (has_accuracy) {
    command
        .add("--accuracy", options.accuracies,
             "their accuracies, such as arc_easy_acc,hellaswag_acc_norm")
        .comma_separated()
        .value_name("COLUMNS")
        .group(kGroup);
  }
  command.add("--targets", options.targets, "runs that are predicted and not fitted: one,another")
      .comma_separated()
      .value_name("NAMES")
      .group(kGroup);
  command.add("--runs", options.logged.pattern, "only runs whose name has this")
      .value_name("REGEX")
      .group(kGroup);
  command
      .add("--facts", options.logged.facts_path,
           "a table of sizes and tokens: model, n_params, n_tokens, batch_tokens")
      .value_name("FILE")
      .group(kGroup);
  command
      .add("--batch-tokens", options.logged.batch_tokens, "tokens a step, of runs that don't say")
      .value_name("N")
      .group(kGroup);
}

void add_ladder_metrics(Options& command, LadderOptions& options,
                        const std::vector<std::string>& x_metrics,
                        const std::vector<std::string>& y_metrics) {
  if (!x_metrics.empty()) {
    command
        .add("-x,--x_metric", options.x_metric,
             "what accuracy is predicted from (default: rc_bpb, else what the runs have)")
        .value_name("")
        .choices(x_metrics);
  }
  if (!y_metrics.empty()) {
    options.y_metric = y_metrics.front();
    options.y_option = &command.add("-y,--y_metric", options.y_metric, "what is predicted")
                            .value_name("")
                            .choices(y_metrics);
  }
}

void add_step2_options(Options& command, LadderOptions& options) {
  command
      .add("--skip_perc", options.skip_perc,
           "share of each run's first checkpoints to leave out of step 2")
      .value_name("SHARE")
      .range(0.0, 1.0);
  command.add_flag("--use_log_sigmoid", options.use_log_sigmoid,
                   "step 2 is a log-sigmoid instead of a sigmoid");
}

void add_free_top(Options& command, LadderOptions& options) {
  command.add_flag("--free-top", options.free_top,
                   "step 2's sigmoid levels off where the runs do, not at the task's maximum");
}

void add_step2_config(Options& command, LadderOptions& options) {
  command.add("--step2-config-path", options.step2_config_path, "another configuration for step 2")
      .value_name("FILE");
}

void add_cluster(Options& command, LadderOptions& options) {
  command
      .add("--cluster", options.cluster,
           "model: of a configuration (-c), the runs of one model are cuts of one training, drawn "
           "and "
           "held out together")
      .value_name("")
      .choices({"run", "model"});
}

void add_last_n_points(Options& command, LadderOptions& options) {
  command
      .add("--last_n_points", options.last_n_points, "last checkpoints of each run to use; 0: all")
      .value_name("N")
      .non_negative();
}

void add_target_options(Options& command, LadderOptions& options) {
  command.add("-n,--n", options.n_params, "parameters of the model to predict")
      .value_name("N")
      .range(1, 1e30)
      .needs("--d");
  command.add("-d,--d", options.n_tokens, "tokens that it is trained on")
      .value_name("D")
      .range(1, 1e30)
      .needs("--n");
  command.add("-t,--target-name", options.target_name, "its name").value_name("NAME");
}

void add_target_name(Options& command, LadderOptions& options) {
  command
      .add("-t,--target-name", options.target_name,
           "which eval model to predict (default: the first)")
      .value_name("NAME");
}

void add_variance_options(Options& command, LadderOptions& options) {
  options.last_n_points = 10;
  command.add("--last_n_points", options.last_n_points, "checkpoints to take the spread over")
      .value_name("N")
      .range(1, kMostCount);
  command.add_flag("--run_prediction", options.run_prediction,
                   "put the prediction's errors beside the spread");
}

void add_save_fit(Options& command, LadderOptions& options) {
  command
      .add("--save-fit", options.save_path,
           "for rung predict and rung allocate, a fit a task, without the runs")
      .value_name("FILE")
      .writes();
}

void add_level(Options& command, LadderOptions& options) {
  command.add("--level", options.level, "probability that an interval stands for")
      .value_name("SHARE")
      .range(0.01, 0.9999);
}

void add_ladder_extras(Options& command, LadderOptions& options) {
  command
      .add("--tasks", options.tasks_path,
           "a file of your own tasks, sets and model sizes (default: $RUNG_TASKS)")
      .value_name("FILE");
  command.add("--latex", options.latex_path, "write the table as LaTeX, - in place of the text")
      .value_name("FILE")
      .writes();
  command.add_flag("--print_table_as_latex", options.print_table_as_latex,
                   "the published scripts' word for --latex -");
}

void add_vary_options(Options& command, LadderOptions& options) {
  command.add("--vary", options.vary, "what to grow: model size, run length or compute")
      .value_name("")
      .choices({"N", "xC", "flops"});
  command.add("--which_step", options.which_step, "step1, step2, stacked or all")
      .value_name("")
      .choices({"step1", "step2", "stacked", "all"});
  command.add_flag("--do_average", options.do_average,
                   "show the mean over the tasks alone, with runs and FLOPs");
}

}  // namespace rung::app
