#include "rung/app/ladder/common.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "rung/app/ladder/run_inputs.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/ladder_config.hpp"
#include "rung/data/reader/ladder_runs.hpp"
#include "rung/data/sources.hpp"
#include "rung/study/ladder/chance.hpp"
#include "rung/study/ladder/clusters.hpp"
#include "rung/study/ladder/compare.hpp"
#include "rung/study/ladder/flops.hpp"
#include "rung/study/ladder/maximum.hpp"
#include "rung/study/ladder/series.hpp"
#include "rung/study/ladder/targets.hpp"
#include "rung/system/file.hpp"

namespace rung::app {

using ladder::Catalogue;
using ladder::Config;
using ladder::Ladder;
using ladder::Metric;

Catalogue read_catalogue(CommandContext& context, const LadderOptions& options) {
  return read_catalogue(context, options, options.from_runs.logged.sources.empty());
}

Catalogue read_catalogue(CommandContext& context, const LadderOptions& options,
                         bool reads_configuration) {
  Catalogue catalogue = Catalogue::embedded();
  std::string path = options.tasks_path;
  const char* environment = std::getenv("RUNG_TASKS");
  if (path.empty() && environment) path = environment;
  if (!path.empty()) {
    catalogue.add_text(read_file(path), path, !reads_configuration);
    context.note_input(ladder::run_of_table(path).file);
  }
  return catalogue;
}

namespace {

std::vector<std::string> optional_columns(const std::vector<ladder::Task>& tasks,
                                          const std::vector<ladder::Metric>& metrics) {
  std::vector<std::string> columns;
  for (const ladder::Task& task : tasks) {
    for (const ladder::Metric metric : metrics) {
      if (!task.has(metric)) continue;
      for (const auto& column : task.columns(metric)) columns.push_back(column.name);
    }
  }
  return columns;
}

bool is_everywhere(const std::vector<Config>& configs, const std::vector<ladder::Task>& tasks,
                   Metric metric) {
  const bool all_have = std::all_of(tasks.begin(), tasks.end(),
                                    [&](const ladder::Task& task) { return task.has(metric); });
  if (!all_have) return false;
  const std::vector<std::string> columns = ladder::columns_of(tasks, std::array{metric});
  return std::all_of(configs.begin(), configs.end(),
                     [&](const Config& config) { return ladder::have_columns(config, columns); });
}

/// Which option there is that says something of RUNS; "": none.
std::string only_of_runs(const RunOptions& given) {
  if (!given.loss.empty()) return "--loss";
  if (!given.accuracies.empty()) return "--accuracy";
  if (!given.targets.empty()) return "--targets";
  if (!given.logged.pattern.empty()) return "--runs";
  if (!given.logged.facts_path.empty()) return "--facts";
  return given.logged.batch_tokens ? "--batch-tokens" : "";
}

}  // namespace

std::string single_config(const LadderOptions& options) {
  if (!options.from_runs.logged.sources.empty()) {
    if (options.config_paths.empty()) return "";
    throw InputError("RUNS and -c both say which runs to use", "give one of them");
  }
  if (const std::string only = only_of_runs(options.from_runs); !only.empty())
    throw InputError(only + " is of RUNS as they were logged, and there are none",
                     "name logs and evaluations, or leave it out");
  if (options.config_paths.empty())
    throw InputError("which runs to use?",
                     "-c FILE, a configuration, or RUNS as they were logged, with --loss and "
                     "--accuracy");
  if (options.config_paths.size() == 1) return options.config_paths.front();
  throw InputError("-c takes one configuration here, and there are " +
                       std::to_string(options.config_paths.size()),
                   "run the command once for each");
}

namespace {

LadderInputs read_configured_inputs(CommandContext& context, const LadderOptions& options,
                                    std::span<const Wanted> wanted) {
  LadderInputs inputs{.catalogue = read_catalogue(context, options), .tasks = {}, .ladders = {}};
  inputs.tasks = inputs.catalogue.select(options.keys);
  if (!options.tasks_path.empty()) note_unused_tasks(context, inputs.catalogue, inputs.tasks);
  std::vector<ladder::LadderRequest> requests;
  for (const Wanted& want : wanted) {
    Config config = ladder::read_config(want.config_path);
    context.note_input(want.config_path);
    if (want.training_only)
      std::erase_if(config.models, [](const ladder::ModelConfig& model) {
        return model.mode != ladder::Mode::train;
      });
    for (const ladder::ModelConfig& model : config.models) {
      for (const auto& path : model.paths) context.note_input(ladder::run_of_table(path).file);
    }
    std::vector<std::string> columns = ladder::columns_of(inputs.tasks, want.metrics);
    columns.insert(columns.end(), want.columns.begin(), want.columns.end());
    std::vector<std::string> optional = optional_columns(inputs.tasks, want.optional_metrics);
    optional.insert(optional.end(), want.optional_columns.begin(), want.optional_columns.end());
    requests.push_back({std::move(config), {std::move(columns), std::move(optional)}});
  }
  inputs.ladders = ladder::read_ladders(requests, context.common.n_threads);
  for (const Ladder& ladder : inputs.ladders)
    assume_chances(inputs.catalogue, ladder, inputs.tasks);
  std::vector<std::string> told;
  for (const Ladder& ladder : inputs.ladders) {
    for (const std::string& warning : ladder.warnings) {
      if (std::find(told.begin(), told.end(), warning) != told.end()) continue;
      told.push_back(warning);
      context.warn(warning);
    }
  }
  return inputs;
}

/// As logged, runs of one training have names of their own as a rule.
void check_shared_models(const std::vector<Ladder>& ladders) {
  for (const Ladder& ladder : ladders) {
    std::set<std::string> models;
    for (const ladder::LadderRun& run : ladder.runs) {
      if (!models.insert(run.model).second) return;
    }
  }
  throw InputError("--cluster model: each of RUNS has a name of its own",
                   "a configuration (rung ladder configuration writes one) says which files are of "
                   "one model");
}

/// Averages and shares of runs of one checkpoint each, which has nothing to average or leave out.
void note_without_effect(CommandContext& context, const LadderOptions& options,
                         const std::vector<Ladder>& ladders) {
  for (const Ladder& ladder : ladders) {
    for (const ladder::LadderRun& run : ladder.runs) {
      if (run.mode == ladder::Mode::train && run.n_tokens.size() > 1) return;
    }
  }
  if (options.moving_avg > 1)
    context.note("--moving_avg changes nothing here: each run has one checkpoint");
  if (options.skip_perc > 0)
    context.note("--skip_perc changes nothing here: each run has one checkpoint");
}

/// The same rule for configured and logged runs.
void count_flops(CommandContext& context, std::span<const Wanted> wanted, LadderInputs& inputs) {
  std::vector<std::string> told;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].in_compute) continue;
    const auto note = complete_flops(inputs.ladders[i], inputs.catalogue);
    if (!note || contains(told, *note)) continue;
    told.push_back(*note);
    context.note(*note);
  }
}

