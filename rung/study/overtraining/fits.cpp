#include "rung/study/overtraining/fits.hpp"

#include <algorithm>
#include <array>

#include "rung/core/counted.hpp"
#include "rung/core/each_once.hpp"
#include "rung/core/error.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/law/law.hpp"

namespace rung::overtraining {
namespace {

void complete_names(std::vector<std::string>& names, const std::vector<std::string>& known,
                    const std::string& what) {
  if (names.empty()) names = known;
  names = each_once(names);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string hint = did_you_mean(name, known);
    throw InputError("there is no " + what + " '" + name + "'",
                     hint.empty() ? "there are " + join(known, ", ") : hint);
  }
}

/// A fit with few degrees of freedom is not wrong, but its intervals rest on very little.
void note_few_runs(Fit& fit) {
  constexpr double kFew = 2;
  if (!fit.covariance || fit.covariance->dof > kFew) return;
  const std::size_t dof = static_cast<std::size_t>(fit.covariance->dof);
  fit.notes.push_back(std::to_string(fit.n_points) + " runs leave " + std::to_string(dof) +
                      (dof == 1 ? " degree" : " degrees") +
                      " of freedom: the intervals are wide, and trust the noise to be normal");
}

/// One more run is what is predicted, so that its noise is in the interval.
Fitted fitted_to_runs(const Law& law, Points points, std::string label) {
  Fitted fitted(law, std::move(points), {});
  fitted.label = std::move(label);
  fitted.interval_for = IntervalFor::observation;
  note_few_runs(fitted.fit);
  return fitted;
}

/// InputError at the study's place where a law has more parameters than runs to fit.
void require_enough(const Law& law, const std::string& name, const std::vector<std::size_t>& models,
                    const std::vector<RunChoice>& choices) {
  const std::size_t n_parameters = law.n_parameters();
  if (models.size() >= n_parameters) return;
  throw InputError(choices.front().where,
                   "the " + name + " has " + counted(n_parameters, "parameter") +
                       ", and the study gives it " + counted(models.size(), "run"),
                   "name " + std::to_string(n_parameters + 1) + " runs or more");
}

/// Of a complete choice, the laws.
Fits fit_completed(const Testbed& testbed, const Study& study, Fits fits, int n_threads) {
  for (const std::string& name : fits.choice.error_sets) {
    fits.error_sets.push_back(error_set(testbed, study, name));
  }
  for (const std::string& train_set : fits.choice.train_sets) {
    const auto loss_models = chosen_models(testbed, study.loss_runs, train_set);
    const auto error_models = chosen_models(testbed, study.error_runs, train_set);
    for (const std::string& loss_set : fits.choice.loss_sets) {
      fits.loss_laws.push_back(
          {train_set, loss_set, measured_models(testbed, loss_models, loss_set), {}});
      for (const ErrorSet& errors : fits.error_sets) {
        fits.error_laws.push_back({train_set,
                                   loss_set,
                                   errors.name,
                                   measured_models(testbed, error_models, loss_set, &errors),
                                   {}});
      }
    }
  }
  const Law& over_training = find_law("over-training");
  const Law& exponential_decay = find_law("exponential-decay");
  for (const LossLaw& law : fits.loss_laws)
    require_enough(over_training, "loss law", law.models, study.loss_runs);
  for (const ErrorLaw& law : fits.error_laws)
    require_enough(exponential_decay, "error law", law.models, study.error_runs);
  parallel_for(fits.loss_laws.size() + fits.error_laws.size(), n_threads, [&](std::size_t i) {
    if (i < fits.loss_laws.size()) {
      LossLaw& law = fits.loss_laws[i];
      law.fitted = fitted_to_runs(over_training, loss_points(testbed, law.models, law.loss_set),
                                  "train_set=" + law.train_set + ", loss_set=" + law.loss_set);
      return;
    }
    const std::size_t e = i - fits.loss_laws.size();
    ErrorLaw& law = fits.error_laws[e];
    const ErrorSet& errors = fits.error_sets[e % fits.error_sets.size()];
    law.fitted =
        fitted_to_runs(exponential_decay, error_points(testbed, law.models, law.loss_set, errors),
                       "train_set=" + law.train_set + ", loss_set=" + law.loss_set +
                           ", error_set=" + law.error_set);
  });
  return fits;
}

}  // namespace

