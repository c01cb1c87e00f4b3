#include "rung/study/imports/imports.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/pattern.hpp"
#include "rung/core/text.hpp"
#include "rung/data/run_names.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/units.hpp"
#include "rung/study/imports/facts.hpp"
#include "rung/study/imports/merge_runs.hpp"
#include "rung/study/imports/metric_groups.hpp"

namespace rung::imports {
namespace {

/// By --metrics, and in any of the groups of --group.
class MetricFilter {
 public:
  explicit MetricFilter(const Request& request) : own_(request.metrics, "--metrics") {
    for (const std::string& name : request.groups)
      groups_.emplace_back(std::string(metric_group(name).expression), "--group");
  }
  bool keeps(const std::string& metric) const {
    return own_.is_found_in(metric) &&
           (groups_.empty() ||
            std::any_of(groups_.begin(), groups_.end(),
                        [&](const Pattern& group) { return group.is_found_in(metric); }));
  }

 private:
  Pattern own_;
  std::vector<Pattern> groups_;
};

std::string column_of(const Score& score) { return score.task + "_" + score.metric; }

bool has_metrics(const Run& run) {
  return std::any_of(run.metrics.begin(), run.metrics.end(),
                     [](const auto& metric) { return !is_place(metric.first); });
}

/// "--runs and --metrics leave nothing over", of those that were given.
InputError nothing_left(const Request& request) {
  std::vector<std::string> given;
  if (!request.runs.empty()) given.emplace_back("--runs");
  if (!request.metrics.empty()) given.emplace_back("--metrics");
  if (!request.groups.empty()) given.emplace_back("--group");
  const bool one = given.size() == 1;
  return InputError(join(given, " and ") + (one ? " leaves" : " leave") + " nothing over",
                    std::string("look at what there is without ") + (one ? "it" : "them"));
}

void apply_filters(const Request& request, Imported& imported) {
  const Pattern runs(request.runs, "--runs");
  const MetricFilter metrics(request);
  const bool had_some = !imported.runs.empty() || !imported.scores.empty();
  std::erase_if(imported.runs, [&](const Run& run) {
    return !runs.is_found_in(run.model) && (run.label.empty() || !runs.is_found_in(run.label));
  });
  for (Run& run : imported.runs) {
    std::erase_if(run.metrics, [&](const auto& metric) {
      return !is_place(metric.first) && !metrics.keeps(metric.first);
    });
  }
  std::erase_if(imported.scores, [&](const Score& score) {
    return !runs.is_found_in(score.model) || !metrics.keeps(column_of(score));
  });
  const bool has_metric = std::any_of(imported.runs.begin(), imported.runs.end(), has_metrics);
  const bool is_asked = !request.metrics.empty() || !request.groups.empty();
  const bool is_empty = is_asked ? !has_metric : imported.runs.empty();
  if (had_some && is_empty && imported.scores.empty()) throw nothing_left(request);
}

/// Runs that are known by an identifier take the name that somebody gave them, where no other has
/// it.
void take_given_names(std::vector<Run>& runs) {
  std::map<std::string, int> n_named;
  for (const Run& run : runs) ++n_named[run.label];
  for (Run& run : runs) {
    constexpr std::size_t kIdentifier = 32;
    const bool is_identifier =
        run.descriptions.erase(kRunId) > 0 ||
        (run.model.size() == kIdentifier &&
         run.model.find_first_not_of("0123456789abcdef") == std::string::npos);
    if (is_identifier && !run.label.empty() && n_named[run.label] == 1) run.model = run.label;
  }
}

/// The newest of each; of those without a date the last.
void keep_newest(std::vector<Score>& scores, std::vector<std::string>& notes) {
  using Key = std::tuple<std::string, std::string, std::string, double>;
  std::map<Key, std::size_t> place;
  std::vector<Score> kept;
  std::set<std::string> replaced_models;
  std::string newest_file;
  std::size_t n_replaced = 0;
  for (Score& score : scores) {
    const Key key{score.model, score.task, score.metric, score.step.value_or(-1)};
    const auto [found, is_new] = place.emplace(key, kept.size());
    if (is_new) {
      kept.push_back(std::move(score));
      continue;
    }
    Score& old = kept[found->second];
    const bool is_newer = score.date.value_or(0) >= old.date.value_or(0);
    if (old.value != score.value) {
      ++n_replaced;
      replaced_models.insert(score.model);
      newest_file = is_newer ? score.file : old.file;
    }
    if (is_newer) {
      if (!score.n) score.n = old.n;
      if (!score.stderror) score.stderror = old.stderror;
      old = std::move(score);
    }
  }
  scores = std::move(kept);
  if (n_replaced == 0) return;
  notes.push_back("measured again, so that the newest counts: " + counted(n_replaced, "score") +
                  " of " + counted(replaced_models.size(), "model") + ", such as those of " +
                  newest_file);
}

/// The run that a model's scores belong to: of its name, else of a folder that the scores lie in.
Run* find_run(std::vector<Run>& runs, const Score& score) {
  const auto named = [&](const std::string& name) -> Run* {
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](const Run& run) { return run.model == name; });
    return found == runs.end() ? nullptr : &*found;
  };
  if (Run* run = named(score.model)) return run;
  const std::vector<std::string> folders = split(score.file, '/');
  for (std::size_t i = folders.size() > 0 ? folders.size() - 1 : 0; i-- > 0;) {
    if (Run* run = named(parse_checkpoint_name(folders[i]).model)) return run;
  }
  return nullptr;
}

