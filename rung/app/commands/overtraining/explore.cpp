#include "rung/report/overtraining/explore.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/text.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct ExploreOptions {
  OvertrainingOptions testbed;
  ExploreRequest request;
};

Answer run_explore(CommandContext& context, const ExploreOptions& options) {
  const ExploreRequest& request = options.request;
  request.validate();
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  if (request.lists_rows()) return Answer(describe(run(request, testbed, study)));
  if (request.what == "tasks") return Answer(describe_tasks(testbed));
  if (request.what == "contradictions") return Answer(describe_contradictions(testbed));
  return Answer(describe(grid_sensitivity(testbed.grid), request.what == "effects"));
}

Action overtraining_explore(Options& command) {
  const auto options = std::make_shared<ExploreOptions>();
  command.add("WHAT", options->request.what, "one of " + join(ExploreRequest::subjects(), ", "))
      .value_name("")
      .choices(ExploreRequest::subjects(), false);
  add_testbed_options(command, options->testbed);
  command
      .add("--where", options->request.where,
           "rows to list, such as \"train_set = 'rpj' and tokens_per_parameter >= 160\"")
      .value_name("EXPR");
  command
      .add("--sort", options->request.sort,
           "by this column; with a minus before it, greatest first")
      .value_name("COLUMN");
  command.add("--columns", options->request.columns, "these columns, separated by commas")
      .value_name("LIST");
  command.add("--first", options->request.n_first, "no more rows than this; 0: all")
      .value_name("N");
  command.footer(
      "runs: the models; grid: the hyperparameter search; best-settings: its runs that none with\n"
      "as little compute beats; sensitivity and effects: what each hyperparameter is worth, all\n"
      "others being equal; tasks: what was evaluated; contradictions: in the metadata.\n"
      "--where, --sort, --columns and --first are for the first three; their results are rows by "
      "column.");
  return [options](CommandContext& context) { return run_explore(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_explore_commands() {
  return {{.name = "overtraining explore",
           .summary = "runs, tasks, the hyperparameter search",
           .example = "rung overtraining explore runs --sort -tokens_per_parameter --first 10",
           .group = "overtraining",
           .place = 90,
           .declare = overtraining_explore}};
}

}  // namespace rung::app
