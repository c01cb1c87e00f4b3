#include "rung/figure/table/backtest.hpp"

#include <algorithm>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/table/table_request.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/study/table/average.hpp"

namespace rung::app {
namespace {

struct BacktestCommand : TableRequest {
  std::vector<std::string> laws;
  std::string over = "C";
  double tolerance = 0.02;
  std::vector<std::string> at;
  std::string average = "akaike";
};

Json backtest_json(const std::string& y, const std::string& group, const table::Backtest& found,
                   double weight, bool chosen) {
  Json rollouts = Json::array();
  for (const table::Rollout& rollout : found.rollouts) {
    const Prediction& at = rollout.prediction;
    const std::optional<bool> covered = at.covered();
    rollouts.push_back({{"cutoff", rollout.cutoff},
                        {"at", rollout.at},
                        {"extrapolation", json_number(rollout.extrapolation())},
                        {"actual", json_number(at.actual)},
                        {"predicted", json_number(at.predicted)},
                        {"relative_error", json_number(at.relative_error())},
                        {"covered", covered ? Json(*covered) : Json(nullptr)}});
  }
  const bool any = !found.rollouts.empty();
  const auto when = [any](double value) { return any ? json_number(value) : Json(nullptr); };
  return {{"y", y},
          {"group", group.empty() ? Json(nullptr) : Json(group)},
          {"law", found.law},
          {"chosen", chosen},
          {"predictable", found.predictable ? Json(*found.predictable) : Json(nullptr)},
          {"n_rollouts", found.rollouts.size()},
          {"mean_error", when(found.mean_error)},
          {"median_error", when(found.median_error)},
          {"bias", when(found.bias)},
          {"naive_error", when(found.naive_error)},
          {"coverage", json_number(found.coverage)},
          {"n_fits", found.n_fits},
          {"n_unusable", found.n_unusable},
          {"aic", json_number(found.criteria.aic)},
          {"aicc", json_number(found.criteria.aicc)},
          {"bic", json_number(found.criteria.bic)},
          {"leave_one_out", json_number(found.criteria.leave_one_out)},
          {"akaike_weight", json_number(weight)},
          {"rollouts", rollouts}};
}

/// The law whose rolled predictions are best; the one without any is never chosen.
std::size_t best_of(const std::vector<table::Backtest>& laws) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < laws.size(); ++i) {
    if (laws[best].rollouts.empty() ||
        (!laws[i].rollouts.empty() && laws[i].median_error < laws[best].median_error))
      best = i;
  }
  return best;
}

TextTable decision_table() {
  const auto share = [](double x) { return percent(x, 2); };
  TextTable table;
  table.add_column("target");
  table.add_column("law");
  table.add_column("rollouts", "n_rollouts");
  table.add_column("median error", "median_error", share);
  table.add_column("mean error", "mean_error", share);
  table.add_column("bias", "bias", [](double x) { return percent(x, 2, true); });
  table.add_column("naive error", "naive_error", share);
  table.add_column("coverage", "coverage", [](double x) { return percent(x, 0); });
  table.add_column("AICc", "aicc");
  table.add_column("weight", "akaike_weight", [](double x) { return fixed(x, 2); });
  table.add_column("leave one out", "leave_one_out", share);
  table.add_column("verdict");
  return table;
}

std::string verdict(const table::Backtest& found, bool chosen) {
  if (!found.predictable) return "can't be tested";
  return std::string(chosen ? "best; " : "") +
         (*found.predictable ? "predictable" : "not predictable");
}

/// The laws' predictions and their average, as one more result of the group.
Json average_json(const std::string& y, const std::string& group,
                  const std::vector<table::Backtest>& laws, const std::string& by,
                  const std::vector<double>& weights, const Law& law,
                  const std::vector<table::AverageAt>& averages) {
  Json weights_json = Json::object(), predictions = Json::array();
  for (std::size_t i = 0; i < laws.size(); ++i) weights_json[laws[i].law] = json_number(weights[i]);
  for (const table::AverageAt& at : averages) {
    Json by_law = Json::object();
    for (std::size_t i = 0; i < laws.size(); ++i) {
      by_law[laws[i].law] = {{"predicted", json_number(at.laws[i].value)},
                             {"interval", interval_json(at.laws[i].interval)}};
    }
    predictions.push_back({{"inputs", inputs_json(law, at.inputs)},
                           {"predicted", json_number(at.average.value)},
                           {"interval", interval_json(at.average.interval)},
                           {"between_laws_sd", json_number(at.average.between_laws_sd)},
                           {"within_laws_sd", json_number(at.average.within_laws_sd)},
                           {"laws", by_law}});
  }
  return {{"y", y},
          {"group", group.empty() ? Json(nullptr) : Json(group)},
          {"law", "average"},
          {"by", by},
          {"weights", weights_json},
          {"predictions", predictions}};
}

/// A row for each prediction of each law, and of their average.
void add_averages(TextTable& table, const std::string& target,
                  const std::vector<table::Backtest>& laws, const std::vector<std::string>& at,
                  const std::vector<table::AverageAt>& averages) {
  const auto add = [&](std::size_t k, const std::string& law, double weight, double value,
                       const std::optional<Interval>& interval) {
    table.add_row({target, at[k], law, weight, value, interval_words(interval)});
  };
  for (std::size_t k = 0; k < averages.size(); ++k) {
    for (std::size_t i = 0; i < laws.size(); ++i) {
      const LawPrediction& one = averages[k].laws[i];
      add(k, laws[i].law, one.weight, one.value, one.interval);
    }
    add(k, "average", 1, averages[k].average.value, averages[k].average.interval);
  }
}