std::size_t row_of(Run& run, const Score& score) {
  const auto steps = run.metrics.find(kStep);
  if (!score.step || steps == run.metrics.end()) return run.n_rows() - 1;
  const auto found = std::find(steps->second.begin(), steps->second.end(), *score.step);
  if (found != steps->second.end()) return static_cast<std::size_t>(found - steps->second.begin());
  return insert_row(run, *score.step);
}

void put_score(Run& run, const std::string& metric, std::size_t row, std::optional<double> value) {
  if (!value) return;
  std::vector<double>& values = run.metrics[metric];
  values.resize(run.n_rows(), kNaN);
  values[row] = *value;
  run.lines.clear();  // scores are of other files
}

/// Scores as columns of their runs; those of models without a run make runs of one row.
void join_scores(Result& result) {
  std::set<std::string> unmatched;
  const bool had_rows = std::any_of(result.runs.begin(), result.runs.end(),
                                    [](const Run& run) { return run.n_rows() > 0; });
  for (const Score& score : result.scores) {
    Run* run = find_run(result.runs, score);
    if (!run) {
      result.runs.push_back({});
      run = &result.runs.back();
      run->model = score.model;
      run->file = score.file;
      if (had_rows) unmatched.insert(score.model);
    }
    if (run->n_rows() == 0) {
      run->n_tokens = {kNaN};
      if (score.step) run->metrics[kStep] = {*score.step};
    }
    const std::size_t row = row_of(*run, score);
    put_score(*run, column_of(score), row, score.value);
    put_score(*run, column_of(score) + "_stderr", row, score.stderror);
    put_score(*run, score.task + "_n", row, score.n);
  }
  if (unmatched.empty()) return;
  result.warnings.push_back("scores of " + counted(unmatched.size(), "model") +
                            " belong to no run, such as '" + *unmatched.begin() +
                            "': they make rows of their own, without step or tokens");
}

/// From the run's settings, else from its name.
void find_sizes(Result& result) {
  std::size_t n_by_name = 0;
  std::string example;
  for (Run& run : result.runs) {
    const auto setting = [&](const char* key) -> std::optional<double> {
      const auto found = run.settings.find(key);
      return found == run.settings.end() ? std::nullopt : std::optional(found->second);
    };
    auto& [total, non_embedding, active] = run.n_params;
    if (!total) total = setting("n_params");
    if (!non_embedding) non_embedding = setting("n_params_non_embedding");
    if (total || non_embedding) continue;
    total = size_in_name(run.model);
    if (!total) continue;
    ++n_by_name;
    example = run.model + " has " + short_count(*total) + " parameters";
  }
  if (n_by_name > 0)
    result.notes.push_back("taken from names: the sizes of " + counted(n_by_name, "run") + ": " +
                           example + "; --facts FILE says better");
}

void warn_of_names(Result& result) {
  std::vector<NamedSize> sizes;
  std::vector<NamedLength> lengths;
  for (const Run& run : result.runs) {
    const auto& [total, non_embedding, active] = run.n_params;
    if (!total && !non_embedding) continue;
    const double size = total ? *total : *non_embedding;
    sizes.push_back({run.model, size, total.has_value()});
    if (!run.n_tokens.empty()) lengths.push_back({run.model, size, run.n_tokens.back()});
  }
  for (std::string doubt : {doubt_of_named_sizes(sizes), doubt_of_named_lengths(lengths)})
    if (!doubt.empty()) result.warnings.push_back(std::move(doubt));
}

