#include "rung/figure/decide/decide.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/table_input.hpp"
#include "rung/data/reader/question_file.hpp"
#include "rung/data/reader/question_parquet.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/data/select.hpp"
#include "rung/report/decide/decide.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"

namespace rung::app {
namespace {

struct DecideCommand {
  std::string path, sizes_path, where, task;
  TableInput input;
  decide::Request request;
};

/// Questions are averaged as they are read; any other table is read as it is.
Table read_results(const DecideCommand& given, CommandContext& context) {
  constexpr std::size_t kHead = std::size_t{1} << 18;
  const bool is_file = can_be_read_again(given.path) && given.input.sql.empty();
  if (is_file && is_parquet_file(given.path)) {
    std::optional<Table> means =
        read_question_parquet(given.path, {.n_threads = context.common.n_threads});
    if (means) {
      context.note_input(given.path);
      return std::move(*means);
    }
  } else if (is_file) {
    const std::string head = read_head(given.path, kHead);
    if (is_question_file(is_gzip(head) ? gunzip_head(head, kHead) : head)) {
      context.note_input(given.path);
      return table_of_means(read_question_file(given.path, context.common.n_threads), given.path);
    }
  }
  return read_noted(given.path, context, given.input);
}

Answer run_decide(CommandContext& context, const DecideCommand& given) {
  decide::Request request = given.request;
  request.n_threads = context.common.n_threads;
  request.validate();
  if (!given.sizes_path.empty()) {
    const std::string text = read_file(given.sizes_path);
    context.note_input(given.sizes_path, text);
    request.sizes = decide::parse_sizes(text, given.sizes_path, request.sizes);
  }
  Table table = read_results(given, context);
  if (!given.where.empty()) table = where(table, given.where);
  const auto result = std::make_shared<const decide::Result>(decide::run(request, table));
  for (const std::string& warning : result->warnings) context.warn(warning);
  Answer answer(decide::describe(*result, given.task));
  answer.figure = [result, task = given.task] { return decide::decide_figure(*result, task); };
  return answer;
}

void add_columns(Options& command, decide::Columns& columns) {
  constexpr const char* kGroup = "Columns, where they have other names";
  const auto add = [&](const char* name, std::string& column, const char* help) {
    command.add(name, column, help).value_name("COLUMN").group(kGroup);
  };
  add("--recipe", columns.recipe, "default: recipe, mix, data, group or family");
  add("--size", columns.size, "default: size, params or n_params");
  add("--benchmark", columns.task, "default: task");
  add("--step", columns.step, "default: step");
  add("--run-seed", columns.seed, "default: seed");
  add("--tokens", columns.n_tokens, "default: n_tokens, else steps of a known size");
  add("--params", columns.n_params, "default: n_params, else by the size's name");
}

Action decide_recipes(Options& command) {
  const auto given = std::make_shared<DecideCommand>();
  decide::Request& request = given->request;
  command.add("TABLE", given->path, "small runs of each recipe, a row a checkpoint and task")
      .required()
      .value_name("");
  add_input_options(command, given->input);
  command.add("--where", given->where, "only these rows: \"chinchilla = '5xC'\"")
      .value_name("EXPR");
  add_columns(command, request.columns);
  command.add("--sizes", given->sizes_path, "parameters and tokens a step of named sizes, as TOML")
      .value_name("FILE");
  command
      .add("--target", request.target, "the size to decide for; default: the largest of the table")
      .value_name("SIZE");
  command
      .add("--target-tokens", request.target_tokens,
           "its tokens, where it was not run; default: as many a parameter")
      .value_name("N");
  command.add("--small", request.small_sizes, "sizes to decide from; default: all smaller ones")
      .comma_separated()
      .value_name("SIZES");
  command.add("--y", request.gold, "what is to be best; default: primary_metric, acc_norm, …")
      .value_name("METRIC");
  command.add("--loss", request.loss, "between the steps; default: correct_logit_per_byte, bpb, …")
      .value_name("METRIC");
  command.add("--through", request.through, "of the intermediate setups; default: that of --y")
      .value_name("METRIC");
  command.add("--proxies", request.proxies, "to rank by; default: the published ones")
      .comma_separated()
      .value_name("METRICS");
  command.add("--drops", request.most_dropped, "of the largest small sizes, at most, in turn")
      .range(0, 10);
  command.add("--by", request.by, "the method that decides; default: the best at the rehearsal")
      .value_name("METHOD");
  command.add("--task", given->task, "show this task's decision; default: all together")
      .value_name("TASK");
  command.add("--last", request.n_last, "last checkpoints that say how noisy a run is")
      .range(2, 1000);
  command
      .add("--worth", request.worth,
           "share of pairs that a benchmark worth running orders as they are")
      .range(0.5, 1);
  command.add("--level", request.level, "of intervals").range(0.01, 0.9999);
  command.footer(
      "TABLE may also hold the questions one by one: JSON lines with model_output (sum_logits,\n"
      "num_tokens, num_chars, num_bytes of each option) and label, as OLMES writes them, or a\n"
      "table with an option a row.\n"
      "Ranks by every metric at every small size, and by the ten published scaling-law setups;\n"
      "decides by the method that orders most pairs with the largest small size as the target.\n"
      "Results, one a method and task: task, method, decision_accuracy, mean_relative_error,\n"
      "n_pairs, metric, target, compute_flops, compute_share, mean_absolute_error,\n"
      "step1_relative_error, step2_relative_error, seed_decision_accuracies, spearman, pearson,\n"
      "weighted_pearson, ndcg, rehearsal_decision_accuracy, signal_to_noise {signal,\n"
      "noise_checkpoints, noise_seeds, noise, signal_to_noise, expected_order, worth_running},\n"
      "decides, and of the deciding method recipes (recipe, predicted, stderr, actual,\n"
      "chance_of_best) and gaps (better, worse, predicted, interval, chance, runs_factor,\n"
      "further_flops, actual).");
  return [given](CommandContext& context) { return run_decide(context, *given); };
}

}  // namespace

std::vector<Command> decide_commands() {
  return {{.name = "decide",
           .summary = "which data recipe is best at the target, from small runs of each",
           .example = "rung decide results.csv --target 7B -o decide.svg",
           .group = "predict",
           .place = 40,
           .declare = decide_recipes,
           .has_figure = true}};
}

}  // namespace rung::app
