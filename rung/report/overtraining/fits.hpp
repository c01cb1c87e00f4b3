#pragma once
/// Both laws and what they predict, described.

#include <string>
#include <vector>

#include "rung/report/overtraining/shared.hpp"

namespace rung {

/// A prediction table's rows: every model, or only those that the laws are for.
enum class PredictionRows { targets, all };

/// What a prediction table shows, and to whom: programs get each row's doubts in words, where
/// people see marks.
struct PredictionScope {
  PredictionRows rows = PredictionRows::all;
  std::vector<std::string> error_sets{};  // empty: all that were fitted
  bool for_programs = false;
};

TextTable loss_law_table(const overtraining::Fits& fits, const SetNames& names);

/// With the doubts about each error; `error_sets` empty: all that were fitted.
TextTable error_law_table(const Testbed& testbed, const overtraining::Fits& fits,
                          const SetNames& names, const std::vector<std::string>& error_sets = {});

/// Losses and chained errors beside what was measured; the next two have half of it each.
TextTable prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                           const SetNames& names, const PredictionScope& scope);
/// One row for all error sets.
TextTable loss_prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                                const SetNames& names, const PredictionScope& scope);
TextTable error_prediction_table(const Testbed& testbed, const overtraining::Fits& fits,
                                 const SetNames& names, const PredictionScope& scope);

/// How many of the targets' intervals hold what was measured, of losses and of errors: "38 of 40
/// intervals hold the run's loss", and whether these are too few; "" where none could.
struct HeldSentences {
  std::string losses, errors;
  bool too_few_losses = false, too_few_errors = false;
};
HeldSentences held_by_intervals(const Testbed& testbed, const overtraining::Fits& fits,
                                const std::vector<std::string>& error_sets = {});

/// Which errors can be predicted, and how far off the chained predictions of the targets are: one
/// row an error set and training set, for the fits' first loss set. `name_targets`: with the runs'
/// names, in columns at the end.
TextTable predictability_table(const Testbed& testbed, const overtraining::Fits& fits,
                               const SetNames& names, bool name_targets = false);
/// "3 of 6 errors bear no doubt; …", and what (!) means where it is there.
std::string predictability_words(const Testbed& testbed, const overtraining::Fits& fits);

/// Why not to trust predictions of the laws, in the order of Fits: what the tables say of each.
struct LawDoubts {
  std::vector<std::vector<std::string>> of_loss_laws, of_error_laws;
};
LawDoubts law_doubts(const Testbed& testbed, const overtraining::Fits& fits);

/// Both laws and the runs that they are for; with very many laws the text has those of the averages
/// alone. Results: an element a training, loss and error set.
Document describe_fits(const Testbed& testbed, const overtraining::Study& study,
                       const overtraining::Fits& fits, int n_threads);

/// Results: an element an error set and training set, for the fits' first loss set.
Document describe_predictability(const Testbed& testbed, const overtraining::Fits& fits);

}  // namespace rung
