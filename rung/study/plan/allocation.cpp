#include "rung/study/plan/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/data/table.hpp"
#include "rung/fit/possible.hpp"
#include "rung/study/plan/solver.hpp"
#include "rung/study/table/column_words.hpp"

namespace rung::plan {
namespace {

std::map<std::string, double> fixed_inputs_of(const std::string& text) {
  std::map<std::string, double> fixed_inputs;
  if (text.empty()) return fixed_inputs;
  Table one("--hold");
  one.add({"(row)", std::vector<double>{0}});
  const Mapping mapping = parse_mapping(text, "--hold");
  require_quantities(mapping, one);
  one = with_columns(std::move(one), mapping);
  for (const auto& [name, expression] : mapping) fixed_inputs[name] = one.numbers(name).front();
  return fixed_inputs;
}

std::vector<Asked> questions_of(const AllocateRequest& request,
                                const std::optional<Hardware>& hardware) {
  std::vector<Asked> asked;
  for (const std::string& budget : request.budgets) {
    const double flops = budget_flops(budget, hardware);
    const bool in_flops = is_in_flops(budget);
    asked.push_back({{.budget_flops = flops},
                     in_flops ? significant(flops) + " FLOPs" : std::string(trimmed(budget)),
                     !in_flops});
  }
  for (const double target : request.target_losses)
    asked.push_back({{.target_loss = target}, "loss " + significant(target)});
  for (const double target : request.target_accuracies)
    asked.push_back({{.target_metric = target}, "accuracy " + significant(target)});
  return asked;
}

/// The accuracy law of a group: its own, or the only one there is.
std::optional<Fitted> metric_of(const std::vector<Fitted>& metrics, const std::string& group) {
  if (metrics.empty()) return std::nullopt;
  for (const Fitted& metric : metrics) {
    if (metric.label == group) return metric;
  }
  if (metrics.size() == 1) return metrics.front();
  if (group.empty()) {
    std::vector<std::string> labels;
    for (const Fitted& metric : metrics) labels.push_back("'" + metric.label + "'");
    throw InputError("--accuracy-fit has fits of groups (" + join(labels, ", ") +
                         "), and the first law is one of all rows",
                     "take a fit of one of them, or fit both by the same groups");
  }
  throw InputError("--accuracy-fit has no group '" + group + "'", "fit both by the same groups");
}

/// InputError for a target that can't be, which is a percentage as a rule.
void check_possible(const std::string& option, const std::vector<double>& targets,
                    const Fitted& law) {
  for (const double target : targets) {
    if (is_possible(target, law.possible)) continue;
    constexpr double kPercent = 100;
    const bool is_percentage = law.possible->most == 1 && target >= 2 && target <= kPercent;
    throw InputError(option + " " + significant(target) + " is not from " +
                         significant(law.possible->least) + " to " +
                         significant(law.possible->most),
                     is_percentage ? "a share is meant: " + significant(target / kPercent) : "");
  }
}

void warn_of(const Answer& found, const std::string& about, std::vector<std::string>& warnings) {
  if (!found.best) warnings.push_back(about + found.why_not);
  for (const std::string& warning : found.warnings) warnings.push_back(about + warning);
  if (const std::string share = reached_share(found); !share.empty())
    warnings.push_back(about + "reachable in " + share + " of the bootstrap refits");
}

std::size_t place_of(const Law& law, const char* name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return k;
  }
  throw InputError("approaches 1 and 2 need N and D", "say them with --x");
}

double compute_of(const table::Prepared& prepared, std::size_t row) {
  const double flops = prepared.table.numbers("C")[row];
  if (!(flops > 0) || !std::isfinite(flops))
    throw InputError(prepared.table.location(row),
                     shown_expression(table::expression_of(prepared.x, "C")) + " is " +
                         (std::isnan(flops) ? "missing" : significant(flops)),
                     table::where_hint(prepared.x, "C", " > 0"));
  return flops;
}

IsoflopRuns isoflop_runs(const table::Prepared& prepared, const table::Sample& sample,
                         const IsoflopRequest& request) {
  const std::size_t n = place_of(*prepared.law, "N"), d = place_of(*prepared.law, "D");
  IsoflopRuns runs{.label = sample.label, .parabolas = request.parabolas};
  for (std::size_t i = 0; i < sample.points.size(); ++i) {
    const double size = sample.points.input(n, i), tokens = sample.points.input(d, i);
    const double flops =
        request.own_compute ? compute_of(prepared, sample.rows[i]) : kTrainingFlops * size * tokens;
    runs.points.push_back({flops, size, sample.points.y(i), tokens});
  }
  runs.fit = request.parabolas ? isoflop_parabolas(runs.points) : isoflop_envelope(runs.points);
  return runs;
}

/// What a run costs over 6 N D, where that is the same for all of them to 5%.
std::optional<double> cost_over_six_nd(const std::vector<IsoflopPoint>& runs) {
  if (runs.empty()) return std::nullopt;
  std::vector<double> logs;
  for (const IsoflopPoint& run : runs)
    logs.push_back(std::log(run.compute_flops / (kTrainingFlops * run.n_params * run.n_tokens)));
  const auto [least, most] = std::minmax_element(logs.begin(), logs.end());
  constexpr double kSame = 0.05;
  if (*most - *least > kSame) return std::nullopt;
  return std::exp((*least + *most) / 2);
}

/// "at 1e20 FLOPs N = 1.038B is best, and approach 2 would say 936.1M, 10% below".
std::string bias_at(const SizeBias& bias, bool parabolas) {
  const std::string where = "at " + significant(bias.budget_flops) + " FLOPs ";
  if (!bias.best) return where + "that law has no optimum";
  const double off = bias.off();
  const int decimals = std::abs(off) < 0.01 ? 1 : 0;
  return where + "N = " + short_quantity(*bias.best) + " is best, and approach " +
         (parabolas ? "2" : "1") + " would say " + short_quantity(bias.by_runs) + ", " +
         percent(std::abs(off), decimals) + (off < 0 ? " below" : " above");
}

/// How far approach 1 or 2 is off where runs like these lie on the law that is fitted to them, or
/// why that isn't known.
std::string find_biases(const table::Prepared& prepared, const table::Sample& sample,
                        const Loss& fit_loss, const std::vector<double>& budgets,
                        IsoflopRuns& runs) {
  const std::string unknown = "how far off it is can't be told here: ";
  if (prepared.law->info.inputs.size() != 2)
    return unknown + "the law has other inputs than N and D";
  const std::optional<double> cost = cost_over_six_nd(runs.points);
  if (!cost) return unknown + "the runs' compute is not so many times 6 N D";
  const Fitted fitted(
      prepared.law, std::make_shared<const Points>(sample.points),
      {.loss = fit_loss, .residual = prepared.residual, .constraints = prepared.constraints});
  if (fitted.fit.status != Status::certified || !fitted.fit.identified)
    return unknown + "the runs do not determine the law that approach 3 fits to them";
  const LossOf loss = loss_of({&fitted, nullptr, {}});
  std::vector<IsoflopPoint> on_law = runs.points;
  for (IsoflopPoint& point : on_law) point.loss = loss(point.n_params, point.n_tokens);
  const IsoflopFit by_runs = runs.parabolas ? isoflop_parabolas(on_law) : isoflop_envelope(on_law);
  std::vector<std::string> each;
  for (const double flops : budgets) {
    const Allocation best = best_for_budget(loss, flops / *cost);
    runs.biases.push_back({flops, by_runs.n_params.at(flops),
                           best.at_edge ? std::nullopt : std::optional(best.n_params)});
    each.push_back(bias_at(runs.biases.back(), runs.parabolas));
  }
  // Both sizes are of the law: the runs' own, in the table, may be another.
  return "how far off it is by itself, on " + prepared.law->info.name +
         ", the law that approach 3 fits to the runs: " + join(each, "; ");
}

/// N at 90% by the runs' noise alone; absent where that can't be told.
std::optional<Interval> open_by_noise(const IsoflopRuns& runs, double flops) {
  constexpr double kNormal90 = 1.6449;
  const double error = parabolas_log_error(runs.points, flops).value_or(0);
  if (!(error > 0)) return std::nullopt;
  const double size = runs.fit.n_params.at(flops), factor = std::exp(kNormal90 * error);
  return Interval{0.9, size / factor, size * factor, "jackknife"};
}

/// "the runs' noise alone leaves N at 1e24 FLOPs open from 24B to 41B (90%, by leaving out each run
/// in turn)", of the budget where it leaves the most open; "" where that can't be told.
std::string noise_words(const std::vector<BudgetSplit>& splits) {
  const auto width = [](const BudgetSplit& split) {
    return split.by_noise ? split.by_noise->upper / split.by_noise->lower : 0;
  };
  const auto most =
      std::max_element(splits.begin(), splits.end(),
                       [&](const auto& a, const auto& b) { return width(a) < width(b); });
  if (most == splits.end() || !most->by_noise) return "";
  return "the runs' noise alone leaves N at " + significant(most->budget_flops) +
         " FLOPs open from " + short_quantity(most->by_noise->lower) + " to " +
         short_quantity(most->by_noise->upper) +
         " (90%, by leaving out each run in turn), beside the bias";
}

/// `flops` against the runs' compute; a factor of 1 inside.
table::Beyond beyond_compute(const std::vector<IsoflopPoint>& runs, double flops) {
  const auto [least, most] = std::minmax_element(runs.begin(), runs.end(),
                                                 [](const IsoflopPoint& a, const IsoflopPoint& b) {
                                                   return a.compute_flops < b.compute_flops;
                                                 });
  return {"C", std::max({1.0, flops / most->compute_flops, least->compute_flops / flops}),
          flops < least->compute_flops};
}

/// Of an answer so far from the data that a unit is wrong, as a rule.
void warn_of_units(const AllocatedLaw& law, const Answer& found, const std::string& about,
                   std::vector<std::string>& warnings) {
  constexpr double kAbsurd = 1e6;
  const std::vector<table::Beyond> beyond = law.beyond(found);
  const auto furthest = std::find_if(  // an input may be 0
      beyond.begin(), beyond.end(), [](const auto& one) { return std::isfinite(one.factor); });
  if (furthest == beyond.end() || furthest->factor < kAbsurd) return;
  warnings.push_back(about + furthest->input + " lies " + short_count(furthest->factor) +
                     " times " + (furthest->below ? "below" : "beyond") +
                     " the data, so that nothing here is to be trusted: is the budget in FLOPs, "
                     "and are N and D in single parameters and tokens?");
}

}  // namespace

