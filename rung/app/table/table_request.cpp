#include "rung/app/table/table_request.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "rung/app/law_files.hpp"
#include "rung/core/error.hpp"
#include "rung/core/options.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/study/table/predictions.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

// Headings in help.
constexpr const char* kData = "Rows and columns";
constexpr const char* kLaw = "Law and loss";
constexpr const char* kUnits = "Units";
constexpr const char* kHowSure = "How sure";

constexpr const char* kClusterPrefix = "cluster:";

/// "cluster:seed" -> "seed"; "" for anything else.
std::string cluster_column(const std::string& text) {
  return text.starts_with(kClusterPrefix) ? text.substr(std::string_view(kClusterPrefix).size())
                                          : "";
}

[[noreturn]] void fail_choice(const std::string& option, const std::string& given,
                              const std::string& choices) {
  throw InputError(option + " '" + given + "' is not known", "one of " + choices);
}

}  // namespace

namespace {

void add_data_options(Options& command, table::Request& request) {
  command.add("--x", request.x, "the law's inputs from columns: \"N=params, D=C/(6*N)\"")
      .value_name("LIST")
      .group(kData);
  command.add("--y", request.y, "what the law predicts, from columns")
      .value_name("EXPR")
      .group(kData);
  command.add("--where", request.where, "only these rows: \"loss < 4 and dataset = 'c4'\"")
      .value_name("EXPR")
      .group(kData);
  command.add("--weights", request.weights, "weight of each row, from columns")
      .value_name("EXPR")
      .group(kData);
  command
      .add("--schedule", request.schedule,
           "learning rate of each row, from columns: makes a law's S1, S2 and parts of the fall")
      .value_name("EXPR")
      .group(kData);
  command.add("--schedule-step", request.schedule_step, "its step")
      .needs("--schedule")
      .value_name("EXPR")
      .group(kData);
  command.add("--schedule-run", request.schedule_run, "column that tells runs apart")
      .needs("--schedule")
      .value_name("COLUMN")
      .group(kData);
}

void add_constraint_options(Options& command, ConstraintTexts& constraints) {
  command.add("--param", constraints.param, "bounds, start: \"alpha=0..1@0.3\"")
      .one_value_each()
      .group(kLaw);
  command.add("--fix", constraints.fix, "hold a parameter: \"beta=0.28\"")
      .one_value_each()
      .group(kLaw);
  command
      .add("--tie", constraints.tie, "equal parameters, or so far apart: \"alpha=beta\", \"b=a+1\"")
      .one_value_each()
      .group(kLaw);
  command.add("--prior", constraints.prior, "\"alpha ~ normal(0.3, 0.1)\"")
      .one_value_each()
      .group(kLaw);
}

void add_unit_options(Options& command, TableRequest& given) {
  table::Request& request = given.request;
  command.add("--loss-unit", given.loss_unit, "of y: nats, bits or bpb").group(kUnits);
  command.add("--fit-loss-unit", given.fit_loss_unit, "convert y to this unit").group(kUnits);
  command.add("--bytes-per-token", request.bytes_per_token, "for bpb, from columns")
      .needs("--fit-loss-unit")
      .value_name("EXPR")
      .group(kUnits);
  command.add("--params", given.params, "what N counts: total, non-embedding or active")
      .group(kUnits);
  command.add("--fit-params", given.fit_params, "convert N to this").group(kUnits);
  command
      .add("--embedding", request.embedding,
           "parameters in the embeddings, from columns: \"2*vocabulary*width\"")
      .needs("--fit-params")
      .value_name("EXPR")
      .group(kUnits);
  command.add("--inactive", request.inactive, "parameters that a token does not meet")
      .needs("--fit-params")
      .value_name("EXPR")
      .group(kUnits);
}

}  // namespace

void add_table_options(Options& command, TableRequest& given, bool many_laws) {
  given.options = &command;
  table::Request& request = given.request;
  command
      .add("TABLE", given.paths,
           "one table: CSV, TSV, JSON or JSONL, gzipped or not; -: standard input")
      .required()
      .value_name("");
  add_input_options(command, given.input);
  if (!many_laws)
    command.add("--law", request.law, "a law of the catalogue (rung laws)")
        .value_name("NAME")
        .group(kLaw);
  command.add("--laws", given.law_paths, "laws of your own: a file or a folder of them")
      .value_name("PATH")
      .one_value_each()
      .group(kLaw);
  if (!many_laws)
    command.add("--formula", request.formula, "or a law of your own: \"E + A/N^alpha\"")
        .value_name("TEXT")
        .group(kLaw);
  add_data_options(command, request);
  command
      .add("--loss", given.loss,
           "squared, huber:D, huber:auto (D from the residuals), lad, quantile:Q, asymmetric:F, or "
           "for accuracies of n questions binomial:n, n a number or from columns")
      .group(kLaw);
  command.add("--residual", given.residual, "raw, log or logit; default: the law's own")
      .group(kLaw);
  add_constraint_options(command, request.constraints);
  command
      .add("--noise-sd", given.noise_sd,
           "the noise of a row of weight 1, where it is known; default: from the data")
      .positive()
      .group(kHowSure);
  add_unit_options(command, given);
  command.add("--level", request.level, "of intervals").range(0.01, 0.9999).group(kHowSure);
}

