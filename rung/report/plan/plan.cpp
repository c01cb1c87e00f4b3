#include "rung/report/plan/plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/report/fit_json.hpp"
#include "rung/report/interval.hpp"
#include "rung/report/plan/hardware.hpp"
#include "rung/report/table/predictions.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung::plan {
namespace {

TextTable runs_table(const PlanResult& result) {
  const Design& design = result.design;
  TextTable table;
  table.add_column("run");
  for (const InputInfo& input : result.fitted.law->info.inputs)
    table.add_column(input.name, "", short_quantity);
  if (!result.counts_runs) table.add_column(result.counts_flops ? "FLOPs" : "cost", "cost");
  add_bill_columns(table, result.hardware);
  // A log residual's error is relative.
  const bool relative = result.fitted.options.residual == Residual::log;
  if (!design.targets.empty())
    table.add_column(design.targets.size() > 1 ? "first target's stderr" : "target's stderr",
                     "target_stderr",
                     relative ? NumberFormat([](double x) { return percent(x, 2); })
                              : NumberFormat(four_digits));
  double count = 0;
  for (const Chosen& chosen : design.runs) {
    const Candidate& candidate = result.candidates[chosen.candidate];
    std::vector<TextCell> row = {++count};
    row.insert(row.end(), candidate.inputs.begin(), candidate.inputs.end());
    if (!result.counts_runs) row.push_back(candidate.cost);
    add_bill_cells(row, result.hardware, candidate.cost);
    if (!design.targets.empty()) row.push_back(number_cell(chosen.target_stderr));
    table.add_row(std::move(row));
  }
  return table;
}

std::string inputs_words(const Law& law, const std::vector<double>& inputs) {
  std::vector<std::string> words;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    words.push_back(law.info.inputs[k].name + "=" + short_quantity(inputs[k]));
  return join(words, ", ");
}

std::string summary(const PlanResult& result) {
  const Design& design = result.design;
  std::string text = (result.counts_runs ? "Runs " : "Cost ") + significant(design.cost) + " of " +
                     significant(result.budget) + (result.counts_flops ? " FLOPs" : "") + ".\n";
  if (result.hardware)
    text += bill_words(*result.hardware, design.cost) + hardware_words(*result.hardware);
  const bool is_doubted = !table::doubts_of(result.fitted).empty();
  bool is_marked = false;
  for (const Forecast& target : design.targets) {
    text += inputs_words(*result.fitted.law, target.inputs) + ": ";
    if (!target.note.empty()) {
      text += target.note + "\n";
      continue;
    }
    is_marked = is_marked || is_doubted;
    text += significant(target.predicted) + (is_doubted ? table::kDoubted : "") + ", " +
            percent(target.after.level, 0) + " interval " +
            (target.before ? interval_words(target.before) : "not determined") + " now, " +
            interval_words(target.after) + " expected with these runs\n";
  }
  if (is_marked) text += table::meaning_of_mark("warnings");
  return text;
}

/// Of runs after which predictions are hardly sharper; "" where all are.
std::string hardly_note(const Design& design) {
  std::size_t n = 0;
  double largest = 0;  // fall of a standard error
  for (const Forecast& target : design.targets) {
    if (!target.hardly_sharpens()) continue;
    ++n;
    largest = std::max(largest, 1 - target.stderr_after / target.stderr_before);
  }
  if (n == 0) return "";
  const bool is_one = design.targets.size() == 1;
  return "these runs hardly sharpen the prediction" +
         (is_one ? ""
                 : " at " + std::to_string(n) + " of " + counted(design.targets.size(), "target")) +
         ": its standard error falls by " + (is_one ? "" : "at most ") + percent(largest, 1) +
         "; candidates nearer to the target, or a larger budget, may tell more";
}

/// Where what is expected is hardly better than what is now, or not to be compared with it.
std::vector<std::string> notes_of(const Law& law, const Design& design) {
  std::vector<std::string> notes;
  if (const std::string hardly = hardly_note(design); !hardly.empty()) notes.push_back(hardly);
  for (const Forecast& target : design.targets) {
    if (target.is_linear() || !target.note.empty()) continue;
    notes.push_back("what is expected is by the law linearized at today's fit, by which it is " +
                    interval_words(target.before_linearized) + " now" +
                    (design.targets.size() > 1 ? " at " + inputs_words(law, target.inputs) : ""));
    break;
  }
  return notes;
}

Json json_runs(const PlanResult& result) {
  Json runs = Json::array();
  for (const Chosen& chosen : result.design.runs) {
    const Candidate& candidate = result.candidates[chosen.candidate];
    runs.push_back({{"inputs", json_inputs(*result.fitted.law, candidate.inputs)},
                    {"cost", json_number(candidate.cost)},
                    {"bill", json_bill(result.hardware, candidate.cost)},
                    {"target_stderr", json_number(chosen.target_stderr)}});
  }
  return runs;
}

Json json_targets(const PlanResult& result) {
  Json targets = Json::array();
  for (const Forecast& target : result.design.targets) {
    const auto interval = [&](const std::optional<Interval>& found) {
      return target.note.empty() ? json_interval(found) : Json(nullptr);
    };
    targets.push_back({{"inputs", json_inputs(*result.fitted.law, target.inputs)},
                       {"predicted", json_number(target.predicted)},
                       {"stderr_before", json_number(target.stderr_before)},
                       {"stderr_after", json_number(target.stderr_after)},
                       {"interval_before", interval(target.before)},
                       {"interval_before_linearized", interval(target.before_linearized)},
                       {"interval_after", interval(target.after)},
                       {"note", json_label(target.note)}});
  }
  return targets;
}

}  // namespace

Document describe(const PlanRequest& request, const PlanResult& result) {
  const Design& design = result.design;
  const std::optional<double> before =
      design.targets.empty() ? std::nullopt : std::optional(design.targets.front().stderr_before);
  Document document;
  document.usable = !design.runs.empty();
  document.rows = runs_table(result);
  // Why there is none, a warning says.
  if (document.usable)
    document.add(document.rows)
        .add(Paragraph{summary(result)})
        .add(Notes{notes_of(*result.fitted.law, design)});
  return document.set_results({{{"criterion", criterion_name(request.criterion)},
                                {"budget", result.budget},
                                {"cost", json_number(design.cost)},
                                {"n_candidates", result.candidates.size()},
                                {"stderr_before", json_number(before)},
                                {"residual", residual_name(result.fitted.options.residual)},
                                {"condition_number_before", json_number(design.condition_before)},
                                {"condition_number_after", json_number(design.condition_after)},
                                {"gain", json_number(design.gain)},
                                {"greedy_gain", json_number(design.greedy_gain)},
                                {"hardware", json_hardware(result.hardware)},
                                {"bill", json_bill(result.hardware, design.cost)},
                                {"targets", json_targets(result)},
                                {"runs", json_runs(result)},
                                {"doubts", table::doubts_of(result.fitted)}}});
}

}  // namespace rung::plan