/// Of what is wanted; the first accuracy's doubt is told.
void check_maxima(std::span<const Wanted> wanted, LadderInputs& inputs) {
  for (ladder::Task& task : inputs.tasks) {
    if (task.maximum >= 1) continue;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      for (const Metric metric : wanted[i].metrics) {
        const Ladder& ladder = inputs.ladders[i];
        if (!ladder::is_accuracy(metric) || !ladder_has(ladder, task, metric)) continue;
        std::string doubt =
            doubt_of_maximum(ladder, task, metric, inputs.catalogue.where(task.key));
        if (task.maximum_doubt.empty()) task.maximum_doubt = std::move(doubt);
      }
    }
  }
}

}  // namespace

LadderInputs read_ladder_inputs(CommandContext& context, const LadderOptions& options,
                                std::span<const Wanted> wanted) {
  const bool configured = options.from_runs.logged.sources.empty();
  LadderInputs inputs = configured ? read_configured_inputs(context, options, wanted)
                                   : read_run_inputs(context, options, wanted);
  check_maxima(wanted, inputs);
  count_flops(context, wanted, inputs);
  note_without_effect(context, options, inputs.ladders);
  const ladder::ClusterBy by = ladder::parse_cluster(options.cluster);
  if (!configured && by == ladder::ClusterBy::model) check_shared_models(inputs.ladders);
  for (Ladder& ladder : inputs.ladders) cluster_runs(ladder, by);
  return inputs;
}

