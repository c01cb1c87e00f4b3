#include "rung/figure/table/predict.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "rung/app/command.hpp"
#include "rung/app/table/second_fit.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/expression_tokens.hpp"
#include "rung/core/text.hpp"
#include "rung/report/table/predictions.hpp"

namespace rung::app {
namespace {

struct PredictCommand {
  std::string fit_path;
  std::string table_path, then_path;
  std::vector<std::string> at;
  TableInput input;
};

/// Where a group's predictions come from: "15 rows of s.csv and 2 of --at".
std::string sources_words(const PredictCommand& given, std::size_t n_predictions) {
  const std::size_t n_rows = n_predictions - given.at.size();
  if (n_rows == 0) return "of --at";
  return counted(n_rows, "row") + " of " + given.table_path +
         (given.at.empty() ? "" : " and " + std::to_string(given.at.size()) + " of --at");
}

Figure figure_of(const std::vector<PredictedFit>& fits, const PredictedNames& names,
                 const PredictCommand& given) {
  constexpr std::size_t kMostTargets = 8;
  for (const PredictedFit& fit : fits) {
    const std::size_t n = fit.predictions.rows.size();
    if (n > kMostTargets)
      throw InputError("a figure shows up to " + std::to_string(kMostTargets) +
                           " predictions of a group, and here are " + std::to_string(n) + ": " +
                           sources_words(given, n),
                       given.table_path.empty()
                           ? "leave out -o, or give fewer"
                           : "leave out -o or the table (in a study, whose steps take the common "
                             "table: table = \"\")");
  }
  return prediction_figure(fits, names);
}

/// The second fits of a group: its own, those of its parts, or that of all; of a first fit without
/// groups all of them.
std::vector<const Fitted*> thens_of(const SavedFit& then, const Fitted& group) {
  std::vector<const Fitted*> found;
  for (const Fitted& other : then.groups) {
    if (other.label == group.label) return {&other};
    if (group.label.empty() || says_all_of(other.label, group.label)) found.push_back(&other);
  }
  if (!found.empty()) return found;
  if (then.groups.size() == 1) return {&then.groups.front()};
  std::vector<std::string> labels;
  for (const Fitted& other : then.groups) labels.push_back("'" + other.label + "'");
  constexpr std::size_t kShown = 6;
  const std::size_t n_more = labels.size() - std::min(labels.size(), kShown);
  labels.resize(labels.size() - n_more);
  throw InputError("--then has no fit of group '" + group.label + "'",
                   "its groups are " + join(labels, ", ") +
                       (n_more > 0 ? " and " + std::to_string(n_more) + " more" : "") +
                       ": save a fit of one, or of the same groups");
}

/// Called as the more special of both fits; by a fit of something else as the first, with a doubt.
table::GroupPredictions chained_by(const Fitted& first, const Fitted& then,
                                   const std::vector<table::Query>& queries) {
  table::GroupPredictions chained = table::chained_predictions(first, then, queries);
  if (first.label.empty() || says_all_of(then.label, first.label)) {
    chained.label = then.label;
  } else if (!then.label.empty()) {
    chained.doubts.push_back("by the fit of '" + then.label + "', which is another group");
  }
  return chained;
}

/// A second fit of one group alone, which the first has, too, is of that one.
void keep_group_of(const SavedFit& then, std::vector<Fitted>& groups, CommandContext& context) {
  const std::string& label = then.groups.front().label;
  const auto is_of = [&](const Fitted& group) {
    return !group.label.empty() && says_all_of(label, group.label);
  };
  if (then.groups.size() > 1 || std::none_of(groups.begin(), groups.end(), is_of)) return;
  std::vector<std::string> left_out;
  for (const Fitted& group : groups)
    if (!is_of(group)) left_out.push_back(group.label);
  std::erase_if(groups, [&](const Fitted& group) { return !is_of(group); });
  if (!left_out.empty())
    context.warn("--then has a fit of '" + label + "' alone: " + join(left_out, ", ") +
                 (left_out.size() > 1 ? " are" : " is") + " left out");
}

/// The rows of the table that the fit can predict; of the others a warning.
std::vector<table::Query> rows_of(const PredictCommand& given, const SavedFit& saved,
                                  CommandContext& context) {
  std::vector<std::string> labels, warnings;
  for (const Fitted& group : saved.groups) labels.push_back(group.label);
  std::vector<table::Query> queries =
      table::queries_of(read_noted(given.table_path, context, given.input), saved.request,
                        *saved.groups.front().law, labels, warnings);
  for (const std::string& warning : warnings) context.warn(warning);
  return queries;
}

Answer run_predict(CommandContext& context, const PredictCommand& given) {
  if (given.at.empty() && given.table_path.empty())
    throw InputError("what to predict?", "give --at \"N=7e9, D=4e12\" or a table of inputs");
  if (const std::string option = given.input.first_given();
      given.table_path.empty() && !option.empty())
    throw InputError(option + " says how a table of inputs is read, and none is given",
                     option == "--format" ? "--csv FILE and --json FILE write the results" : "");
  SavedFit saved = read_saved(given.fit_path, context);
  const std::optional<SavedFit> then =
      given.then_path.empty() ? std::nullopt : std::optional(read_saved(given.then_path, context));
  if (then) {
    keep_group_of(*then, saved.groups, context);
    tell_other_data(saved.request, saved.groups, *then, "--then", context);
  }
  const Law& law = *saved.groups.front().law;
  std::vector<table::Query> queries = table::queries_at(given.at, law);
  if (!given.table_path.empty()) {
    for (table::Query& query : rows_of(given, saved, context)) queries.push_back(std::move(query));
  }
  std::vector<table::GroupPredictions> groups, chained;
  std::vector<PredictedFit> pictured;
  std::vector<const Fitted*> used;  // of `then`
  std::vector<const Fitted*> firsts;
  for (const Fitted& group : saved.groups) firsts.push_back(&group);
  tell_doubts(firsts, context);
  for (const Fitted& group : saved.groups) {
    groups.push_back(table::predictions_of(group, queries));
    pictured.push_back({group, groups.back(), {}, {}});
    if (!then) continue;
    for (const Fitted* const next : thens_of(*then, group)) {
      if (pictured.back().then) pictured.push_back({group, groups.back(), {}, {}});
      chained.push_back(chained_by(group, *next, queries));
      if (const std::string doubt = table::doubt_of_loss(group, *next); !doubt.empty())
        context.warn(doubt);
      pictured.back().then = *next;
      pictured.back().chained = chained.back();
      if (std::find(used.begin(), used.end(), next) == used.end()) used.push_back(next);
    }
  }
  const PredictedNames names{
      shown_expression(saved.request.y), then ? shown_expression(then->request.y) : "",
      saved.request.x.empty() ? Mapping() : parse_mapping(saved.request.x, "--x")};
  const auto figure = [pictured, names, given] { return figure_of(pictured, names, given); };
  if (!then) {
    Answer answer(table::describe(groups));
    answer.figure = figure;
    return answer;
  }
  tell_doubts(used, context, given.then_path);
  Answer answer(table::describe(groups, names.first, chained, names.then));
  answer.figure = figure;
  return answer;
}

Action predict(Options& command) {
  const auto given = std::make_shared<PredictCommand>();
  command.add("FIT", given->fit_path, "written by rung fit --save-fit").required().value_name("");
  command.add("TABLE", given->table_path, "inputs to predict for, columns as in the fit")
      .value_name("");
  command.add("--at", given->at, "inputs: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  command
      .add("--then", given->then_path,
           "a saved fit over what FIT predicts, such as accuracy over loss: predict that")
      .value_name("FILE");
  add_input_options(command, given->input);
  command.footer(
      "Results, one a group: group, status, identified and doubts (of the fit; with --then of\n"
      "both), predictions (inputs, actual, predicted, interval, extrapolation, beyond (in words;\n"
      "an extrapolation without a factor, as from 2 to 0, is null)); with --then, what it "
      "predicts.\n"
      "Exit status 1 where no value is told.");
  return [given](CommandContext& context) { return run_predict(context, *given); };
}

}  // namespace

std::vector<Command> table_predict_commands() {
  return {{.name = "predict",
           .summary = "from a saved fit, without its data",
           .example = "rung predict fit.json --at \"N=7B, D=4T\"",
           .group = "table",
           .place = 30,
           .declare = predict,
           .has_figure = true}};
}

}  // namespace rung::app