/// Of sizes and of tokens at the end, as those of a fit's columns.
void warn_of_units(Result& result) {
  std::vector<double> sizes, tokens;
  for (const Run& run : result.runs) {
    sizes.push_back(run.n_params.total.value_or(run.n_params.non_embedding.value_or(kNaN)));
    tokens.push_back(run.n_tokens.empty() ? kNaN : run.n_tokens.back());
  }
  for (std::string& doubt : unit_doubts({.n_params = sizes, .n_tokens = tokens}))
    result.warnings.push_back(std::move(doubt));
}

void find_tokens(Result& result, const Request& request) {
  std::size_t n_filled = 0, n_without = 0;
  for (Run& run : result.runs) {
    n_filled += fill_tokens(run, request.batch_tokens);
    n_without += run.n_rows() > 0 && std::isnan(run.n_tokens.back());
  }
  if (n_filled > 0)
    result.notes.push_back("tokens of " + counted(n_filled, "row") + " follow from steps");
  if (n_without > 0)
    result.notes.push_back("tokens of " + counted(n_without, "run") +
                           " are not known: --batch-tokens N or --facts FILE");
}

Table table_of_scores(const std::vector<Score>& scores) {
  Table table("scores");
  std::vector<std::string> models, tasks, metrics;
  std::vector<double> values, stderrors, ns, steps;
  for (const Score& score : scores) {
    models.push_back(score.model);
    tasks.push_back(score.task);
    metrics.push_back(score.metric);
    values.push_back(score.value);
    stderrors.push_back(score.stderror.value_or(kNaN));
    ns.push_back(score.n.value_or(kNaN));
    steps.push_back(score.step.value_or(kNaN));
  }
  table.add({"model", std::move(models)});
  if (std::any_of(steps.begin(), steps.end(), [](double step) { return !std::isnan(step); }))
    table.add({kStep, std::move(steps)});
  table.add({"task", std::move(tasks)});
  table.add({"metric", std::move(metrics)});
  table.add({"value", std::move(values)});
  table.add({"stderr", std::move(stderrors)});
  table.add({"n", std::move(ns)});
  return table;
}

void say_repeated(const Merged& merged, Repeated repeated, std::vector<std::string>& notes) {
  if (merged.n_repeated == 0) return;
  notes.push_back("logged again with another value: " + counted(merged.n_repeated, "value") +
                  " of " + counted(merged.repeated_runs.size(), "run") + " (first: '" +
                  merged.repeated_runs.front() + "'): " +
                  (repeated == Repeated::last
                       ? "the last counts; rung import --repeated mean averages them"
                       : "their mean counts"));
}

}  // namespace

void Request::validate() const {
  Pattern(runs, "--runs");
  Pattern(metrics, "--metrics");
  for (const std::string& group : groups) metric_group(group);
  if (batch_tokens && !(*batch_tokens > 0 && std::isfinite(*batch_tokens)))
    throw InputError("--batch-tokens must be a number above 0");
}

Result run(const Request& request, Imported imported, const Facts* facts) {
  request.validate();
  apply_filters(request, imported);
  Result result;
  result.warnings = std::move(imported.warnings);
  Merged merged = merge_runs(imported.runs, request.repeated);
  say_repeated(merged, request.repeated, result.notes);
  result.runs = std::move(merged.runs);
  take_given_names(result.runs);
  result.scores = std::move(imported.scores);
  keep_newest(result.scores, result.notes);
  const bool some_rows = std::any_of(result.runs.begin(), result.runs.end(),
                                     [](const Run& run) { return run.n_rows() > 0; });
  result.is_of_runs = request.kind == Kind::runs || (request.kind == Kind::automatic && some_rows);
  if (!result.is_of_runs && result.scores.empty())
    throw InputError("there are no scores of tasks here", "--as runs makes a table of runs");
  if (!result.is_of_runs) {
    result.table = table_of_scores(result.scores);
    return result;
  }
  join_scores(result);
  std::erase_if(result.runs, [](const Run& run) { return run.n_rows() == 0; });
  if (result.runs.empty()) throw InputError("there is no run here");
  if (facts) take_facts(result, *facts);
  find_sizes(result);
  find_tokens(result, request);
  warn_of_names(result);
  warn_of_units(result);
  result.table = table_of_checkpoints(result.runs, "runs");
  return result;
}

}  // namespace rung::imports