LadderOptions with_available_loss(CommandContext& context, LadderOptions options) {
  constexpr Metric kLosses[] = {Metric::rc_bpb, Metric::c4, Metric::rc_soft_log, Metric::loss};
  if (!options.x_metric.empty() || !options.from_runs.logged.sources.empty()) return options;
  const std::vector<ladder::Task> tasks = read_catalogue(context, options).select(options.keys);
  std::vector<Config> configs;
  for (const std::string& path : options.config_paths) configs.push_back(ladder::read_config(path));
  if (!options.step2_config_path.empty())
    configs.push_back(ladder::read_config(options.step2_config_path));
  for (const Metric loss : kLosses) {
    if (!is_everywhere(configs, tasks, loss)) continue;
    options.x_metric = metric_name(loss);
    if (loss != kLosses[0])
      context.warn("not every run has " + std::string(metric_label(kLosses[0])) +
                   ": accuracy is predicted from " + std::string(metric_label(loss)) + ", -x " +
                   options.x_metric);
    break;
  }
  return options;
}

ladder::Metric loss_metric(const LadderOptions& options) {
  if (!options.from_runs.loss.empty()) return ladder::metric_of_loss(options.from_runs.loss);
  return options.x_metric.empty() ? Metric::rc_bpb : ladder::parse_metric(options.x_metric);
}

ladder::Metric accuracy_metric(const LadderOptions& options) {
  return options.from_runs.accuracies.empty() ? ladder::parse_metric(options.y_metric)
                                              : Metric::rc_acc;
}

ladder::Metric step1_metric(const LadderOptions& options) {
  return options.from_runs.loss.empty() ? accuracy_metric(options) : loss_metric(options);
}

ladder::Metric predicted_loss(const LadderOptions& options) {
  return options.from_runs.loss.empty() ? ladder::parse_metric(options.y_metric)
                                        : loss_metric(options);
}

ladder::Step2Settings step2_settings(const LadderOptions& options) {
  ladder::Step2Settings settings;
  settings.points.x_metric = loss_metric(options);
  settings.points.y_metric = accuracy_metric(options);
  settings.points.skip_perc = options.skip_perc;
  settings.points.moving_avg = static_cast<std::size_t>(options.moving_avg);
  settings.points.last_n_points = static_cast<std::size_t>(options.last_n_points);
  settings.use_log_sigmoid = options.use_log_sigmoid;
  settings.free_top = options.free_top;
  settings.level = options.level;
  return settings;
}

ladder::ChainSettings chain_settings(const CommandContext& context, const LadderOptions& options) {
  ladder::ChainSettings settings;
  settings.step2 = step2_settings(options);
  settings.step1.points.metric = settings.step2.points.x_metric;
  settings.step1.points.moving_avg = settings.step2.points.moving_avg;
  settings.level = settings.step1.level = options.level;
  settings.n_bootstrap = context.common.n_bootstrap;
  settings.seed = context.common.seed;
  settings.n_threads = context.common.n_threads;
  return settings;
}

