#pragma once
/// FLOPs per token of a ladder's runs: one rule, however the runs were read.

#include <optional>
#include <string>

#include "rung/data/ladder.hpp"
#include "rung/study/ladder/task.hpp"

namespace rung::ladder {

/// Of the catalogue's model of that name and that very size; absent for any other model that only
/// shares a name with it.
std::optional<double> catalogue_flops(const Catalogue& catalogue, const std::string& name,
                                      double n_params);

/// Makes every run of the ladder know its FLOPs per token, all by the same count. What the runs say
/// themselves counts where all of them do; what some lack comes from the catalogue where it knows
/// all of these; else 6 N counts for every run, also for those that say something. Returns a note
/// wherever it wasn't the runs that said it.
std::optional<std::string> complete_flops(Ladder& ladder, const Catalogue& catalogue);

/// FLOPs per token of a model of that name and size, by the count of the ladder's runs: those of a
/// run of its size, else 6 N where that is what all runs have, else the catalogue's.
std::optional<double> flops_like_runs(const Ladder& ladder, const Catalogue& catalogue,
                                      const std::string& name, double n_params);

}  // namespace rung::ladder