void AllocateRequest::validate(const std::optional<Hardware>& hardware) const {
  if (questions_of(*this, hardware).empty())
    throw InputError("for what?", "give --budget FLOPS, --target-loss or --target-accuracy");
  fixed_inputs_of(fixed_inputs);
}

bool AllocatedLaw::has_data() const {
  return std::any_of(loss.highest.begin(), loss.highest.end(),
                     [](double highest) { return std::isfinite(highest); });
}

std::vector<table::Beyond> AllocatedLaw::beyond(const Answer& found) const {
  if (!found.best) return {};
  std::vector<double> inputs;
  for (const InputInfo& input : loss.law->info.inputs)
    inputs.push_back(input.name == "N"   ? found.best->n_params
                     : input.name == "D" ? found.best->n_tokens
                                         : fixed_inputs.at(input.name));
  std::vector<table::Beyond> beyond = table::beyond_data(loss, inputs);
  if (metric) {
    for (table::Beyond& of_metric : table::beyond_data(*metric, {found.best->loss}))
      beyond.push_back(std::move(of_metric));
  }
  return beyond;
}

std::vector<std::string> AllocatedLaw::doubts() const {
  std::vector<std::string> doubts = table::doubts_of(loss);
  if (metric) {
    for (std::string& doubt : table::doubts_of(*metric)) doubts.push_back(std::move(doubt));
  }
  return doubts;
}

