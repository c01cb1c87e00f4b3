#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/report/overtraining/fits.hpp"

namespace rung::app {
namespace {

Answer run_fit(CommandContext& context, const OvertrainingOptions& options) {
  const Testbed testbed = load_testbed(context, options);
  const overtraining::Study study = load_study(context, options);
  const int n_threads = context.common.n_threads;
  const overtraining::Fits fits = fit_laws(testbed, study, options.choice, n_threads);
  return Answer(describe_fits(testbed, study, fits, n_threads));
}

Action overtraining_fit(Options& command) {
  const auto options = std::make_shared<OvertrainingOptions>();
  add_testbed_options(command, *options);
  add_set_options(command, *options, true);
  command.footer(
      "Without sets, every combination of training set, loss set and error set is fitted.\n"
      "Results: train_set, loss_set, error_set, loss_fit, error_fit, predictable, doubts, "
      "targets.");
  return [options](CommandContext& context) { return run_fit(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_fit_commands() {
  return {{.name = "overtraining fit",
           .summary = "both laws, and what they say of every model",
           .group = "overtraining",
           .place = 10,
           .declare = overtraining_fit}};
}

}  // namespace rung::app
