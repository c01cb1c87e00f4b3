#pragma once
/// What the ladder's commands have in common: from options to runs, and from results to outputs.

#include <span>
#include <string>
#include <vector>

#include "rung/cli/context.hpp"
#include "rung/cli/ladder_options.hpp"
#include "rung/figure/figure.hpp"
#include "rung/report/ladder.hpp"
#include "rung/study/ladder/run.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::cli {

/// Rung's own tasks, and over them those of --tasks, else of $RUNG_TASKS.
ladder::Catalogue read_catalogue(CommandContext& context, const LadderOptions& options);

/// The one configuration that -c names. InputError where it names several.
std::string single_config(const LadderOptions& options);

/// A configuration, and which metrics of its runs are needed.
struct Wanted {
  std::string config_path;
  std::vector<ladder::Metric> metrics;
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

void add_drawn(CommandContext& context, const Figure& figure);

/// Adds the figure of -o, where one was asked for; `make()` returns it.
template <class Make>
void add_figure(CommandContext& context, Make make) {
  if (!context.common.figure_path.empty()) add_drawn(context, make());
}

}  // namespace rung::cli