bool AllocateResult::any_reachable() const {
  return std::any_of(laws.begin(), laws.end(), [](const AllocatedLaw& law) {
    return std::any_of(law.answers.begin(), law.answers.end(),
                       [](const Answer& answer) { return answer.best.has_value(); });
  });
}

AllocateResult run(const AllocateRequest& request, std::vector<Fitted> laws,
                   const std::vector<Fitted>& metrics, const std::optional<Hardware>& hardware) {
  AllocateResult result;
  result.asked = questions_of(request, hardware);
  result.hardware = hardware;
  for (Fitted& fitted : laws) {
    std::optional<Fitted> metric = metric_of(metrics, fitted.label);
    check_possible("--target-loss", request.target_losses, fitted);
    check_possible("--target-accuracy", request.target_accuracies, metric ? *metric : fitted);
    AllocatedLaw& law = result.laws.emplace_back(AllocatedLaw{std::move(fitted),
                                                              std::move(metric),
                                                              fixed_inputs_of(request.fixed_inputs),
                                                              request.options,
                                                              {}});
    const std::string about = law.loss.label.empty() ? "" : law.loss.label + ", ";
    for (const Asked& asked : result.asked) {
      law.answers.push_back(
          answer(law.source(), asked.question, request.options, request.n_threads));
      warn_of(law.answers.back(), about + asked.words + ": ", result.warnings);
      warn_of_units(law, law.answers.back(), about + asked.words + ": ", result.warnings);
    }
  }
  return result;
}

