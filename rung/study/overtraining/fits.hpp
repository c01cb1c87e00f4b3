#pragma once
/// Both laws of the over-training study, fitted for every training set, loss set and error set.

#include <string>
#include <vector>

#include "rung/data/testbed.hpp"
#include "rung/fit/fitted.hpp"
#include "rung/study/overtraining/study.hpp"

namespace rung::overtraining {

/// What to fit; an empty list means all that there are.
struct Choice {
  std::vector<std::string> train_sets, loss_sets, error_sets;
};

/// How many sets of a kind something may be asked for.
enum class Takes { none, one, several };
struct SetsTaken {
  Takes train = Takes::several, loss = Takes::several, error = Takes::several;
};
/// InputError for several sets of a kind of which one is shown.
void require_one(const Choice& choice, const SetsTaken& taken);
/// The first set of every such kind alone.
Choice first_where_one(Choice choice, const SetsTaken& taken);

/// The choice with every empty list taken from `defaults`.
Choice with_defaults(Choice choice, const Choice& defaults);

/// What figure 1 of the paper shows.
Choice published_figure();
/// What its tables of losses and errors show, of every training set.
Choice published_averages();

/// The choice with every empty list filled. InputError for names that the testbed does not have.
Choice complete(const Testbed& testbed, const Study& study, const Choice& choice);
/// The same, with every empty list taken from those of `defaults` that there are: a testbed or a
/// study of one's own may have other names. Error sets are then the study's own.
Choice complete(const Testbed& testbed, const Study& study, const Choice& choice, Choice defaults);

/// Loss from compute and tokens per parameter: L = E + (a M^eta + b M^-eta) C^-eta.
struct LossLaw {
  std::string train_set, loss_set;
  std::vector<std::size_t> models;  // fitted on these, by Testbed::models
  Fitted fitted;                    // from M and C
};

/// Error from measured loss: Err = epsilon - k exp(-gamma L).
struct ErrorLaw {
  std::string train_set, loss_set, error_set;
  std::vector<std::size_t> models;
  Fitted fitted;  // from L
};

struct Fits {
  Choice choice;                     // complete
  std::vector<LossLaw> loss_laws;    // by training set, then loss set
  std::vector<ErrorLaw> error_laws;  // by training set, then loss set, then error set
  std::vector<ErrorSet> error_sets;  // by choice.error_sets

  const LossLaw& loss_law(std::size_t train_set, std::size_t loss_set) const {
    return loss_laws[train_set * choice.loss_sets.size() + loss_set];
  }
  const ErrorLaw& error_law(std::size_t train_set, std::size_t loss_set,
                            std::size_t error_set) const {
    const std::size_t pair = train_set * choice.loss_sets.size() + loss_set;
    return error_laws[pair * choice.error_sets.size() + error_set];
  }
};

/// Every run of the study's sizes and ratios that was measured. InputError where the study asks for
/// runs that the testbed does not have, or that lack what a law is fitted on. The same on any
/// number of threads.
Fits fit_laws(const Testbed& testbed, const Study& study, const Choice& choice = {},
              int n_threads = 0);

/// The loss laws alone: no error sets, and no need of errors.
Fits fit_loss_laws(const Testbed& testbed, const Study& study, const Choice& choice = {},
                   int n_threads = 0);

/// The points that a law is fitted on. Loss law: M and C to loss; error law: loss to error.
Points loss_points(const Testbed& testbed, const std::vector<std::size_t>& models,
                   std::string_view loss_set);
Points error_points(const Testbed& testbed, const std::vector<std::size_t>& models,
                    std::string_view loss_set, const ErrorSet& error_set);

}  // namespace rung::overtraining
