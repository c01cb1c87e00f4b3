#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/report/table/predictions.hpp"

namespace rung::app {
namespace {

struct PredictCommand {
  std::string fit_path;
  std::string table_path;
  std::vector<std::string> at;
  TableInput input;
};

Answer run_predict(CommandContext& context, const PredictCommand& given) {
  if (given.at.empty() && given.table_path.empty())
    throw InputError("what to predict?", "give --at \"N=7e9, D=4e12\" or a table of inputs");
  const SavedFit saved = read_saved(given.fit_path, context);
  const Law& law = *saved.groups.front().law;
  std::vector<table::Query> queries = table::queries_at(given.at, law);
  if (!given.table_path.empty()) {
    for (table::Query& query :
         table::queries_of(read_noted(given.table_path, context, given.input), saved.request, law))
      queries.push_back(std::move(query));
  }
  std::vector<table::GroupPredictions> groups;
  for (const Fitted& group : saved.groups) {
    const std::string doubt = table::doubt_of(group);
    if (!doubt.empty()) context.warn(doubt + ": far from its data, predictions may be anything");
    groups.push_back(table::predictions_of(group, queries));
  }
  return Answer(table::describe(groups));
}

Action predict(Options& command) {
  const auto given = std::make_shared<PredictCommand>();
  command.add("FIT", given->fit_path, "written by rung fit --save-fit").required().value_name("");
  command.add("TABLE", given->table_path, "inputs to predict for, columns as in the fit")
      .value_name("");
  command.add("--at", given->at, "inputs: \"N=7e9, D=4e12\"; may be given again")
      .one_value_each()
      .value_name("LIST");
  add_input_options(command, given->input);
  command.footer(
      "Results, one a group: group, status and identified (of the fit), predictions (inputs,\n"
      "actual, predicted, interval, extrapolation).");
  return [given](CommandContext& context) { return run_predict(context, *given); };
}

}  // namespace

std::vector<Command> table_predict_commands() {
  return {{.name = "predict",
           .summary = "from a saved fit, without its data",
           .group = "table",
           .place = 30,
           .declare = predict}};
}

}  // namespace rung::app