TextTable average_table() {
  TextTable table;
  table.add_column("target");
  table.add_column("at");
  table.add_column("law");
  table.add_column("weight", "weight", [](double x) { return fixed(x, 2); });
  table.add_column("predicted");
  table.add_column("interval");
  return table;
}

int run_backtest(CommandContext& context, const BacktestCommand& given) {
  std::vector<table::Request> requests;
  const table::Request base = read_request(given);
  for (const std::string& law : given.laws) {
    requests.push_back(base);
    requests.back().law = law;
    requests.back().formula.clear();
  }
  if (!base.formula.empty()) requests.push_back(base);
  const table::AverageBy average_by = table::parse_average_by(given.average);
  if (requests.empty()) throw InputError("which laws?", "give --law NAME,NAME or --formula TEXT");
  for (const table::Request& request : requests) table::law_of(request);
  const Table data = read_tables(given, context);
  const table::BacktestOptions options{.over = given.over,
                                       .level = base.level,
                                       .tolerance = given.tolerance,
                                       .n_threads = context.common.n_threads};
  Json results = Json::array();
  TextTable table = decision_table(), averages = average_table();
  std::vector<table::Backtest> shown;
  bool any = false;
  std::vector<table::Prepared> prepared;
  for (const table::Request& request : requests) {
    prepared.push_back(table::prepare(data, request));
    table::check_determined(prepared.back());
  }
  for (const std::string& warning : prepared.front().warnings) context.warn(warning);
  for (std::size_t g = 0; g < prepared.front().samples.size(); ++g) {
    const std::string& group = prepared.front().samples[g].label;
    std::vector<table::Backtest> laws;
    std::vector<double> criterion;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      laws.push_back(table::backtest(prepared[i], prepared[i].samples.at(g), requests[i], options));
      criterion.push_back(laws.back().criteria.aicc.value_or(laws.back().criteria.aic));
    }
    const std::vector<double> weights = akaike_weights(criterion);
    const std::size_t best = best_of(laws);
    for (std::size_t i = 0; i < laws.size(); ++i) {
      const table::Backtest& law = laws[i];
      any = any || law.predictable;
      results.push_back(backtest_json(base.y, group, law, weights[i], i == best));
      table.add_row({group.empty() ? base.y : base.y + ", " + group, law.law,
                     static_cast<double>(law.rollouts.size()), law.median_error, law.mean_error,
                     law.bias, law.naive_error, number_cell(law.coverage),
                     number_cell(law.criteria.aicc), weights[i],
                     number_cell(law.criteria.leave_one_out), verdict(law, i == best)});
    }
    if (!given.at.empty()) {
      const std::vector<double> counts = table::law_weights(laws, average_by);
      const auto found = table::average_at(prepared, requests, g, counts, given.at, base.level,
                                           context.common.n_threads);
      results.push_back(
          average_json(base.y, group, laws, given.average, counts, *prepared.front().law, found));
      add_averages(averages, group.empty() ? base.y : base.y + ", " + group, laws, given.at, found);
    }
    shown.insert(shown.end(), laws.begin(), laws.end());
  }
  add_figure(context, [&] { return backtest_figure(shown, given.over); });
  std::string text = table.text();
  if (!given.at.empty()) text += "\n" + averages.text();
  context.emit({text, table.csv(), std::move(results)});
  return any ? kUsable : kNoUsableResult;
}

Action backtest(Options& command) {
  const auto given = std::make_shared<BacktestCommand>();
  given->request.level = 0.9;
  add_table_options(command, *given, true);
  command.add("--law", given->laws, "laws to compare: chinchilla,chinchilla-no-floor")
      .comma_separated()
      .value_name("NAMES");
  command.add("--group-by", given->request.group_by, "a test for each value of these columns")
      .comma_separated()
      .value_name("COLUMN");
  command.add("--over", given->over, "what grows from the fitted rows to the predicted ones");
  command.add("--tolerance", given->tolerance, "relative error that is good enough").positive();
  command
      .add("--at", given->at,
           "predict here by each law and by their average: \"N=7e9, D=4e12\"; may be given "
           "again")
      .one_value_each()
      .value_name("LIST");
  command.add("--average", given->average,
              "what laws count in the average: akaike (by AICc) or backtest (by rolled error)");
  command.footer(
      "A target is predictable where a law's median error beyond the fitted rows is within the\n"
      "tolerance and its mean error below that of repeating the last value. weight: Akaike's.\n"
      "Results, one a law: y, group, law, chosen, predictable, median_error, mean_error, bias,\n"
      "naive_error, coverage, aic, aicc, bic, leave_one_out, akaike_weight, rollouts. With --at "
      "one\n"
      "more, law average: by, weights, predictions (inputs, predicted, interval,\n"
      "between_laws_sd, within_laws_sd, laws).");
  return [given](CommandContext& context) { return run_backtest(context, *given); };
}

}  // namespace

std::vector<Command> table_backtest_commands() {
  return {{.name = "backtest",
           .summary = "which law predicts larger runs from smaller ones",
           .group = "table",
           .place = 40,
           .declare = backtest,
           .has_figure = true}};
}

}  // namespace rung::app
