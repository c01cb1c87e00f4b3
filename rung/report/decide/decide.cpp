#include "rung/report/decide/decide.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/decide/json.hpp"
#include "rung/study/decide/metric_names.hpp"

namespace rung::decide {
namespace {

/// Methods in the table for people; CSV and JSON have every one.
constexpr std::size_t kMostMethods = 20;

std::string share(double x) { return percent(x, 1); }
std::string whole_share(double x) { return percent(x, 0); }

/// Few digits of what is a share, an accuracy or a loss; a sign where it is a gap.
NumberFormat value_format() {
  return [](double x) { return significant(x, 4); };
}

const Decision& shown_decision(const Result& result, const std::string& task) {
  std::vector<std::string> tasks;
  for (const Decision& decision : result.decisions) {
    if (decision.task == task) return decision;
    tasks.push_back(decision.task);
  }
  if (task.empty()) return result.decisions.back();
  const std::string near = did_you_mean(task, tasks);
  throw InputError("--task: there is no task '" + task + "'",
                   near.empty() ? "tasks: " + join(tasks, ", ") : near);
}

const Gap* gap_between(const Decision& decision, std::size_t better, std::size_t worse) {
  for (const Gap& gap : decision.gaps) {
    if (gap.better == better && gap.worse == worse) return &gap;
  }
  return nullptr;
}

TextTable recipe_table(const Result& result, const Decision& decision) {
  TextTable table;
  table.add_column("recipe");
  const Method& method = result.methods[result.decided_by];
  // A single scale predicts an order; its values are those of its own size.
  table.add_column(method.setup ? "predicted" : method.name, "predicted", value_format());
  if (result.has_actual) table.add_column("at " + result.target, "actual", value_format());
  table.add_column("is best", "chance_of_best", whole_share);
  table.begin_group(decision.follows_leads() ? "the best against it at " + result.target
                                             : "the best against it");
  table.add_column("gap", "", [](double x) { return significant(x, 2); });
  table.add_column("interval");
  table.add_column("chance", "", whole_share);
  table.add_column("runs", "runs_factor", [](double x) {
    return x > 1000 ? std::string(">1000x") : x > 1 ? fixed(x, 1) + "x" : std::string("done");
  });
  for (const Estimate& estimate : decision.recipes) {
    const Gap* gap = gap_between(decision, decision.recipes.front().recipe, estimate.recipe);
    std::vector<TextCell> row = {result.recipes[estimate.recipe], estimate.value};
    if (result.has_actual) row.push_back(number_cell(estimate.actual));
    row.push_back(number_cell(estimate.chance_of_best));
    if (gap) {
      row.insert(row.end(), {gap->gap,
                             gap->interval ? significant(gap->interval->lower, 2) + " to " +
                                                 significant(gap->interval->upper, 2)
                                           : std::string(),
                             number_cell(gap->chance), number_cell(gap->runs_factor)});
    } else {
      row.insert(row.end(), 4, TextCell());
    }
    table.add_row(std::move(row));
  }
  return table;
}

/// The scores of a task, the most accurate decisions first.
std::vector<const Score*> sorted_scores(const Result& result, const std::string& task) {
  std::vector<const Score*> scores;
  for (const Score& score : result.scores) {
    if (score.task == task) scores.push_back(&score);
  }
  std::stable_sort(scores.begin(), scores.end(), [&](const Score* a, const Score* b) {
    const auto key = [&](const Score* score) {
      return score->agreement.decision_accuracy.value_or(score->rehearsal.value_or(-1));
    };
    return key(a) > key(b);
  });
  return scores;
}

TextTable method_table(const Result& result, const std::string& task) {
  TextTable table;
  table.add_column("method");
  table.add_column("compute", "compute_share",
                   [](double x) { return percent(x, x < 0.01 ? 2 : 1); });
  if (!result.rehearsal.empty())
    table.add_column("rehearsed", "rehearsal_decision_accuracy", share);
  if (result.has_actual) {
    table.add_column("in order", "decision_accuracy", share);
    table.add_column("error", "mean_relative_error", share);
  }
  const std::vector<const Score*> scores = sorted_scores(result, task);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const Score* score = scores[i];
    // The first method is the metric itself at the largest small size: what one would do.
    if (i >= kMostMethods && score->method != result.decided_by && score->method != 0) continue;
    const Method& method = result.methods[score->method];
    std::vector<TextCell> row = {(score->method == result.decided_by ? "* " : "") + method.name,
                                 number_cell(method.compute_share)};
    if (!result.rehearsal.empty()) row.push_back(number_cell(score->rehearsal));
    if (result.has_actual) {
      row.push_back(number_cell(score->agreement.decision_accuracy));
      row.push_back(number_cell(score->relative_error));
    }
    table.add_row(std::move(row));
  }
  return table;
}

/// What the columns mean.
std::string method_words(const Result& result) {
  std::string text = "compute: of one recipe's small runs, over the target's\n";
  if (!result.rehearsal.empty())
    text += "rehearsed: pairs of recipes in order with " + result.rehearsal + " as the target\n";
  if (result.has_actual)
    text +=
        "in order: pairs in order at " + result.target + "; error: relative, mean over recipes\n";
  text += "*: decides";
  if (result.methods.size() > kMostMethods)
    text +=
        "; the most accurate of " + counted(result.methods.size(), "method") + ", --csv has all";
  return text;
}

/// Every benchmark at the largest small size, by its own metric.
TextTable signal_table(const Result& result) {
  TextTable table;
  table.add_column("benchmark", "task");
  table.add_column("metric");
  table.add_column("signal", "", [](double x) { return significant(x, 3); });
  table.add_column("noise", "", [](double x) { return significant(x, 3); });
  table.add_column("ratio", "signal_to_noise", [](double x) { return fixed(x, 1); });
  table.add_column("in order", "expected_order", whole_share);
  table.add_column("worth running", "worth_running");
  for (const Score& score : result.scores) {
    const Method& method = result.methods[score.method];
    if (!score.signal || score.method != 0) continue;
    table.add_row({score.task, method.name, number_cell(score.signal->signal),
                   number_cell(score.signal->noise.of_run()), number_cell(score.signal->ratio),
                   number_cell(score.signal->expected_order),
                   !score.is_worth_running   ? std::string("can't be told")
                   : *score.is_worth_running ? std::string("yes")
                                             : std::string("no")});
  }
  return table;
}

/// Every score, for CSV.
TextTable rows_of(const Result& result) {
  TextTable table;
  for (const char* name : {"task",
                           "method",
                           "metric",
                           "compute_flops",
                           "compute_share",
                           "decision_accuracy",
                           "n_pairs",
                           "mean_relative_error",
                           "mean_absolute_error",
                           "step1_relative_error",
                           "step2_relative_error",
                           "spearman",
                           "pearson",
                           "weighted_pearson",
                           "ndcg",
                           "rehearsal_decision_accuracy",
                           "signal",
                           "noise",
                           "signal_to_noise",
                           "expected_order"})
    table.add_column(name);
  const auto known = [](double x) {
    return number_cell(std::isfinite(x) ? std::optional(x) : std::nullopt);
  };
  for (const Score& score : result.scores) {
    const Method& method = result.methods[score.method];
    const Agreement& a = score.agreement;
    const SignalToNoise signal = score.signal.value_or(SignalToNoise());
    table.add_row({score.task,
                   method.name,
                   method.metric,
                   known(method.compute_flops),
                   number_cell(method.compute_share),
                   number_cell(a.decision_accuracy),
                   static_cast<double>(a.n_pairs),
                   number_cell(score.relative_error),
                   number_cell(score.absolute_error),
                   number_cell(score.first_error),
                   number_cell(score.second_error),
                   number_cell(a.spearman),
                   number_cell(a.pearson),
                   number_cell(a.weighted_pearson),
                   number_cell(a.ndcg),
                   number_cell(score.rehearsal),
                   number_cell(signal.signal),
                   number_cell(signal.noise.of_run()),
                   number_cell(signal.ratio),
                   number_cell(signal.expected_order)});
  }
  return table;
}

/// How many other methods came out of the rehearsal as well as the one that decides.
std::size_t as_good_in_rehearsal(const Result& result, const Decision& decision) {
  const std::string task = decision.task == kMeanOfTasks ? std::string(kAverage) : decision.task;
  const auto rehearsal_of = [&](const Score& score) {
    return score.task == task ? score.rehearsal : std::nullopt;
  };
  std::optional<double> chosen;
  for (const Score& score : result.scores) {
    if (score.method == decision.method && rehearsal_of(score)) chosen = rehearsal_of(score);
  }
  return static_cast<std::size_t>(
      std::count_if(result.scores.begin(), result.scores.end(), [&](const Score& score) {
        return chosen && score.method != decision.method && rehearsal_of(score) == chosen;
      }));
}

/// The recipe that the deciding method sees ahead, where another is expected to be at the target.
const Estimate* overtaken(const Decision& decision, double direction) {
  if (decision.recipes.empty()) return nullptr;
  const auto seen = std::max_element(decision.recipes.begin(), decision.recipes.end(),
                                     [&](const Estimate& a, const Estimate& b) {
                                       return direction * a.value < direction * b.value;
                                     });
  return seen == decision.recipes.begin() ? nullptr : &*seen;
}

/// What a chance takes for granted.
std::string condition_words(const Method& method, const Decision& decision) {
  if (decision.follows_leads()) return " if leads change as they have up to there";
  return method.setup ? " if the laws hold up to there"
                      : " if their order does not change with size";
}

/// Where the gap of the best to the second went, from the last but one size to the last, the other
/// way than over all sizes.
std::string last_step_words(const Result& result, const Decision& decision, double direction) {
  if (!decision.follows_leads() || decision.recipes.size() < 2) return "";
  const Estimate &best = decision.recipes[0], &second = decision.recipes[1];
  const std::size_t last = best.seen.size() - 1;
  const auto gap = [&](std::size_t size) {
    return direction * (best.seen[size].value - second.seen[size].value);
  };
  const double step = gap(last) - gap(last - 1);
  const double sd = std::hypot(
      std::hypot(best.seen[last].standard_error, second.seen[last].standard_error),
      std::hypot(best.seen[last - 1].standard_error, second.seen[last - 1].standard_error));
  const double line = direction * (best.slope->value - second.slope->value);
  constexpr double kSure = 2;
  if (!(std::abs(step) > kSure * sd) || (step > 0) == (line > 0)) return "";
  return ". The last step goes the other way than all sizes together: the gap to " +
         result.recipes[second.recipe] + (step > 0 ? " grew there" : " shrank there");
}

std::string verdict(const Result& result, const Decision& decision) {
  const Method& method = result.methods[decision.method];
  if (decision.recipes.empty()) return "No recipe has the numbers that " + method.name + " needs.";
  const Estimate& best = decision.recipes.front();
  std::string text = "Best at " + result.target + ": " + shown(result.recipes[best.recipe], false);
  if (best.chance_of_best)
    text += ", with a chance of " + percent(*best.chance_of_best, 0) +
            condition_words(method, decision);
  if (const Estimate* seen = overtaken(decision, direction_of(method.metric)))
    text += ": " + shown(result.recipes[seen->recipe], false) + ", best by " + method.name +
            ", loses its lead with size";
  text += last_step_words(result, decision, direction_of(method.metric));
  text += ".\nBy " + method.name;
  if (result.is_rehearsed) {
    text += ", chosen by rehearsal at " + result.rehearsal;
    if (const std::size_t n = as_good_in_rehearsal(result, decision); n > 0)
      text += ", where " + counted(n, "other method") + " did as well: --by NAME asks another";
  }
  return text + ".";
}

/// What chances and intervals hold.
std::string certainty_note(const Result& result, const Decision& decision) {
  const std::string begin = "chances and " + percent(result.level, 0) + " intervals carry ";
  if (decision.follows_leads())
    return begin + "the noise of the small runs, and how gaps change over " +
           std::to_string(decision.trend_flops.size()) + " sizes, followed to " + result.target +
           (decision.assumes_proportional_tokens ? ", as if all had as many tokens per parameter"
                                                 : "");
  return begin + "the noise of the small runs, not that " +
         (result.methods[decision.method].setup ? "a law may fail beyond them"
                                                : "the order may change with size");
}

/// Gaps of the best that change with size for sure.
std::vector<std::string> trend_notes(const Result& result, const Decision& decision) {
  constexpr double kSure = 0.05;
  std::vector<std::string> others;
  double largest = 0;
  for (const Gap& gap : decision.gaps) {
    if (gap.better != decision.recipes.front().recipe) continue;
    const double by_chance = gap.chance_of_no_trend.value_or(1);
    if (by_chance >= kSure) continue;
    others.push_back(result.recipes[gap.worse]);
    largest = std::max(largest, by_chance);
  }
  if (others.empty()) return {};
  constexpr std::size_t kShown = 4;
  const std::size_t n_more = others.size() - std::min(others.size(), kShown);
  others.resize(others.size() - n_more);
  return {"the gap of " + result.recipes[decision.recipes.front().recipe] + " to " +
          join(others, ", ") + (n_more > 0 ? " and " + std::to_string(n_more) + " more" : "") +
          " changes with size (p = " + significant(largest, 1) +
          (others.size() > 1 ? " or less)" : ")")};
}

std::vector<std::string> notes_of(const Result& result, const Decision& decision) {
  std::vector<std::string> notes = result.notes;
  const bool has_errors =
      !decision.recipes.empty() && decision.recipes.front().standard_error.has_value();
  notes.push_back(has_errors ? certainty_note(result, decision)
                             : "no seeds or checkpoints say how noisy a run is: gaps have no "
                               "intervals");
  if (has_errors) {
    for (std::string& note : trend_notes(result, decision)) notes.push_back(std::move(note));
  }
  notes.push_back("runs: times the runs there are until the interval excludes 0" +
                  std::string(decision.follows_leads() ? "; -: runs of these sizes can't" : ""));
  if (!result.has_actual)
    notes.push_back(result.target + " is not in the table: pairs in order are of the rehearsal");
  return notes;
}

}  // namespace

Document describe(const Result& result, const std::string& shown_task) {
  const Decision& decision = shown_decision(result, shown_task);
  const std::string& task = decision.task == kMeanOfTasks ? std::string(kAverage) : decision.task;
  Document document;
  document.usable = !decision.recipes.empty();
  document.add(Heading{"Which recipe: " + (decision.task.empty() ? result.gold : decision.task)})
      .add(Paragraph{verdict(result, decision)})
      .add(recipe_table(result, decision))
      .add(Heading{"Methods"})
      .add(method_table(result, task))
      .add(Paragraph{method_words(result)})
      .add(Heading{"Benchmarks"})
      .add(signal_table(result))
      .add(Notes{notes_of(result, decision)});
  document.rows = rows_of(result);
  return document.set_results(json_scores(result));
}

}  // namespace rung::decide