void IsoflopRequest::validate(const std::optional<Hardware>& hardware) const {
  for (const std::string& budget : budgets) budget_flops(budget, hardware);
}

std::optional<double> flops_over_six_nd(const table::Request& what,
                                        const table::Prepared& prepared) {
  if (!table::maps_compute(what)) return std::nullopt;
  std::optional<std::size_t> n, d;
  const std::vector<InputInfo>& inputs = prepared.law->info.inputs;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].name == "N") n = k;
    if (inputs[k].name == "D") d = k;
    if (inputs[k].name == "C") return std::nullopt;
  }
  if (!n || !d) return std::nullopt;
  const std::vector<double>& flops = prepared.table.numbers("C");
  std::vector<IsoflopPoint> runs;
  for (const table::Sample& sample : prepared.samples) {
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      if (!(flops[sample.rows[i]] > 0)) continue;
      runs.push_back({.compute_flops = flops[sample.rows[i]],
                      .n_params = sample.points.input(*n, i),
                      .n_tokens = sample.points.input(*d, i)});
    }
  }
  return cost_over_six_nd(runs);
}

bool counts_six_nd(double over_six_nd) {
  constexpr double kRounding = 0.005;
  return std::abs(over_six_nd - 1) <= kRounding;
}

std::string count_flops_as(double over_six_nd, AllocateOptions& options) {
  if (counts_six_nd(over_six_nd)) return "";
  options.training_flops_per_nd = over_six_nd * kTrainingFlops;
  return "budgets and training FLOPs are in the runs' C, which is " + significant(over_six_nd, 3) +
         " times 6 N D";
}

namespace {

/// Each once: of all groups, or with the names of those that it is of.
std::vector<std::string> warnings_of(const std::vector<IsoflopRuns>& groups) {
  std::vector<std::pair<std::string, std::vector<std::string>>> said;  // a warning, and of whom
  for (const IsoflopRuns& group : groups) {
    for (const std::string& warning : group.fit.warnings) {
      auto known = std::find_if(said.begin(), said.end(),
                                [&](const auto& each) { return each.first == warning; });
      if (known == said.end()) known = said.insert(said.end(), {warning, {}});
      known->second.push_back(group.label);
    }
  }
  std::vector<std::string> warnings;
  for (const auto& [warning, labels] : said)
    warnings.push_back((labels.size() < groups.size() ? join(labels, ", ") + ": " : "") + warning);
  return warnings;
}

}  // namespace

IsoflopResult run(const IsoflopRequest& request, const table::Prepared& prepared,
                  const std::optional<Hardware>& hardware) {
  IsoflopResult result{.groups = {}, .hardware = hardware, .warnings = {}};
  for (const table::Sample& sample : prepared.samples) {
    IsoflopRuns runs = isoflop_runs(prepared, sample, request);
    for (const std::string& budget : request.budgets) {
      const double flops = budget_flops(budget, hardware);
      const double size = runs.fit.n_params.at(flops);
      const double tokens =
          request.own_compute ? runs.fit.n_tokens.at(flops) : flops / (kTrainingFlops * size);
      runs.splits.push_back({flops, size, tokens, beyond_compute(runs.points, flops)});
      if (request.parabolas) runs.splits.back().by_noise = open_by_noise(runs, flops);
    }
    std::vector<BudgetSplit> told = runs.splits;  // of what biases and noise are told
    if (told.empty()) {
      BudgetSplit& last = told.emplace_back();
      last.budget_flops = runs.fit.bottoms.back().compute_flops;
      if (request.parabolas) last.by_noise = open_by_noise(runs, last.budget_flops);
    }
    std::vector<double> budgets;
    for (const BudgetSplit& split : told) budgets.push_back(split.budget_flops);
    runs.fit.warnings.push_back(find_biases(prepared, sample, request.loss, budgets, runs));
    if (std::string noise = noise_words(told); !noise.empty())
      runs.fit.warnings.push_back(std::move(noise));
    result.groups.push_back(std::move(runs));
  }
  result.warnings = warnings_of(result.groups);
  return result;
}

}  // namespace rung::plan
