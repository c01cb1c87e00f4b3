#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/figure/overtraining/figure1.hpp"
#include "rung/report/overtraining/fits.hpp"
#include "rung/report/saved_study.hpp"

namespace rung::app {
namespace {

struct FitOfTestbed {
  OvertrainingOptions testbed;
  overtraining::Choice choice;
  std::string save_loss_path, save_error_path;
};

template <class LawOfRuns>
std::string saved_laws(const std::vector<LawOfRuns>& laws,
                       const std::vector<std::vector<std::string>>& doubts, const std::string& y,
                       const std::vector<std::string>& group_by) {
  std::vector<Fitted> fits;
  for (std::size_t i = 0; i < laws.size(); ++i) {
    fits.push_back(laws[i].fitted);
    fits.back().problem = nullptr;  // later intervals are by the covariance, as the study's are
    fits.back().doubts = doubts[i];
    if (y == "error") fits.back().possible = ValueRange{0, 1};
  }
  return saved_fit_text(saved_fit_of(std::move(fits), y, group_by));
}

/// One set of each kind: the first that was asked for, else the one that the paper shows.
overtraining::Choice choice_shown(const Testbed& testbed, const overtraining::Study& study,
                                  const overtraining::Choice& asked) {
  using overtraining::Takes;
  return first_where_one(complete(testbed, study, asked, overtraining::published_figure()),
                         {Takes::one, Takes::one, Takes::one});
}

Answer run_fit(CommandContext& context, const FitOfTestbed& options) {
  const Testbed testbed = load_testbed(context, options.testbed);
  const overtraining::Study study = load_study(context, options.testbed);
  const int n_threads = context.common.n_threads;
  const overtraining::Fits fits = fit_laws(testbed, study, options.choice, n_threads);
  warn_of_doubts(context, fits);
  Answer answer(describe_fits(testbed, study, fits, n_threads));
  const overtraining::Choice shown = choice_shown(testbed, study, options.choice);
  if (!context.common.figure_path.empty() && fits.error_laws.size() > 1)
    context.note("the figure shows " + shown.train_sets[0] + ", " + shown.loss_sets[0] + " and " +
                 shown.error_sets[0] + ", one of " + std::to_string(fits.error_laws.size()) +
                 " combinations: --train-set, --loss-set and --error-set name others");
  answer.figure = [testbed, study, shown, n_threads] {
    return figure1(testbed, study, fit_laws(testbed, study, shown, n_threads));
  };
  if (options.save_loss_path.empty() && options.save_error_path.empty()) return answer;
  const LawDoubts doubts = law_doubts(testbed, fits);
  if (!options.save_loss_path.empty())
    answer.files.push_back({options.save_loss_path, saved_laws(fits.loss_laws, doubts.of_loss_laws,
                                                               "loss", {"train_set", "loss_set"})});
  if (!options.save_error_path.empty())
    answer.files.push_back(
        {options.save_error_path, saved_laws(fits.error_laws, doubts.of_error_laws, "error",
                                             {"train_set", "loss_set", "error_set"})});
  return answer;
}

Action overtraining_fit(Options& command) {
  const auto options = std::make_shared<FitOfTestbed>();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->choice, {});
  command
      .add("--save-loss-fit", options->save_loss_path, "the loss laws for rung predict, in M and C")
      .value_name("FILE")
      .writes();
  command.add("--save-error-fit", options->save_error_path, "the error laws for rung predict, in L")
      .value_name("FILE")
      .writes();
  command.footer(
      "Without sets, every combination of training set, loss set and error set is fitted.\n"
      "Results: train_set, loss_set, error_set, loss_fit, loss_doubt, error_fit, predictable,\n"
      "doubts, targets.");
  return [options](CommandContext& context) { return run_fit(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_fit_commands() {
  return {{.name = "overtraining fit",
           .summary = "both laws, and what they say of every model",
           .example = "rung overtraining fit --train-set rpj --loss-set c4_val --error-set avg",
           .group = "overtraining",
           .place = 10,
           .declare = overtraining_fit,
           .has_figure = true}};
}

}  // namespace rung::app
