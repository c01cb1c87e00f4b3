#include "rung/figure/runs/runs.hpp"

#include <algorithm>
#include <memory>
#include <sstream>

#include "rung/app/command.hpp"
#include "rung/app/follow.hpp"
#include "rung/app/read_runs.hpp"
#include "rung/report/runs/live.hpp"
#include "rung/report/runs/runs.hpp"

namespace rung::app {
namespace {

struct RunsCommand {
  LoggedInputs input;
  runs::Request request;
  std::string over;  // "": the first of tokens, steps, time that a run says
  bool has_no_end = false;
  FollowOptions following;
};

/// Over, where every run says what it was to reach and has reached it, or diverged.
bool are_over(const runs::Result& result) {
  return std::all_of(result.runs.begin(), result.runs.end(), [](const runs::RunSummary& run) {
    return run.state == runs::State::diverged ||
           (run.state == runs::State::finished && run.planned);
  });
}

/// Warnings and notes of each look would stand between the pictures.
void follow_runs(CommandContext& context, const RunsCommand& given, const runs::Request& request) {
  LoggedInputs input = given.input;
  input.is_growing = true;
  follow(context, input.sources, given.following, [&]() -> Look {
    std::ostringstream out, err;
    CommandContext unheard(out, err);
    const runs::Result result = runs::run(request, read_logged_runs(unheard, input));
    return {runs::live_text(result, picture_width()), are_over(result)};
  });
}

Answer look_at_runs(CommandContext& context, const RunsCommand& given) {
  runs::Request request = given.request;
  if (!given.over.empty()) request.axis = runs::parse_axis(given.over);
  request.extrapolates = !given.has_no_end;
  request.seed = context.common.seed;
  request.n_threads = context.common.n_threads;
  request.validate();
  if (given.following.follows) follow_runs(context, given, request);
  const auto result = std::make_shared<const runs::Result>(
      runs::run(request, read_logged_runs(context, given.input)));
  Answer answer(runs::describe(*result));
  answer.figure = [result] { return runs::runs_figure(*result); };
  return answer;
}

Action runs_command(Options& command) {
  const auto given = std::make_shared<RunsCommand>();
  runs::Request& request = given->request;
  command.add("RUNS", given->input.sources, "logs of training, as rung import reads them")
      .required()
      .value_name("");
  command.add("--metric", request.metric, "a column or a part of its name; default: the loss")
      .value_name("COLUMN");
  command
      .add("--over", given->over,
           "what curves are drawn over; default: tokens, else steps, else time")
      .choices({"tokens", "flops", "steps", "time"});
  command.add("--smooth", request.smooth, "rows to average over, around each")
      .value_name("N")
      .range(1, 1e6);
  command.add("--runs", given->input.pattern, "only runs whose name has this").value_name("REGEX");
  command
      .add("--where", request.where, "only these runs: \"n_params > 1e9 and state = 'diverged'\"")
      .value_name("EXPR");
  command.add("--sort", request.sort, "by a column of them; -final: descending")
      .value_name("COLUMN");
  command.add("--first", request.first, "show so many runs; 0: all").value_name("N").range(0, 1e9);
  command.add("--against", request.against, "compare with this run, at the same place: last tenths")
      .value_name("RUN");
  command.add("--planned", request.planned, "tokens, FLOPs or steps that every run is to reach")
      .value_name("N");
  command.add_flag("--no-end", given->has_no_end, "don't extrapolate runs that are under way");
  FollowOptions& following = given->following;
  command.add_flag("--follow", following.follows,
                   "draw the curves here again whenever the files grow, until all runs end");
  command.add("--every", following.every_seconds, "seconds between two looks at the files")
      .value_name("S")
      .needs("--follow")
      .range(0.05, 86400);
  command
      .add("--give-up", following.give_up_seconds,
           "end where nothing was written for so many seconds; 0: never")
      .value_name("S")
      .needs("--follow")
      .range(0, 1e7);
  command
      .add("--facts", given->input.facts_path,
           "a table of sizes and tokens: model, n_params, n_tokens, batch_tokens")
      .value_name("FILE");
  command.add("--batch-tokens", given->input.batch_tokens, "tokens a step, of runs that don't say")
      .value_name("N");
  command.add("--level", request.level, "of intervals").range(0.01, 0.9999);
  command.footer(
      "Columns for --where and --sort: model, state, n_params, n_tokens, step, final, spikes, and\n"
      "settings. A run is unfinished where its settings, its name (1xC: 20 tokens a parameter) or\n"
      "--planned say that it was to go on.\n"
      "Results, one a run: model, n_params, n_tokens, step, planned, state, final,\n"
      "learning_rate_peak, learning_rate, spikes {at, to, height}, diverges_at, extrapolated,\n"
      "interval, expected_by_others, falls_off, difference, difference_interval,\n"
      "difference_doubt (within noise, too few rows), compared_from, compared_at.");
  return [given](CommandContext& context) { return look_at_runs(context, *given); };
}

}  // namespace

std::vector<Command> runs_commands() {
  return {{.name = "runs",
           .summary = "training runs side by side: curves, spikes, what they will end at",
           .example = "rung runs runs.csv --sort final -o runs.svg",
           .group = "table",
           .place = 7,
           .declare = runs_command,
           .has_figure = true}};
}

}  // namespace rung::app
