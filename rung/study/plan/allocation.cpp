#include "rung/study/plan/allocation.hpp"

#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/data/table.hpp"

namespace rung::plan {
namespace {

std::map<std::string, double> fixed_inputs_of(const std::string& text) {
  std::map<std::string, double> fixed_inputs;
  if (text.empty()) return fixed_inputs;
  Table one("--hold");
  one.add({"(row)", std::vector<double>{0}});
  const Mapping mapping = parse_mapping(text, "--hold");
  one = with_columns(std::move(one), mapping);
  for (const auto& [name, expression] : mapping) fixed_inputs[name] = one.numbers(name).front();
  return fixed_inputs;
}

std::vector<Asked> questions_of(const AllocateRequest& request,
                                const std::optional<Hardware>& hardware) {
  std::vector<Asked> asked;
  for (const std::string& budget : request.budgets) {
    const double flops = budget_flops(budget, hardware);
    asked.push_back({{.budget_flops = flops}, significant(flops) + " FLOPs"});
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
  throw InputError("--accuracy-fit has no group '" + group + "'", "fit both by the same groups");
}

void warn_of(const Answer& found, const std::string& about, std::vector<std::string>& warnings) {
  if (!found.best) warnings.push_back(about + found.why_not);
  for (const std::string& warning : found.warnings) warnings.push_back(about + warning);
  const double share = found.reachable_share.value_or(1);
  if (found.best ? share < 1 : found.reachable_share && share > 0)
    warnings.push_back(about + "reachable in " + percent(share, 0) + " of the bootstrap refits");
}

std::size_t place_of(const Law& law, const char* name) {
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (law.info.inputs[k].name == name) return k;
  }
  throw InputError("approaches 1 and 2 need N and D", "say them with --x");
}

IsoflopRuns isoflop_runs(const Law& law, const table::Sample& sample, bool parabolas) {
  const std::size_t n = place_of(law, "N"), d = place_of(law, "D");
  IsoflopRuns runs{.label = sample.label, .parabolas = parabolas};
  for (std::size_t i = 0; i < sample.points.size(); ++i) {
    const double size = sample.points.input(n, i);
    runs.points.push_back(
        {kTrainingFlops * size * sample.points.input(d, i), size, sample.points.y(i)});
  }
  runs.fit = parabolas ? isoflop_parabolas(runs.points) : isoflop_envelope(runs.points);
  return runs;
}

}  // namespace

void AllocateRequest::validate(const std::optional<Hardware>& hardware) const {
  if (questions_of(*this, hardware).empty())
    throw InputError("for what?", "give --budget FLOPS, --target-loss or --target-accuracy");
  fixed_inputs_of(fixed_inputs);
}

bool AllocateResult::any_reachable() const {
  return std::any_of(laws.begin(), laws.end(), [](const AllocatedLaw& law) {
    return std::any_of(law.answers.begin(), law.answers.end(),
                       [](const Answer& answer) { return answer.best.has_value(); });
  });
}

AllocateResult run(const AllocateRequest& request, std::vector<Fitted> laws,
                   const std::vector<Fitted>& metrics, const std::optional<Hardware>& hardware) {
  AllocateResult result{.asked = questions_of(request, hardware), .hardware = hardware};
  for (Fitted& fitted : laws) {
    std::optional<Fitted> metric = metric_of(metrics, fitted.label);
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
    }
  }
  return result;
}

void IsoflopRequest::validate(const std::optional<Hardware>& hardware) const {
  for (const std::string& budget : budgets) budget_flops(budget, hardware);
}

IsoflopResult run(const IsoflopRequest& request, const table::Prepared& prepared,
                  const std::optional<Hardware>& hardware) {
  IsoflopResult result{.groups = {}, .hardware = hardware, .warnings = {}};
  for (const table::Sample& sample : prepared.samples) {
    IsoflopRuns runs = isoflop_runs(*prepared.law, sample, request.parabolas);
    for (const std::string& budget : request.budgets) {
      const double flops = budget_flops(budget, hardware);
      const double size = runs.fit.n_params.at(flops);
      runs.splits.push_back({flops, size, flops / (kTrainingFlops * size)});
    }
    result.warnings.insert(result.warnings.end(), runs.fit.warnings.begin(),
                           runs.fit.warnings.end());
    result.groups.push_back(std::move(runs));
  }
  return result;
}

}  // namespace rung::plan
