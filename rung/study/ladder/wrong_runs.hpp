#pragma once
/// Which measurements of a ladder's runs do not belong with those of the others: a loss by the law
/// of scale, an accuracy by the curve from loss. rung/fit/deletion.hpp has the test.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/deletion.hpp"
#include "rung/study/ladder/steps.hpp"
#include "rung/study/ladder/task_data.hpp"

namespace rung::ladder {

/// Of what step 1 is fitted to: [training runs].
Deletions wrong_losses(const Step1Result& step1);

/// The same, of losses or of accuracies by a law of scale, where a look at the fit gives reason to
/// test, in a small part of the fit's time; and where none is off, of means over the last kAtEnd
/// checkpoints, which tell a run that is off from the noise of one.
std::optional<Deletions> suspicious_values(const Step1Result& step1);

/// Of the accuracies at the ends of step 2's runs for their losses, [run_ends], in the same way.
std::optional<Deletions> suspicious_accuracies(const Step2Result& step2);

/// A run's value that does not belong with the others'.
struct WrongRun {
  Origin origin;
  double value = 0;
  std::optional<double> by_others;
};

/// Those that the steps found, as their reports and figures mark them.
std::vector<WrongRun> wrong_runs(const Step1Result& step1);
std::vector<WrongRun> wrong_runs(const Step2Result& step2);

/// "the loss of 1.3B-5xC is 3.909, and the other runs say 2.374", with "the loss" for `what`.
std::string in_words(const std::string& what, Metric metric, const WrongRun& run);

/// Of both steps, a phrase a run: losses, and accuracies of the runs whose losses are not off.
std::vector<std::string> in_words(const Step1Result& step1, const Step2Result& step2);

/// Of accuracies by a sigmoid of the loss, whose levels are fitted: [runs], with the losses in that
/// order. Runs whose loss is off (`left_out`) tell nothing of the curve and are not
/// judged. Nothing is off that is within three standard errors of a score on the task's questions.
Deletions wrong_accuracies(const std::vector<double>& losses, const std::vector<double>& accuracies,
                           const Task& task, const std::vector<bool>& left_out = {});

/// Of accuracies where there is no loss, by -ln accuracy = A / N^alpha + B / D^beta: [scales].
Deletions wrong_accuracies(const std::vector<Scale>& scales, const std::vector<double>& accuracies,
                           const Task& task);

/// One of the two that put a run off the curve from loss to accuracy.
enum class Measurement { loss, accuracy };

/// What the runs say of each other: losses by their law, accuracies by the curve from the losses,
/// and by a law of scale.
struct Evidence {
  const Deletions &losses, &curve, &by_scale;
};

/// Which one of run i it is: an error of the loss shows in the law of scale of the losses and not
/// in that of the accuracies, and an error of the accuracy the other way round. Absent where one is
/// not ten times as likely as the other.
std::optional<Measurement> which_is_off(std::size_t i, double loss, double accuracy,
                                        const Evidence& evidence);

}  // namespace rung::ladder
