#include "rung/app/commands/ladder/options.hpp"

#include <CLI/CLI.hpp>
#include <limits>

namespace rung::app {
namespace {

const CLI::Validator kCount = CLI::Range(1, std::numeric_limits<int>::max()).description("");
const CLI::Validator kPositive =
    CLI::Range(1.0, 1e30).description("");  // counts of parameters or tokens

}  // namespace

void add_ladder_inputs(CLI::App& app, LadderOptions& options, bool needs_config, bool averages) {
  app.add_option("-k,--keys", options.keys, "tasks and task sets, such as v2_main")
      ->type_name("KEY");
  app.add_option("-c,--config-path", options.config_paths, "which runs to use: a configuration")
      ->type_name("FILE")
      ->required(needs_config);
  if (!averages) return;
  app.add_option("--moving_avg", options.moving_avg, "checkpoints to average over")
      ->type_name("N")
      ->check(kCount);
}

void add_ladder_metrics(CLI::App& app, LadderOptions& options,
                        const std::vector<std::string>& x_metrics,
                        const std::vector<std::string>& y_metrics) {
  if (!x_metrics.empty()) {
    app.add_option("-x,--x_metric", options.x_metric, "what accuracy is predicted from")
        ->type_name("")
        ->check(CLI::IsMember(x_metrics));
  }
  if (!y_metrics.empty()) {
    options.y_metric = y_metrics.front();
    app.add_option("-y,--y_metric", options.y_metric, "what is predicted")
        ->type_name("")
        ->check(CLI::IsMember(y_metrics));
  }
}

void add_step2_options(CLI::App& app, LadderOptions& options) {
  app.add_option("--skip_perc", options.skip_perc,
                 "share of each run's first checkpoints to leave out of step 2")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0).description(""));
  app.add_flag("--use_log_sigmoid", options.use_log_sigmoid,
               "step 2 is a log-sigmoid instead of a sigmoid");
}

void add_step2_config(CLI::App& app, LadderOptions& options) {
  app.add_option("--step2-config-path", options.step2_config_path,
                 "another configuration for step 2")
      ->type_name("FILE");
}

void add_last_n_points(CLI::App& app, LadderOptions& options) {
  app.add_option("--last_n_points", options.last_n_points,
                 "last checkpoints of each run to use; 0: all")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber.description(""));
}

void add_target_options(CLI::App& app, LadderOptions& options) {
  CLI::Option* n = app.add_option("-n,--n", options.n_params, "parameters of the model to predict");
  CLI::Option* d = app.add_option("-d,--d", options.n_tokens, "tokens that it is trained on");
  n->type_name("N")->check(kPositive)->needs(d);
  d->type_name("D")->check(kPositive)->needs(n);
  app.add_option("-t,--target-name", options.target_name, "its name")->type_name("NAME");
}

void add_target_name(CLI::App& app, LadderOptions& options) {
  app.add_option("-t,--target-name", options.target_name,
                 "which eval model to predict (default: the first)")
      ->type_name("NAME");
}

void add_variance_options(CLI::App& app, LadderOptions& options) {
  options.last_n_points = 10;
  app.add_option("--last_n_points", options.last_n_points, "checkpoints to take the spread over")
      ->type_name("N")
      ->check(kCount);
  app.add_flag("--run_prediction", options.run_prediction,
               "put the prediction's errors beside the spread");
}

void add_ladder_extras(CLI::App& app, LadderOptions& options) {
  app.add_option("--tasks", options.tasks_path,
                 "a file of your own tasks, sets and model sizes (default: $RUNG_TASKS)")
      ->type_name("FILE");
  app.add_option("--level", options.level, "probability that an interval stands for")
      ->type_name("SHARE")
      ->check(CLI::Range(0.01, 0.9999).description(""));
  app.add_option("--latex", options.latex_path, "write the table as LaTeX")->type_name("FILE");
  app.add_flag("--print_table_as_latex", options.print_table_as_latex,
               "print the table as LaTeX instead of text");
}

void add_vary_options(CLI::App& app, LadderOptions& options) {
  app.add_option("--vary", options.vary, "what to grow: model size, run length or compute")
      ->type_name("")
      ->check(CLI::IsMember({"N", "xC", "flops"}));
  app.add_option("--which_step", options.which_step, "step1, step2, stacked or all")
      ->type_name("")
      ->check(CLI::IsMember({"step1", "step2", "stacked", "all"}));
  app.add_flag("--do_average", options.do_average, "show the mean over the tasks too");
}

}  // namespace rung::app
