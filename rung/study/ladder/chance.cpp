#include "rung/study/ladder/chance.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>

#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"
#include "rung/data/units.hpp"
#include "rung/study/ladder/signal.hpp"

namespace rung::ladder {
namespace {

/// Benchmarks beyond the catalogue's: a share of the answers that they offer, 0 where they offer
/// none. Longer names before those that they hold.
constexpr std::array<std::pair<std::string_view, double>, 39> kBenchmarks = {{
    {"mmlu_pro", 0.1},     {"copa", 0.5},       {"xcopa", 0.5},       {"rte", 0.5},
    {"wic", 0.5},          {"wsc", 0.5},        {"wsc273", 0.5},      {"wnli", 0.5},
    {"qnli", 0.5},         {"mrpc", 0.5},       {"qqp", 0.5},         {"sst2", 0.5},
    {"winograd", 0.5},     {"storycloze", 0.5}, {"story_cloze", 0.5}, {"multirc", 0.5},
    {"anli", 1.0 / 3},     {"mnli", 1.0 / 3},   {"snli", 1.0 / 3},    {"xnli", 1.0 / 3},
    {"pubmedqa", 1.0 / 3}, {"mathqa", 0.2},     {"race", 0.25},       {"logiqa", 0.25},
    {"sciq", 0.25},        {"gpqa", 0.25},      {"swag", 0.25},       {"cmmlu", 0.25},
    {"ceval", 0.25},       {"lambada", 0},      {"triviaqa", 0},      {"nq_open", 0},
    {"gsm8k", 0},          {"squad", 0},        {"drop", 0},          {"coqa", 0},
    {"humaneval", 0},      {"mbpp", 0},         {"jeopardy", 0},
}};

/// "_rte_acc_" of "RTE/acc", so that "_rte_" is in it as a word.
std::string as_words(std::string_view name) {
  std::string words = "_";
  for (const char c : lower_case(std::string(name)))
    words += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return words + "_";
}

std::optional<double> chance_of_benchmark(const std::string& column) {
  const std::string words = as_words(column);
  for (const auto& [name, chance] : kBenchmarks) {
    if (words.find("_" + std::string(name) + "_") != std::string::npos) return chance;
  }
  return std::nullopt;
}

/// Letters and digits alone, in small letters: "Social IQa" and "social_iqa" are one.
std::string bare(std::string_view name) {
  std::string letters;
  for (const char c : lower_case(std::string(name))) {
    if (std::isalnum(static_cast<unsigned char>(c))) letters += c;
  }
  return letters;
}

/// The chance of the benchmark whose name the column holds; absent where there is none, or several
/// differ.
std::optional<double> chance_by_name(const Catalogue& catalogue, const std::string& column) {
  if (const auto known = chance_of_benchmark(column)) return known;
  std::optional<double> chance;
  for (const auto& [key, task] : catalogue.tasks()) {
    if (task.chance_is_assumed) continue;
    if (bare(column).find(bare(task.name)) == std::string::npos) continue;
    if (chance && *chance != task.chance) return std::nullopt;
    chance = task.chance;
  }
  return chance;
}

/// The runs' ends.
struct Ends {
  std::vector<double> compute_flops, accuracies;
};

Ends ends_of(const Ladder& ladder, const std::string& column) {
  Ends ends;
  for (const LadderRun& run : ladder.runs) {
    const auto found = run.metrics.find(column);
    if (found == run.metrics.end() || found->second.empty()) continue;
    const double tokens = run.n_tokens.empty() ? 1 : run.n_tokens.back();
    ends.compute_flops.push_back(training_flops(run.n_params.non_embedding.value_or(1), tokens));
    ends.accuracies.push_back(found->second.back());
  }
  return ends;
}

/// Whether an accuracy is worse than guesses that are right with this chance would be.
bool is_clearly_below(const Task& task, double chance, double accuracy) {
  constexpr double kStandardErrorsBelow = 4;
  return accuracy < chance - kStandardErrorsBelow * score_error(task, chance);
}

/// Of a task that nobody knows, whose accuracies are in this column.
double assumed_chance(Task task, const Ladder& ladder, const std::string& column) {
  const Ends ends = ends_of(ladder, column);
  constexpr double kStandardErrorsNear = 2;
  constexpr std::size_t kFewest = 5;  // runs that can be told to stay where they are
  if (ends.accuracies.size() >= kFewest) {
    const double reached = mean(ends.accuracies);
    for (const double answers : {2, 3, 4, 5, 10}) {
      task.chance = 1 / answers;
      if (reached < task.chance - kStandardErrorsNear * score_error(task, task.chance)) continue;
      if (signal_of(task, ends.compute_flops, ends.accuracies).signal == Signal::at_chance)
        return task.chance;
    }
  }
  constexpr double kUsual = 0.25;
  const bool is_below =
      std::any_of(ends.accuracies.begin(), ends.accuracies.end(),
                  [&](double accuracy) { return is_clearly_below(task, kUsual, accuracy); });
  return is_below ? 0 : kUsual;
}

/// By the name of a column, or assumed.
void set_chance(const Catalogue& catalogue, const Ladder& ladder, const std::string& column,
                Task& task) {
  const std::optional<double> known = chance_by_name(catalogue, column);
  task.chance_is_assumed = !known;
  task.chance = known ? *known : assumed_chance(task, ladder, column);
}

/// The column that a task's accuracy is in some run; "": none, or an average of several.
std::string accuracy_column(const Task& task, const Ladder& ladder) {
  for (const Metric metric : kMetrics) {
    if (!is_accuracy(metric) || !task.has(metric)) continue;
    const std::vector<WeightedColumn>& columns = task.columns(metric);
    const bool is_measured = std::any_of(
        ladder.runs.begin(), ladder.runs.end(),
        [&](const LadderRun& run) { return run.metrics.count(columns.front().name) > 0; });
    if (columns.size() == 1 && is_measured) return columns.front().name;
  }
  return "";
}

}  // namespace

double score_error(const Task& task, double probability) {
  constexpr double kUnknownQuestions = 500;
  return std::sqrt(probability * (1 - probability) / task.n_examples.value_or(kUnknownQuestions));
}

std::optional<double> other_chance(const TaskData& data) {
  if (!data.task.chance_is_assumed || data.runs.empty()) return std::nullopt;
  std::vector<const RunData*> runs;
  for (const RunData& run : data.runs) runs.push_back(&run);
  std::sort(runs.begin(), runs.end(), [](const RunData* a, const RunData* b) {
    return a->scale.compute_or_rule() < b->scale.compute_or_rule();
  });
  runs.resize(std::max<std::size_t>(1, runs.size() / 4));
  double smallest = 0;
  for (const RunData* run : runs) smallest += run->accuracy / static_cast<double>(runs.size());
  const double lowest = std::min_element(data.runs.begin(), data.runs.end(), [](auto& a, auto& b) {
                          return a.accuracy < b.accuracy;
                        })->accuracy;
  constexpr double kWithin = 0.05;
  for (const double chance : {1.0 / 2, 1.0 / 3}) {
    if (chance <= data.task.chance || is_clearly_below(data.task, chance, lowest)) continue;
    if (std::abs(smallest - chance) <= kWithin) return chance;
  }
  return std::nullopt;
}

void take_chances(const Catalogue& catalogue, const Ladder& ladder, std::vector<Task>& tasks) {
  for (Task& task : tasks) {
    const auto known = catalogue.tasks().find(task.key);
    if (known == catalogue.tasks().end()) {
      set_chance(catalogue, ladder, task.key, task);
      continue;
    }
    const Task logged = std::move(task);
    task = known->second;
    if (task.chance_is_assumed) set_chance(catalogue, ladder, logged.key, task);
    task.columns_by_metric = logged.columns_by_metric;
    if (!task.n_examples) task.n_examples = logged.n_examples;
  }
}

void assume_chances(const Catalogue& catalogue, const Ladder& ladder, std::vector<Task>& tasks) {
  for (Task& task : tasks) {
    if (!task.chance_is_assumed) continue;
    if (const std::string column = accuracy_column(task, ladder); !column.empty())
      set_chance(catalogue, ladder, column, task);
  }
}

}  // namespace rung::ladder
