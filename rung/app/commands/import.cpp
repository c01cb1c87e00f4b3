#include <algorithm>
#include <memory>
#include <optional>

#include "rung/app/command.hpp"
#include "rung/app/import_sources.hpp"
#include "rung/app/table/table_input.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/report/imports.hpp"
#include "rung/study/imports/imports.hpp"
#include "rung/study/imports/metric_groups.hpp"

namespace rung::app {
namespace {

struct ImportCommand {
  SourceOptions from;
  std::string output;
  std::string facts_path;
  std::string repeated = "last", kind = "automatic";
  imports::Request request;
};

imports::Request request_of(const ImportCommand& given) {
  imports::Request request = given.request;
  request.repeated = given.repeated == "mean" ? imports::Repeated::mean : imports::Repeated::last;
  request.kind = given.kind == "runs"     ? imports::Kind::runs
                 : given.kind == "scores" ? imports::Kind::scores
                                          : imports::Kind::automatic;
  request.validate();
  return request;
}

Answer run_import(CommandContext& context, const ImportCommand& given) {
  const imports::Request request = request_of(given);
  check_table_file(given.output);
  std::optional<Table> facts;
  if (!given.facts_path.empty()) facts = read_noted(given.facts_path, context);
  SourceOptions from = given.from;
  from.pattern = request.runs;
  ImportedFiles files = import_sources(context, from);
  const imports::Result result =
      imports::run(request, std::move(files.imported), facts ? &*facts : nullptr);
  for (const std::string& warning : result.warnings) context.warn(warning);
  if (!files.passed_over.empty())
    context.err() << "nothing to import in " << counted(files.passed_over.size(), "file")
                  << ", such as " << files.passed_over.front() << '\n';
  Answer answer(imports::describe(result));
  if (!given.output.empty())
    answer.files.push_back({given.output, table_file(given.output, csv_of(answer.document))});
  return answer;
}

std::string kinds_text() {
  std::string text = "Reads, by what a file holds or is called:\n";
  for (const Importer& importer : importers()) {
    constexpr std::size_t kWidth = 18;
    std::string name = "  " + importer.name;
    name.resize(std::max(kWidth, name.size() + 1), ' ');
    text += name + importer.description + "\n";
  }
  return text;
}

Action import_command(Options& command) {
  const auto given = std::make_shared<ImportCommand>();
  command
      .add("SOURCE", given->from.sources,
           "files and folders with runs or evaluations; wandb:ENTITY/PROJECT[/RUN]")
      .required()
      .value_name("");
  command.add("-o,--output", given->output, "write the table there, as CSV or .parquet")
      .value_name("FILE")
      .writes();
  std::vector<std::string> kinds;
  for (const Importer& importer : importers()) kinds.push_back(importer.name);
  command.add("--format", given->from.reading.format, "what the files are; default: recognised")
      .choices(std::move(kinds), false)
      .value_name("NAME");
  command.add("--runs", given->request.runs, "only runs and models whose name has this")
      .value_name("REGEX");
  command.add("--metrics", given->request.metrics, "only metrics (TASK_METRIC) whose name has this")
      .value_name("REGEX");
  std::vector<std::string> groups;
  for (const imports::MetricGroup& group : imports::metric_groups())
    groups.emplace_back(group.name);
  command.add("--group", given->request.groups, "only these metrics: " + join(groups, ", "))
      .comma_separated()
      .choices(groups, false)
      .value_name("NAMES");
  command.add("--as", given->kind, "runs: a row a checkpoint; scores: a row a score")
      .choices({"automatic", "runs", "scores"});
  command.add("--repeated", given->repeated, "what counts of a step that was logged again")
      .choices({"last", "mean"});
  command
      .add("--batch-tokens", given->request.batch_tokens, "tokens a step, of runs that don't say")
      .value_name("N");
  command
      .add("--facts", given->facts_path,
           "a table of what is known besides: model, n_params, n_tokens, batch_tokens")
      .value_name("FILE");
  command
      .add("--most-unpacked", given->from.reading.most_unpacked_bytes,
           "bytes out of a compressed file")
      .value_name("BYTES")
      .range(1, 1e15);
  add_server_options(command, given->from);
  command.footer(
      kinds_text() +
      "wandb:ENTITY/PROJECT, wandb:ENTITY/PROJECT/RUN or the page of one is fetched from\n"
      "Weights & Biases: WANDB_API_KEY is the key, WANDB_BASE_URL another server.\n"
      "Runs become a row a checkpoint (model, n_params, n_tokens, step, metrics), and "
      "the\nscores of a run's checkpoints columns of it (TASK_METRIC). Scores alone "
      "become a row\neach (model, task, metric, value, stderr, n).\n"
      "Results, one a run: model, n_rows, n_params, n_params_non_embedding, n_tokens,\n"
      "last_step, metrics; or one a score: model, step, task, metric, value, stderr, n.");
  return [given](CommandContext& context) { return run_import(context, *given); };
}

}  // namespace

std::vector<Command> import_commands() {
  return {{.name = "import",
           .summary = "logs and evaluations of other programs as one tidy table",
           .example = "rung import wandb.csv mlruns/ -o runs.csv",
           .group = "table",
           .place = 5,
           .declare = import_command}};
}

}  // namespace rung::app
