#include "rung/study/ladder/logged_runs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/known_names.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/study/ladder/blank_cells.hpp"
#include "rung/study/ladder/early_ends.hpp"
#include "rung/study/ladder/logged_columns.hpp"
#include "rung/study/ladder/series.hpp"

namespace rung::ladder {
namespace {

bool is_known(const std::vector<double>& values, std::size_t i) {
  return i < values.size() && std::isfinite(values[i]);
}

/// The last value that is there, NaN without one.
double last_of(const std::vector<double>& values) {
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    if (std::isfinite(*value)) return *value;
  }
  return kNaN;
}

class Converter {
 public:
  Converter(std::vector<Run> runs, const LoggedRequest& request)
      : runs_(std::move(runs)), request_(request) {}

  LoggedLadder ladder() {
    find_columns();
    choose_sizes();
    for (const Run& run : runs_) add_run(run);
    check_targets();
    for (const Task& task : result_.tasks) {
      if (task.has(Metric::rc_acc)) make_shares(task.columns(Metric::rc_acc).front().name);
    }
    for (const Task& task : result_.tasks) note_error_rate(task);
    note_unit_of_loss();
    for (std::string& note : early_ends_.notes()) result_.notes.push_back(std::move(note));
    for (std::string& note : blank_cells_.notes()) result_.notes.push_back(std::move(note));
    if (!at_their_end_.empty())
      result_.notes.push_back("no row has all of " + join(columns_, ", ") + " in " +
                              counted(at_their_end_.size(), "run") + " such as " +
                              at_their_end_.front() + ": their ends count");
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(result_);
  }

 private:
  void find_columns() {
    const LoggedColumns columns = columns_of_runs(runs_);
    std::string loss;
    if (!request_.loss.empty()) {
      columns_.push_back(loss = column_meant(request_.loss, "--loss", columns));
      result_.loss = Task{.key = loss, .name = loss};
      set_column(*result_.loss, metric_of_loss(request_.loss), loss);
    }
    for (const std::string& accuracy : request_.accuracies) {
      const std::string column = column_meant(accuracy, "--accuracy", columns);
      if (column == loss)
        throw InputError("--loss and --accuracy both mean " + column, "give two columns");
      if (contains(columns_, column)) continue;  // named twice
      columns_.push_back(column);
      accuracies_.push_back(column);
      result_.tasks.push_back(task_of(column, loss));
    }
    if (columns_.empty())
      throw InputError("which columns of the runs to use?",
                       "--loss COLUMN and --accuracy COLUMN; there are: " +
                           join({columns.begin(), columns.end()}, ", "));
    if (request_.accuracies.empty()) result_.tasks.push_back(*result_.loss);
  }

  static void set_column(Task& task, Metric metric, const std::string& column) {
    task.columns_by_metric[static_cast<std::size_t>(metric)] = {{column}};
  }

  Task task_of(const std::string& accuracy, const std::string& loss) {
    Task task{.key = accuracy, .name = accuracy};
    set_column(task, Metric::rc_acc, accuracy);
    if (!loss.empty()) set_column(task, metric_of_loss(request_.loss), loss);
    if (const auto questions = logged_questions(runs_, accuracy)) {
      task.n_examples = questions->n;
      result_.questions[accuracy] = *questions;
    }
    return task;
  }

  void choose_sizes() {
    const bool all_without = std::all_of(runs_.begin(), runs_.end(), [](const Run& run) {
      return run.n_params.non_embedding.has_value();
    });
    for (Run& run : runs_) {
      if (!all_without && run.n_params.total) run.n_params.non_embedding = run.n_params.total;
    }
    if (!all_without && !runs_.empty())
      result_.notes.push_back(
          "sizes count the parameters that the runs or their names say: -n "
          "counts the same");
  }

  const std::vector<double>& values(const Run& run, const std::string& column) const {
    static const std::vector<double> kNone;
    const auto found = run.metrics.find(column);
    return found == run.metrics.end() ? kNone : found->second;
  }

  /// Rows that are evaluated checkpoints, tokens growing from each to the next.
  std::vector<std::size_t> checkpoints_of(const Run& run) const {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < run.n_rows(); ++i) {
      const double after = rows.empty() ? 0 : run.n_tokens[rows.back()];
      const bool is_whole =
          std::all_of(columns_.begin(), columns_.end(),
                      [&](const std::string& column) { return is_known(values(run, column), i); });
      if (is_whole && run.n_tokens[i] > after) rows.push_back(i);
    }
    return rows;
  }

