#include "rung/report/plan/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/core/utf8.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/plan/hardware.hpp"
#include "rung/report/table/predictions.hpp"

namespace rung::plan {
namespace {

bool has_groups(const AllocateResult& result) {
  return result.laws.size() > 1 || !result.laws.front().loss.label.empty();
}

bool has_metric(const AllocateResult& result) { return result.laws.front().metric.has_value(); }

double inference_tokens(const AllocateResult& result) {
  return result.laws.front().options.inference_tokens;
}

bool has_data(const AllocateResult& result) {
  return std::any_of(result.laws.begin(), result.laws.end(),
                     [](const AllocatedLaw& law) { return law.has_data(); });
}

/// The furthest; 1 inside the data.
double extrapolation(const std::vector<table::Beyond>& beyond) {
  double factor = 1;
  for (const table::Beyond& one : beyond) factor = std::max(factor, one.factor);
  return factor;
}

/// In words one column, in CSV its two ends: "n_params" makes n_params_lower and n_params_upper.
void add_interval_column(TextTable& table, const std::string& header, const std::string& csv_name,
                         bool in_words) {
  if (in_words) {
    table.add_column(header);
    return;
  }
  table.add_column(csv_name + "_lower");
  table.add_column(csv_name + "_upper");
}

TextTable answer_columns(const AllocateResult& result, bool in_words) {
  TextTable table;
  if (has_groups(result)) table.add_column("group");
  table.add_column("for");
  const NumberFormat count = short_quantity;  // so that an interval's ends differ
  table.add_column("N", "n_params", count);
  const std::string interval =
      significant(100 * result.laws.front().loss.options.level, 3) + "% interval";
  add_interval_column(table, "N " + interval, "n_params", in_words);
  table.add_column("D", "n_tokens", count);
  table.begin_details();
  add_interval_column(table, "D " + interval, "n_tokens", in_words);
  table.begin_details(false);
  table.add_column("D/N", "tokens_per_parameter");
  table.add_column("training FLOPs", "training_flops");
  add_interval_column(table, "FLOPs " + interval, "training_flops", in_words);
  if (inference_tokens(result) > 0) table.add_column("lifetime FLOPs", "lifetime_flops");
  table.add_column(result.y, "loss");
  add_interval_column(table, result.y + " " + interval, "loss", in_words);
  if (has_metric(result)) {
    table.add_column(result.metric_y, "accuracy");
    add_interval_column(table, result.metric_y + " " + interval, "accuracy", in_words);
  }
  if (has_data(result)) table.add_column("beyond data", "extrapolation");
  add_bill_columns(table, result.hardware, inference_tokens(result) > 0 ? "training " : "");
  return table;
}

std::string range_words(const std::optional<Interval>& interval,
                        const std::function<std::string(double)>& words) {
  if (!interval || !std::isfinite(interval->lower)) return "";
  return words(interval->lower) +
         (std::isfinite(interval->upper) ? " to " + words(interval->upper) : " or more");
}

void add_interval(std::vector<TextCell>& row, const std::optional<Interval>& interval,
                  std::string words, bool in_words) {
  if (in_words) {
    row.emplace_back(std::move(words));
    return;
  }
  const auto end = [&](double Interval::*which) {
    return interval && std::isfinite((*interval).*which) ? TextCell((*interval).*which)
                                                         : TextCell();
  };
  row.push_back(end(&Interval::lower));
  row.push_back(end(&Interval::upper));
}

/// Whether all of the budget goes into training, whatever the size.
bool spends_budget(const AllocatedLaw& law, const Asked& asked) {
  return asked.question.budget_flops && law.options.inference_tokens == 0 &&
         !law.options.most_tokens;
}

/// What lies beyond the data in words, or for CSV as a number.
std::vector<TextCell> answer_row(const AllocateResult& result, const AllocatedLaw& law,
                                 const Asked& asked, const Answer& found, bool in_words) {
  const Allocation& best = *found.best;
  const auto flops = [](double x) { return significant(x); };
  // What the data leave open has no number: the warning says within which range.
  const auto known = [&](std::optional<double> x) {
    return number_cell(found.determined ? x : std::nullopt);
  };
  const bool costs_known = found.determined || spends_budget(law, asked);
  std::vector<TextCell> row;
  if (has_groups(result)) row.push_back(law.loss.label);
  row.insert(row.end(), {asked.words, known(best.n_params)});
  add_interval(row, found.n_params, range_words(found.n_params, short_quantity), in_words);
  row.push_back(known(best.n_tokens));
  add_interval(row, found.n_tokens, range_words(found.n_tokens, short_quantity), in_words);
  row.push_back(known(best.n_tokens / best.n_params));
  row.push_back(costs_known ? TextCell(best.training_flops) : TextCell());
  add_interval(row, found.training_flops, range_words(found.training_flops, flops), in_words);
  if (inference_tokens(result) > 0)
    row.push_back(asked.question.budget_flops ? TextCell(best.lifetime_flops)
                                              : known(best.lifetime_flops));
  row.push_back(found.is_possible ? known(best.loss) : TextCell());
  add_interval(row, found.loss, interval_words(found.loss), in_words);
  if (has_metric(result)) {
    row.push_back(known(found.metric));
    add_interval(row, found.metric_interval, interval_words(found.metric_interval), in_words);
  }
  if (has_data(result)) {
    const std::vector<table::Beyond> beyond = law.beyond(found);
    row.push_back(!found.determined ? TextCell()
                  : in_words        ? TextCell(table::beyond_words(beyond))
                                    : extrapolation(beyond));
  }
  add_bill_cells(row, result.hardware,
                 costs_known ? std::optional(best.training_flops) : std::nullopt);
  return row;
}

/// Of a question without a best size: in words why, in short; the warning says more.
std::vector<TextCell> unanswered_row(const AllocateResult& result, const AllocatedLaw& law,
                                     const Asked& asked, const Answer& found, bool in_words) {
  std::vector<TextCell> row;
  if (has_groups(result)) row.push_back(law.loss.label);
  row.emplace_back(asked.words);
  const char* why = found.is_reached_by_all ? "every model" : "not reachable";
  if (in_words) row.insert(row.end(), {TextCell(), std::string(why)});  // in place of N's interval
  row.resize(answer_columns(result, in_words).columns().size());
  return row;
}

Json json_answer(const AllocatedLaw& law, const Question& question, const Answer& found,
                 const std::optional<Hardware>& hardware) {
  Json json = {{"group", json_label(law.loss.label)},
               {"approach", 3},
               {"budget_flops", json_number(question.budget_flops)},
               {"target_loss", json_number(question.target_loss)},
               {"target_accuracy", json_number(question.target_metric)},
               {"reachable", found.best || found.is_reached_by_all},
               {"reached_by_all", found.is_reached_by_all},
               {"reachable_share", json_number(found.reachable_share)},
               {"doubts", law.doubts()}};
  if (!found.best) {
    json["reason"] = found.why_not;
    json["ceiling_interval"] = json_interval(found.ceiling);
    return json;
  }
  const Allocation& best = *found.best;
  json.update({{"determined", found.determined},
               {"n_params", json_number(best.n_params)},
               {"n_tokens", json_number(best.n_tokens)},
               {"training_flops", json_number(best.training_flops)},
               {"lifetime_flops", json_number(best.lifetime_flops)},
               {"flops_over_six_nd", law.options.training_flops_per_nd / kTrainingFlops},
               {"loss", found.is_possible ? json_number(best.loss) : Json(nullptr)},
               {"possible", found.is_possible},
               {"accuracy", json_number(found.metric)},
               {"n_params_interval", json_interval(found.n_params)},
               {"n_tokens_interval", json_interval(found.n_tokens)},
               {"training_flops_interval", json_interval(found.training_flops)},
               {"loss_interval", json_interval(found.loss)},
               {"accuracy_interval", json_interval(found.metric_interval)},
               {"extrapolation",
                law.has_data() ? json_number(extrapolation(law.beyond(found))) : Json(nullptr)},
               {"bill", json_bill(hardware, best.training_flops)}});
  return json;
}

TextTable isoflop_table(const IsoflopResult& result) {
  TextTable table;
  const NumberFormat count = short_quantity;
  table.add_column("group");
  table.add_column("C");
  table.add_column("N", "", count);
  table.add_column("D", "", count);
  for (const char* header : {"loss", "from"}) table.add_column(header);
  add_bill_columns(table, result.hardware);
  const auto add = [&](std::vector<TextCell> row, double flops) {
    add_bill_cells(row, result.hardware, flops);
    table.add_row(std::move(row));
  };
  for (const IsoflopRuns& group : result.groups) {
    for (const IsoflopBottom& bottom : group.fit.bottoms) {
      add({group.label, bottom.compute_flops, bottom.n_params, bottom.n_tokens, bottom.loss,
           std::string(bottom.inside ? "runs" : "runs, outside the sizes")},
          bottom.compute_flops);
    }
    for (const BudgetSplit& split : group.splits) {
      add({group.label,
           split.budget_flops,
           split.n_params,
           split.n_tokens,
           {},
           split.runs.factor > 1 ? "power law, " + table::beyond_words({split.runs}) +
                                       (split.runs.below ? "" : " beyond the runs")
                                 : std::string("power law")},
          split.budget_flops);
    }
  }
  return table;
}

Json json_isoflop(const IsoflopRuns& group, const std::optional<Hardware>& hardware) {
  Json bottoms = Json::array(), allocations = Json::array();
  for (const IsoflopBottom& bottom : group.fit.bottoms) {
    bottoms.push_back({{"compute_flops", bottom.compute_flops},
                       {"n_params", json_number(bottom.n_params)},
                       {"n_tokens", json_number(bottom.n_tokens)},
                       {"loss", json_number(bottom.loss)},
                       {"inside", bottom.inside}});
  }
  for (const BudgetSplit& split : group.splits) {
    allocations.push_back({{"budget_flops", split.budget_flops},
                           {"n_params", split.n_params},
                           {"n_tokens", split.n_tokens},
                           {"n_params_by_noise", json_interval(split.by_noise)},
                           {"extrapolation", json_number(split.runs.factor)},
                           {"bill", json_bill(hardware, split.budget_flops)}});
  }
  return {{"group", json_label(group.label)},
          {"approach", group.parabolas ? 2 : 1},
          {"n_params_exponent", json_number(group.fit.n_params.exponent)},
          {"n_params_scale", json_number(group.fit.n_params.scale)},
          {"n_tokens_exponent", json_number(group.fit.n_tokens.exponent)},
          {"bottoms", bottoms},
          {"allocations", allocations}};
}

/// Why there is no interval at all; "" where there are some.
std::string why_no_intervals(const AllocateResult& result) {
  const bool has_some =
      std::any_of(result.laws.begin(), result.laws.end(), [](const AllocatedLaw& law) {
        return std::any_of(law.answers.begin(), law.answers.end(),
                           [](const Answer& found) { return found.loss || found.n_params; });
      });
  if (has_some) return "";
  if (!has_data(result)) return "no intervals: coefficients without data have none";
  const bool is_open =
      std::any_of(result.laws.begin(), result.laws.end(), [](const AllocatedLaw& law) {
        return !law.loss.fit.identified || (law.metric && !law.metric->fit.identified);
      });
  if (is_open) return "no intervals: the data leave open which parameters hold";
  const bool loss_is_drawn =
      std::all_of(result.laws.begin(), result.laws.end(),
                  [](const AllocatedLaw& law) { return law.loss.replicates.n > 0; });
  return "no intervals: they are the spread over bootstrap refits, which " +
         std::string(loss_is_drawn ? "the second law" : "a law") + " fitted with --bootstrap N has";
}

/// Whether a budget's N is the same in all refits, since D is the most tokens in each.
bool held_by_tokens(const AllocateResult& result) {
  constexpr double kSame = 1e-6;
  for (const AllocatedLaw& law : result.laws) {
    if (!law.options.most_tokens) continue;
    for (std::size_t i = 0; i < law.answers.size(); ++i) {
      const auto& interval = law.answers[i].n_params;
      if (result.asked[i].question.budget_flops && interval &&
          interval->upper <= interval->lower * (1 + kSame))
        return true;
    }
  }
  return false;
}

/// Of what has none although other answers have: a target is found by the second law's parameters,
/// too, and a metric's interval is made of both laws'.
std::vector<std::string> why_some_have_none(const AllocateResult& result) {
  std::vector<std::string> targets;
  bool metric_has_none = false;
  for (const AllocatedLaw& law : result.laws) {
    if (!law.metric || law.metric->replicates.n > 0) continue;
    for (std::size_t i = 0; i < law.answers.size(); ++i) {
      const Answer& found = law.answers[i];
      if (!found.best || !found.determined) continue;
      const std::string& words = result.asked[i].words;
      if (result.asked[i].question.target_metric) {
        if (!contains(targets, words)) targets.push_back(words);
      } else if (found.n_params && !found.metric_interval) {
        metric_has_none = true;
      }
    }
  }
  std::vector<std::string> reasons;
  if (held_by_tokens(result))
    reasons.emplace_back(
        "N and D have no spread where every refit would take --most-tokens: what the budget and "
        "those tokens leave is one size");
  if (!targets.empty())
    reasons.push_back(join(targets, ", ") +
                      ": no intervals, for the second law has no bootstrap refits (fitted with "
                      "--bootstrap N it has)");
  if (metric_has_none)
    reasons.push_back("no intervals of " + result.metric_y +
                      ": the second law has none of its own");
  return reasons;
}

/// What of a model's life has no price: the hardware's utilization is that of training.
std::string unbilled_words(const AllocateResult& result) {
  const bool bought = std::any_of(result.asked.begin(), result.asked.end(),
                                  [](const Asked& asked) { return asked.bought_by_hardware; });
  return "hours, money and energy are of training alone: inference's FLOPs (2 N for each of " +
         short_count(inference_tokens(result)) +
         " tokens) are in lifetime FLOPs, but at what utilization a model is served is not known, "
         "often far below training's, so its bill and the total aren't either" +
         (bought ? "; a budget of hours, money or energy was turned into lifetime FLOPs as if "
                   "inference ran at training's utilization"
                 : "");
}

}  // namespace

Document describe(const AllocateResult& result) {
  TextTable table = answer_columns(result, true), rows = answer_columns(result, false);
  Json results = Json::array();
  for (const AllocatedLaw& law : result.laws) {
    for (std::size_t i = 0; i < law.answers.size(); ++i) {
      const Asked& asked = result.asked[i];
      const Answer& found = law.answers[i];
      results.push_back(json_answer(law, asked.question, found, result.hardware));
      if (!result.any_reachable()) continue;  // an empty table, whose warnings say it all
      for (const bool in_words : {true, false}) {
        TextTable& to = in_words ? table : rows;
        to.add_row(found.best ? answer_row(result, law, asked, found, in_words)
                              : unanswered_row(result, law, asked, found, in_words));
      }
    }
  }
  Document document;
  document.usable = result.any_reachable();
  document.rows = std::move(rows);
  document.add(std::move(table));
  if (document.usable && result.hardware) document.add(Paragraph{hardware_words(*result.hardware)});
  if (document.usable && result.hardware && inference_tokens(result) > 0)
    document.add(Notes{{unbilled_words(result)}});
  if (const std::string why = why_no_intervals(result); document.usable && !why.empty())
    document.add(Notes{{why}});
  else if (document.usable)
    document.add(Notes{why_some_have_none(result)});
  return document.set_results(std::move(results));
}

Document describe(const IsoflopResult& result) {
  Json results = Json::array();
  Document document;
  document.rows = isoflop_table(result);
  document.add(document.rows);
  for (const IsoflopRuns& group : result.groups) {
    results.push_back(json_isoflop(group, result.hardware));
    std::string words = (group.label.empty() ? "" : shown(group.label, false) + ": ") +
                        "N = " + significant(group.fit.n_params.scale) + " C^" +
                        significant(group.fit.n_params.exponent);
    if (result.hardware && &group == &result.groups.back())
      words += "\n" + hardware_words(*result.hardware);
    document.add(Paragraph{std::move(words)});
  }
  return document.set_results(std::move(results));
}

}  // namespace rung::plan
