#include "rung/figure/table/backtest.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/report/table/backtest.hpp"

namespace rung::app {
namespace {

struct BacktestCommand : TableRequest {
  table::BacktestRequest backtest;
  std::string average = "akaike";
};

Answer run_backtest(CommandContext& context, const BacktestCommand& given) {
  table::BacktestRequest request = given.backtest;
  request.what = read_request(given);
  request.average = table::parse_average_by(given.average);
  request.options.n_threads = context.common.n_threads;
  if (given.noise_sd > 0) request.options.noise_sd = given.noise_sd;
  request.validate();
  const auto result = std::make_shared<const table::BacktestResult>(
      table::run(request, read_tables(given, context)));
  for (const std::string& warning : result->warnings) context.warn(warning);
  Answer answer(table::describe(request, *result));
  answer.figure = [result, request] { return backtest_figure(request, result->groups); };
  return answer;
}

Action backtest(Options& command) {
  const auto given = std::make_shared<BacktestCommand>();
  table::BacktestRequest& request = given->backtest;
  given->request.level = 0.9;
  add_table_options(command, *given, true);
  command.add("--law", request.laws, "laws to compare: chinchilla,chinchilla-no-floor")
      .comma_separated()
      .value_name("NAMES");
  command
      .add("--formula", request.formulas,
           "a law of your own to compare: \"E + A/N^alpha\"; may be given again")
      .one_value_each()
      .value_name("TEXT");
  command.add("--group-by", given->request.group_by, "a test for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add(
      "--over", request.options.over,
      "what grows from the fitted rows to the predicted ones, C as --x says it or 6 N D; 1/L: "
      "from high L to low");
  command.add("--tolerance", request.options.tolerance, "relative error that is good enough")
      .positive();
  command
      .add("--at", request.at,
           "predict here by each law and by their average: \"N=7e9, D=4e12\"; may be given "
           "again")
      .one_value_each()
      .value_name("LIST");
  command
      .add("--average", given->average,
           "what laws count in the average: akaike (by AICc) or backtest (by rolled error)")
      .needs("--at");
  command.footer(
      "A target is predictable where a law's median error beyond the fitted rows is within the\n"
      "tolerance and its mean error below that of repeating the last value. weight: Akaike's.\n"
      "Reservations: fewer than four predictions, intervals that hold too few, errors above the\n"
      "tolerance at the distance of --at.\n"
      "Results, one a law: y, group, law, residual, chosen, predictable, why_not, reservations, "
      "median_error, mean_error, bias,\n"
      "naive_error, coverage, aic, aicc, bic, leave_one_out, akaike_weight, run_column, "
      "whole_runs, "
      "rollouts.\n"
      "With --at one more, law average: by, weights, predictions (inputs, predicted, interval,\n"
      "between_laws_sd, within_laws_sd, laws).");
  return [given](CommandContext& context) { return run_backtest(context, *given); };
}

}  // namespace

std::vector<Command> table_backtest_commands() {
  return {{.name = "backtest",
           .summary = "which law predicts larger runs from smaller ones",
           .example = "rung backtest runs.csv --law chinchilla,farseer --x \"N=params, D=tokens\" "
                      "-o backtest.svg",
           .group = "table",
           .place = 40,
           .declare = backtest,
           .has_figure = true}};
}

}  // namespace rung::app