  void add_run(const Run& run) {
    if (!run.n_params.non_embedding) {
      problems_.push_back({{run.file},
                           "run '" + run.model + "' says no size",
                           is_first_sizeless_ ? "it is read from a column n_params, params, "
                                                "model_size or size, or from a name such as "
                                                "190M-1xC; else --facts FILE, a table with model "
                                                "and n_params"
                                              : ""});
      is_first_sizeless_ = false;
      return;
    }
    if (const double size = *run.n_params.non_embedding; !(size > 0 && std::isfinite(size))) {
      problems_.push_back({{run.file},
                           "run '" + run.model + "' has a size of " + shortest(size),
                           "leave it out (--runs), or say its size (--facts)"});
      return;
    }
    LadderRun added{run};
    const double n_tokens = last_of(run.n_tokens);
    if (!added.flops_per_token && run.total_flops && n_tokens > 0)
      added.flops_per_token = *run.total_flops / n_tokens;
    added.n_tokens.clear();
    added.metrics.clear();
    added.lines.clear();
    const std::vector<std::size_t> rows = checkpoints_of(run);
    for (const std::size_t row : rows) {
      if (row < run.lines.size()) added.lines.push_back(run.lines[row]);
      added.n_tokens.push_back(run.n_tokens[row]);
      for (const std::string& column : columns_)
        added.metrics[column].push_back(values(run, column)[row]);
      if (run.metrics.count(kStep) > 0) added.metrics[kStep].push_back(values(run, kStep)[row]);
    }
    if (rows.empty() && !set_end(run, added)) return;
    if (!rows.empty()) {
      early_ends_.add(run, rows.back(), columns_);
      blank_cells_.add(run, rows.back(), columns_, accuracies_);
    }
    if (added.length.empty()) added.length = length_in_name(run.model);
    added.label = short_count(*added.n_params.non_embedding);
    const bool is_target = contains(request_.targets, run.model);
    if (is_target) added.label = run.model;
    added.mode = is_target ? Mode::eval : Mode::train;
    result_.ladder.runs.push_back(std::move(added));
  }

  /// "1xC" of "190M-1xC".
  static std::string length_in_name(const std::string& model) {
    for (const std::string& part : split(model, '-')) {
      if (part.ends_with("xC") && parse_double(part.substr(0, part.size() - 2))) return part;
    }
    return "";
  }

  bool set_end(const Run& run, LadderRun& added) {
    const double n_tokens = last_of(run.n_tokens);
    if (!(n_tokens > 0)) {
      problems_.push_back({{run.file},
                           "run '" + run.model + "' says no tokens",
                           "--batch-tokens N, or --facts FILE with n_tokens"});
      return false;
    }
    added.n_tokens = {n_tokens};
    for (const std::string& column : columns_) {
      const double value = last_of(values(run, column));
      if (std::isnan(value)) {
        problems_.push_back(
            {{run.file},
             "run '" + run.model + "' has no value of " + column + " in any row",
             "evaluate it, or leave the run out: --runs REGEX names those to keep"});
        return false;
      }
      added.metrics[column] = {value};
    }
    if (run.n_rows() > 1) at_their_end_.push_back(run.model);
    return true;
  }

  using Places = std::vector<std::pair<const LadderRun*, std::size_t>>;  // run and checkpoint

  /// ": run 'a' has 0.31 at step 9", of the first share of a column; "" without.
  static std::string share_among(const Places& places, const std::string& column) {
    for (const auto& [run, at] : places) {
      const double value = run->metrics.at(column)[at];
      if (value > 0 && value <= 1)
        return ": run '" + run->model + "' has " + significant(value) + " at " +
               checkpoint_name(*run, at);
    }
    return "";
  }