void require_one(const Choice& choice, const SetsTaken& taken) {
  const auto require = [](const std::vector<std::string>& sets, Takes takes, const char* option) {
    if (takes == Takes::one && sets.size() > 1)
      throw InputError("one " + std::string(option) + " is shown here, and there are " +
                           std::to_string(sets.size()),
                       "run the command once for each");
  };
  require(choice.train_sets, taken.train, "--train-set");
  require(choice.loss_sets, taken.loss, "--loss-set");
  require(choice.error_sets, taken.error, "--error-set");
}

Choice first_where_one(Choice choice, const SetsTaken& taken) {
  if (taken.train == Takes::one) choice.train_sets.resize(1);
  if (taken.loss == Takes::one) choice.loss_sets.resize(1);
  if (taken.error == Takes::one) choice.error_sets.resize(1);
  return choice;
}

Choice with_defaults(Choice choice, const Choice& defaults) {
  if (choice.train_sets.empty()) choice.train_sets = defaults.train_sets;
  if (choice.loss_sets.empty()) choice.loss_sets = defaults.loss_sets;
  if (choice.error_sets.empty()) choice.error_sets = defaults.error_sets;
  return choice;
}

Choice published_figure() { return {{"rpj"}, {"c4_val"}, {"avg_subset"}}; }
Choice published_averages() { return {{}, {"c4_val"}, {"avg", "avg_subset"}}; }

Choice complete(const Testbed& testbed, const Study& study, const Choice& choice) {
  Choice all = choice;
  complete_names(all.train_sets, testbed.train_sets(), "training set");
  complete_names(all.loss_sets, testbed.loss_sets, "loss set");
  complete_names(all.error_sets, error_set_names(testbed, study), "error set");
  return all;
}

Choice complete(const Testbed& testbed, const Study& study, const Choice& choice, Choice defaults) {
  const auto keep = [](std::vector<std::string>& names, const std::vector<std::string>& known) {
    std::erase_if(names, [&](const std::string& name) { return !contains(known, name); });
  };
  const bool names_errors = !defaults.error_sets.empty();
  keep(defaults.train_sets, testbed.train_sets());
  keep(defaults.loss_sets, testbed.loss_sets);
  keep(defaults.error_sets, error_set_names(testbed, study));
  if (names_errors && defaults.error_sets.empty()) {
    for (const TaskSet& set : study.task_sets) defaults.error_sets.push_back(set.name);
  }
  return complete(testbed, study, with_defaults(choice, defaults));
}

Points loss_points(const Testbed& testbed, const std::vector<std::size_t>& models,
                   std::string_view loss_set) {
  const std::size_t set = testbed.loss_set_index(loss_set);
  Points points(2, models.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    const TestbedModel& model = testbed.models[models[i]];
    points.set(i, std::array{model.tokens_per_parameter(), model.compute_flops()},
               model.losses[set].loss_nats);
  }
  return points;
}

Points error_points(const Testbed& testbed, const std::vector<std::size_t>& models,
                    std::string_view loss_set, const ErrorSet& error_set) {
  const std::size_t set = testbed.loss_set_index(loss_set);
  Points points(1, models.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    points.set(i, std::array{testbed.models[models[i]].losses[set].loss_nats},
               error_set.errors[models[i]]);
  }
  return points;
}

Fits fit_laws(const Testbed& testbed, const Study& study, const Choice& choice, int n_threads) {
  Fits fits;
  fits.choice = complete(testbed, study, choice);
  return fit_completed(testbed, study, std::move(fits), n_threads);
}

Fits fit_loss_laws(const Testbed& testbed, const Study& study, const Choice& choice,
                   int n_threads) {
  Fits fits;
  fits.choice = complete(testbed, study, choice);
  fits.choice.error_sets.clear();
  return fit_completed(testbed, study, std::move(fits), n_threads);
}

}  // namespace rung::overtraining
