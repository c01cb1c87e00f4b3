#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/predictions.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/report/saved_fit.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

struct PredictCommand {
  std::string fit_path;
  std::string table_path;
  std::vector<std::string> at;
  TableInput input;
};

int run_predict(CommandContext& context, const PredictCommand& given) {
  if (given.at.empty() && given.table_path.empty())
    throw InputError("what to predict?", "give --at \"N=7e9, D=4e12\" or a table of inputs");
  const std::string text = read_file(given.fit_path);
  const SavedFit saved = read_saved_fit(text, given.fit_path);
  context.note_input(given.fit_path, text);
  const Law& law = *saved.groups.front().law;
  Queries queries;
  for (const std::string& at : given.at) queries.add(table::inputs_at(at, law), std::nullopt, "");
  if (!given.table_path.empty())
    queries.add(
        table::queries_of(read_noted(given.table_path, context, given.input), saved.request, law));
  Json results = Json::array();
  std::vector<const Fitted*> fits;
  for (const Fitted& group : saved.groups) {
    fits.push_back(&group);
    results.push_back({{"group", group.label.empty() ? Json(nullptr) : Json(group.label)},
                       {"predictions", predictions_json(group, queries)}});
  }
  context.emit(predictions_table(fits, queries), std::move(results));
  return kUsable;
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
  command.footer("Results, one a group: group, predictions (inputs, actual, predicted, interval).");
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
