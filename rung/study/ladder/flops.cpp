#include "rung/study/ladder/flops.hpp"

#include <algorithm>
#include <cmath>

#include "rung/core/counted.hpp"
#include "rung/data/units.hpp"

namespace rung::ladder {
namespace {

bool says_flops(const Run& run) { return run.flops_per_token.has_value(); }

double flops_by_rule(double n_params) { return training_flops(n_params, 1); }

std::optional<std::string> complete_from_catalogue(Ladder& ladder, const Catalogue& catalogue) {
  Ladder completed = ladder;
  std::size_t n_completed = 0;
  for (LadderRun& run : completed.runs) {
    if (says_flops(run)) continue;
    run.flops_per_token = catalogue_flops(catalogue, run.model, n_params(run));
    if (!says_flops(run)) return std::nullopt;
    ++n_completed;
  }
  ladder = std::move(completed);
  return "FLOPs per token of " + counted(n_completed, "run") +
         " are those of the catalogue's models of the same name and size";
}

}  // namespace

std::optional<double> catalogue_flops(const Catalogue& catalogue, const std::string& name,
                                      double n_params) {
  constexpr double kSameSize = 1e-4;  // relative: as sizes are rounded, not as models differ
  const ModelSize* size = catalogue.model(name);
  if (!size || std::abs(n_params / size->n_params - 1) > kSameSize) return std::nullopt;
  return size->flops_per_token;
}

std::optional<std::string> complete_flops(Ladder& ladder, const Catalogue& catalogue) {
  const auto n_saying = std::count_if(ladder.runs.begin(), ladder.runs.end(), says_flops);
  if (n_saying == std::ssize(ladder.runs)) return std::nullopt;
  if (auto note = complete_from_catalogue(ladder, catalogue)) return note;
  for (LadderRun& run : ladder.runs) run.flops_per_token = flops_by_rule(n_params(run));
  const std::string rule = "6 N FLOPs per token count for every run";
  if (n_saying == 0) return "no run says its FLOPs: " + rule;
  return "only " + std::to_string(n_saying) + " of " + counted(ladder.runs.size(), "run") +
         " say their FLOPs: " + rule;
}

std::optional<double> flops_like_runs(const Ladder& ladder, const Catalogue& catalogue,
                                      const std::string& name, double n_params) {
  const auto same_size = [&](const Run& run) {
    return says_flops(run) && run.n_params.non_embedding == n_params;
  };
  const auto by_rule = [](const Run& run) {
    return run.n_params.non_embedding &&
           run.flops_per_token == flops_by_rule(*run.n_params.non_embedding);
  };
  const auto run = std::find_if(ladder.runs.begin(), ladder.runs.end(), same_size);
  if (run != ladder.runs.end()) return run->flops_per_token;
  if (!ladder.runs.empty() && std::all_of(ladder.runs.begin(), ladder.runs.end(), by_rule))
    return flops_by_rule(n_params);
  return catalogue_flops(catalogue, name, n_params);
}

}  // namespace rung::ladder