  /// Accuracies in percent become shares; what is neither is a problem.
  void make_shares(const std::string& column) {
    constexpr double kLeastOfPercent = 10;  // that the best run has; losses stay below
    std::vector<double> all;
    Places places;  // of all
    for (const LadderRun& run : result_.ladder.runs) {
      const std::vector<double>& accuracies = run.metrics.at(column);
      all.insert(all.end(), accuracies.begin(), accuracies.end());
      for (std::size_t i = 0; i < accuracies.size(); ++i) places.emplace_back(&run, i);
    }
    if (all.empty()) return;
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    if (*least >= 0 && *most <= 1) return;
    if (!looks_like_percent(all) || *most < kLeastOfPercent) {
      const auto worst = *least < 0 ? least : most;
      const auto& [run, at] = places[static_cast<std::size_t>(worst - all.begin())];
      problems_.push_back({run->location(at),
                           "run '" + run->model + "' has " + column + " " + significant(*worst) +
                               " at " + checkpoint_name(*run, at) + ", which is no accuracy",
                           "a share of questions lies between 0 and 1, and percentages are taken "
                           "where a column has no others" +
                               share_among(places, column)});
      return;
    }
    const bool any_small =
        std::any_of(all.begin(), all.end(), [](double value) { return value > 0 && value <= 1; });
    for (LadderRun& run : result_.ladder.runs) {
      for (double& accuracy : run.metrics.at(column)) accuracy /= 100;
    }
    result_.notes.push_back(column + " is in percent and was divided by 100" +
                            (any_small ? ", also its values of 1 and less" : ""));
  }

  /// Of an accuracy that clearly rises with the loss.
  void note_error_rate(const Task& task) {
    constexpr double kClearly = 0.5;  // Pearson's r
    const Metric loss = metric_of_loss(request_.loss);
    if (request_.loss.empty() || !task.has(Metric::rc_acc) || !task.has(loss)) return;
    const std::string accuracy_column = task.columns(Metric::rc_acc).front().name;
    const std::string loss_column = task.columns(loss).front().name;
    std::vector<double> losses, accuracies;
    for (const LadderRun& run : result_.ladder.runs) {
      const auto &x = run.metrics.at(loss_column), &y = run.metrics.at(accuracy_column);
      losses.insert(losses.end(), x.begin(), x.end());
      accuracies.insert(accuracies.end(), y.begin(), y.end());
    }
    constexpr std::size_t kFewest = 8;
    if (losses.size() != accuracies.size() || losses.size() < kFewest) return;
    if (correlation(losses, accuracies).value_or(0) > kClearly)
      result_.notes.push_back(accuracy_column +
                              " falls where the loss falls, as a rate of errors does: "
                              "--accuracy takes the share of right answers, 1 minus that");
  }

  void note_unit_of_loss() {
    if (!result_.loss) return;
    const Metric metric = metric_of_loss(request_.loss);
    const std::string column = result_.loss->columns(metric).front().name;
    std::vector<double> losses;
    for (const LadderRun& run : result_.ladder.runs) {
      const std::vector<double>& of_run = run.metrics.at(column);
      losses.insert(losses.end(), of_run.begin(), of_run.end());
    }
    const LossUnit unit =
        metric == Metric::rc_bpb ? LossUnit::bits_per_byte : LossUnit::nats_per_token;
    for (std::string& doubt : unit_doubts({.loss = losses, .loss_unit = unit}))
      result_.notes.push_back(std::move(doubt));
  }

  void check_targets() const {
    std::vector<std::string> models;
    for (const Run& run : runs_) models.push_back(run.model);
    for (const std::string& target : request_.targets) {
      if (!contains(models, target))
        throw InputError("--targets: there is no run '" + target + "'",
                         close_or_all("runs are ", target, models));
    }
  }

  std::vector<Run> runs_;
  const LoggedRequest& request_;
  std::vector<std::string> columns_, accuracies_;  // all, and those of accuracies
  std::vector<std::string> at_their_end_;
  EarlyEnds early_ends_;
  BlankCells blank_cells_;
  bool is_first_sizeless_ = true;
  std::vector<Problem> problems_;
  LoggedLadder result_;
};

}  // namespace

Metric metric_of_loss(const std::string& name) {
  for (const char* mark : {"bpb", "bits_per_byte", "logit_per_byte", "logits_per_byte"}) {
    if (name.find(mark) != std::string::npos) return Metric::rc_bpb;
  }
  return name.find("c4") != std::string::npos ? Metric::c4 : Metric::loss;
}

LoggedLadder logged_ladder(std::vector<Run> runs, const LoggedRequest& request) {
  return Converter(std::move(runs), request).ladder();
}

}  // namespace rung::ladder
