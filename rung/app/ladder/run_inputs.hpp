#pragma once
/// The ladder's commands on runs as they were logged.

#include <set>
#include <span>
#include <string>

#include "rung/app/ladder/common.hpp"
#include "rung/study/ladder/logged_runs.hpp"

namespace rung::app {

/// The runs of RUNS, as `rung import` makes them.
ladder::LoggedLadder read_logged_ladder(CommandContext& context, const LadderOptions& options);

/// The same as a ladder for each wanted.
LadderInputs read_run_inputs(CommandContext& context, const LadderOptions& options,
                             std::span<const Wanted> wanted);

/// Says so where a file of --tasks says nothing of any task here.
void note_unused_tasks(CommandContext& context, const ladder::Catalogue& catalogue,
                       const std::vector<ladder::Task>& tasks);

/// Says how many questions the logged tasks have where no file says it, and warns where the scores
/// can't be of as many as a file says.
void tell_questions(CommandContext& context, const ladder::Catalogue& catalogue,
                    const ladder::LoggedLadder& logged);

/// Says what the chance of guessing right is taken to be: of logged tasks, and of a configuration's
/// of which nobody says it. `told`: the keys of those of which a result tells it.
void note_chances(CommandContext& context, const LadderOptions& options,
                  const std::vector<ladder::Task>& tasks, const std::set<std::string>& told = {});

/// Of tasks nobody has said how many questions they have: says what that means.
void note_uncounted(CommandContext& context, const std::vector<ladder::Task>& tasks);

}  // namespace rung::app