std::vector<std::string> TableRequest::options_of_a_fit(
    std::initializer_list<std::string_view> others) const {
  std::vector<std::string> names;
  for (const Option& option : options->all()) {
    const std::string& name = option.names().back();
    const bool is_of_a_fit = option.group() == kData || option.group() == kLaw ||
                             option.group() == kUnits || option.group() == kHowSure ||
                             name == "--bootstrap" || name == "--group-by";
    if (option.is_set() && !option.is_shared() && is_of_a_fit &&
        std::find(others.begin(), others.end(), name) == others.end())
      names.push_back(name);
  }
  return names;
}

std::vector<std::string> TableRequest::given_of(
    std::initializer_list<std::string_view> names) const {
  std::vector<std::string> found;
  for (const Option& option : options->all()) {
    const std::string& name = option.names().back();
    if (option.is_set() && std::find(names.begin(), names.end(), name) != names.end())
      found.push_back(name);
  }
  return found;
}

bool TableRequest::leaves_kind_open() const {
  const Option* n_replicates = options != nullptr ? options->find("bootstrap") : nullptr;
  const Option* kind = options != nullptr ? options->find("bootstrap-kind") : nullptr;
  return !(n_replicates != nullptr && n_replicates->is_set()) &&
         !(kind != nullptr && kind->is_set());
}

void add_uncertainty_options(Options& command, TableRequest& given) {
  command.add("--bootstrap-kind", given.bootstrap_kind, "case, residual or cluster:COLUMN")
      .group(kHowSure);
  command
      .add("--covariance", given.covariance, "of the parameters: delta, sandwich or cluster:COLUMN")
      .group(kHowSure);
  command
      .add("--interval", given.interval,
           "of predictions: mean (the law), observation (one more run) or conformal")
      .group(kHowSure);
  command.add_flag("--profile", given.profiles, "profile likelihood intervals of the parameters")
      .group(kHowSure);
}

namespace {

/// The binomial loss goes with an expression: how many questions a row's share is of.
void read_loss(const std::string& text, table::Request& request) {
  const std::string name = text.substr(0, text.find(':'));
  if (name != "binomial") {
    request.loss = parse_loss(text);
    return;
  }
  request.loss = {LossKind::binomial};
  request.questions = text.substr(std::min(text.size(), name.size() + 1));
  if (trimmed(request.questions).empty())
    throw InputError("--loss binomial: of how many questions?",
                     "a number or a column: --loss binomial:1319, --loss binomial:n_questions");
}

}  // namespace

table::Request read_request(const TableRequest& given) {
  table::Request request = given.request;
  request.laws = read_laws(given.law_paths);
  read_loss(given.loss, request);
  if (!given.residual.empty()) request.residual = parse_residual(given.residual);
  if (!given.loss_unit.empty()) request.loss_unit = parse_loss_unit(given.loss_unit);
  if (!given.fit_loss_unit.empty()) request.fit_loss_unit = parse_loss_unit(given.fit_loss_unit);
  if (!given.params.empty()) request.params = parse_parameter_count(given.params);
  if (!given.fit_params.empty()) request.fit_params = parse_parameter_count(given.fit_params);
  return request;
}

table::UncertaintyOptions uncertainty_options(const TableRequest& given,
                                              const CommandContext& context) {
  table::UncertaintyOptions options;
  options.resample.n_replicates = static_cast<std::size_t>(context.common.n_bootstrap);
  options.resample.seed = context.common.seed;
  options.resample.n_threads = context.common.n_threads;
  options.profiles = given.profiles;
  if (given.noise_sd > 0) options.noise_sd = given.noise_sd;
  if (given.bootstrap_kind == "residual") {
    options.resample.kind = ResampleKind::residuals;
  } else if (!cluster_column(given.bootstrap_kind).empty()) {
    options.resample.kind = ResampleKind::clusters;
    options.cluster_column = cluster_column(given.bootstrap_kind);
  } else if (given.bootstrap_kind != "case") {
    fail_choice("--bootstrap-kind", given.bootstrap_kind, "case, residual, cluster:COLUMN");
  }
  if (const std::string column = cluster_column(given.covariance); !column.empty()) {
    if (!options.cluster_column.empty() && column != options.cluster_column)
      throw InputError("--bootstrap-kind and --covariance name different clusters");
    options.cluster_column = column;
    options.sandwich = true;
  } else if (given.covariance == "sandwich") {
    options.sandwich = true;
  } else if (given.covariance != "delta") {
    fail_choice("--covariance", given.covariance, "delta, sandwich, cluster:COLUMN");
  }
  if (given.interval == "observation") {
    options.interval_for = IntervalFor::observation;
  } else if (given.interval == "conformal") {
    options.interval_for = IntervalFor::conformal;
  } else if (given.interval != "mean") {
    fail_choice("--interval", given.interval, "mean, observation, conformal");
  }
  return options;
}

