#pragma once
/// What the commands `rung overtraining …` share: where the testbed lies, which study, which sets.

#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/study/overtraining/cost.hpp"
#include "rung/study/overtraining/fits.hpp"

namespace rung::app {

struct OvertrainingOptions {
  std::string data;
  std::string study = "default";
};

/// --data and --study.
void add_testbed_options(Options& command, OvertrainingOptions& options);
/// --train-set, --loss-set and --error-set, as many of each as are taken.
void add_set_options(Options& command, overtraining::Choice& choice,
                     const overtraining::SetsTaken& taken);

/// Notes what is shown of each kind of which there are several and one is taken: "the figure shows
/// loss set web, one of 2: --loss-set names others", of `what` "the figure shows".
void note_first_where_one(CommandContext& context, const std::string& what,
                          const overtraining::Choice& all, const overtraining::SetsTaken& taken);

/// The testbed from --data, or from where `rung data get` puts it. Says once how many
/// contradictions its metadata has.
Testbed load_testbed(CommandContext& context, const OvertrainingOptions& options);

/// A warning for every loss law in doubt.
void warn_of_doubts(CommandContext& context, const overtraining::Fits& fits);

/// A study by name or from a file.
overtraining::Study load_study(CommandContext& context, const OvertrainingOptions& options);

}  // namespace rung::app