std::size_t average_within(CommandContext& context, const LadderOptions& options,
                           const std::vector<Ladder>& ladders) {
  const auto asked = static_cast<std::size_t>(options.moving_avg);
  const Ladder& shortest =
      *std::min_element(ladders.begin(), ladders.end(), [&](const Ladder& a, const Ladder& b) {
        return within_runs(a, asked) < within_runs(b, asked);
      });
  const std::size_t n = within_runs(shortest, asked);
  if (const auto note = note_of_average(shortest, asked)) context.note(*note);
  const auto n_shorter =
      std::count_if(shortest.runs.begin(), shortest.runs.end(), [&](const ladder::LadderRun& run) {
        return run.mode == ladder::Mode::train && run.n_rows() > 1 && run.n_rows() < n;
      });
  if (n_shorter > 0)
    context.note("averages go over all checkpoints of " +
                 counted(static_cast<std::size_t>(n_shorter), "run") + " with fewer than " +
                 std::to_string(n));
  return n;
}

LadderOptions with_published_ladder(LadderOptions options) {
  if (!options.from_runs.logged.sources.empty()) return options;
  if (options.keys.empty()) options.keys = {"v2_main"};
  if (!options.config_paths.empty()) return options;
  // In a checkout of the published repository, as its README's command expects.
  const std::string checkout = "src/scripts/paper/configs/final.json";
  if (file_exists(checkout)) {
    options.config_paths = {checkout};
    return options;
  }
  const auto folder = data_folder(data_source("olmo-ladder"), data_places_of_environment());
  options.config_paths = {(folder / "configs/final.json").lexically_normal().string()};
  return options;
}

namespace {

/// Of a name as "7B-4T" beside a size or a length that it does not say.
void warn_of_name(CommandContext& context, const ladder::Target& target) {
  constexpr double kRounded = 0.1;
  const std::vector<std::string> parts = split(target.name, '-');
  if (parts.size() != 2) return;
  const std::optional<double> n = parse_quantity(parts[0]), d = parse_quantity(parts[1]);
  if (!n || !d) return;
  const auto warn = [&](double named, double said, const char* option, const char* unit) {
    if (std::abs(named - said) > kRounded * said)
      context.warn("-t " + target.name + " names " + short_count(named) + unit + ", and " + option +
                   " says " + short_count(said) + ", which counts");
  };
  warn(*n, target.n_params, "-n", " parameters");
  warn(*d, target.n_tokens, "-d", " tokens");
}

}  // namespace

std::vector<ladder::Target> extra_targets(CommandContext& context, const LadderOptions& options,
                                          const Catalogue& catalogue, const Ladder& ladder) {
  constexpr double kFar = 1000;  // laws were tried a few hundred times beyond their runs
  std::vector<ladder::Target> targets = ladder::extra_targets(
      {options.n_params, options.n_tokens, options.target_name}, catalogue, ladder);
  double most = 0;
  for (const ladder::LadderRun& run : ladder.runs) {
    if (run.mode == ladder::Mode::train && !run.n_tokens.empty())
      most = std::max(most, training_flops(ladder::n_params(run), run.n_tokens.back()));
  }
  for (const ladder::Target& target : targets) {
    warn_of_name(context, target);
    const double factor = training_flops(target.n_params, target.n_tokens) / most;
    if (factor > kFar && std::isfinite(factor))
      context.warn(
          target.name + " takes " + short_count(factor) +
          " times the compute of the largest run (by 6 N D): no run shows what comes there");
  }
  return targets;
}

void note_all_points(CommandContext& context, const LadderOptions& options, const Ladder& runs) {
  if (options.last_n_points == 0) return;
  for (const ladder::LadderRun& run : runs.runs) {
    if (run.mode == ladder::Mode::train &&
        run.n_tokens.size() > static_cast<std::size_t>(options.last_n_points))
      return;
  }
  context.note("--last_n_points changes nothing here: no run has more checkpoints");
}

void warn_without_target(CommandContext& context, bool has_target) {
  if (!has_target)
    context.warn(
        "no model is predicted: -n N and -d D describe one, and --targets names some of RUNS");
}

Answer ladder_answer(const LadderOptions& options, Document document) {
  Answer answer(std::move(document));
  answer.latex_path = options.latex_path;
  answer.prints_latex = options.print_table_as_latex;
  return answer;
}

}  // namespace rung::app