void note_idle_bootstrap_kind(const TableRequest& given, CommandContext& context) {
  if (context.common.n_bootstrap == 0 && !given.given_of({"--bootstrap-kind"}).empty())
    context.note("--bootstrap-kind changes nothing under --bootstrap 0: nothing is resampled");
}

void check_no_values(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!parse_double(path) || std::filesystem::exists(path)) continue;
    throw InputError("'" + path + "' is no table",
                     "as a further value of an option it needs a comma before it and no blank, or "
                     "the option's name again");
  }
}

Table read_tables(const TableRequest& given, CommandContext& context) {
  check_no_values(given.paths);
  if (given.paths.size() > 1) {
    throw InputError("more than one table: '" + given.paths[1] + "'",
                     "join them first, or is an option's value missing its quotes?");
  }
  for (const std::string& path : law_files(given.law_paths)) context.note_input(path);
  return read_noted(given.paths.front(), context, given.input);
}

namespace {

/// Of a Parquet file with more rows than that, columns that nothing names aren't read. With fewer,
/// columns of texts are looked through for one that tells runs apart.
constexpr std::size_t kLargeTable = 100'000;

/// The columns that an option or the law may mean; none where all are to be read.
std::vector<std::string> columns_that_may_be_meant(const TableRequest& given, const Law& law) {
  const std::string& path = given.paths.front();
  if (!given.input.sql.empty() || !is_parquet_file(path)) return {};
  ParquetShape shape{{}, 0};
  try {
    shape = parquet_shape(path);
  } catch (const InputError&) {
    return {};  // whoever reads it says what is wrong
  }
  if (shape.n_rows <= kLargeTable) return {};
  std::vector<std::string> texts;
  for (const InputInfo& input : law.info.inputs) texts.push_back(input.name);
  for (const Option& option : given.options->all()) {
    texts.push_back(option.default_text());
    texts.insert(texts.end(), option.given().begin(), option.given().end());
  }
  std::vector<std::string> meant;
  for (const std::string& column : shape.columns) {
    if (std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
          return text.find(column) != std::string::npos;
        }))
      meant.push_back(column);
  }
  return meant;
}

/// What went wrong with a table of some columns, with the hint that all columns give.
[[noreturn]] void fail_knowing_all_columns(const InputError& error, const TableRequest& given,
                                           const table::Request& request) {
  try {
    table::prepare(read_by_sql(given.paths.front(), "FROM input LIMIT 1000", {}), request);
  } catch (const InputError& known) {
    if (known.problems().front().message == error.problems().front().message) throw;
  }
  throw error;
}

}  // namespace

table::Prepared prepare_noted(const TableRequest& given, const table::Request& request,
                              CommandContext& context) {
  // A table that is none is told before the lack of a law: a saved fit needs none.
  if (request.law.empty() && request.formula.empty()) read_tables(given, context);
  // A wrong law is told before a large table is read.
  const std::shared_ptr<const Law> law = table::law_of(request);
  TableRequest selective = given;
  selective.input.columns = columns_that_may_be_meant(given, *law);
  Table table = read_tables(selective, context);
  table::Prepared prepared;
  try {
    prepared = table::prepare(std::move(table), request);
  } catch (const InputError& error) {
    if (selective.input.columns.empty()) throw;
    fail_knowing_all_columns(error, given, request);
  }
  for (const std::string& warning : prepared.warnings) context.warn(warning);
  return prepared;
}

SavedFit read_saved(const std::string& path, CommandContext& context) {
  const std::string text = read_file(path);
  SavedFit saved = read_saved_fit(text, path);
  context.note_input(path, text);
  return saved;
}

void tell_doubts(const std::vector<const Fitted*>& groups, CommandContext& context,
                 const std::string& file) {
  const std::string from = file.empty() ? "" : file + ": ";
  std::vector<std::string> of_all;
  if (groups.size() > 1) of_all = groups.front()->doubts;
  for (const Fitted* const group : groups)
    std::erase_if(of_all,
                  [&](const std::string& doubt) { return !contains(group->doubts, doubt); });
  for (const std::string& doubt : of_all) context.warn(from + "all groups: " + doubt);
  for (const Fitted* const group : groups) {
    Fitted own = *group;
    std::erase_if(own.doubts, [&](const std::string& doubt) { return contains(of_all, doubt); });
    for (const std::string& doubt : table::doubts_of(own)) context.warn(from + doubt);
    const std::string of = from + (group->label.empty() ? "" : group->label + ": ");
    for (const std::string& note : notes_of_bounds(group->fit)) context.note(of + note);
  }
}

}  // namespace rung::app
