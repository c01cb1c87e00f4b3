#include "rung/study/ladder/trust.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rung/core/text.hpp"
#include "rung/study/ladder/combined_interval.hpp"
#include "rung/study/ladder/lower_end.hpp"

namespace rung::ladder {
namespace {

/// Of the prediction, how far an interval may reach: chosen on one half of docs/predictor.md's
/// ladders, where no sound prediction was off by as much as the second.
constexpr double kSound = 0.15, kRough = 0.3;

Trust trust_of(const std::optional<double>& reach) {
  if (!reach || *reach > kRough) return Trust::doubtful;
  return *reach > kSound ? Trust::rough : Trust::sound;
}

std::string range_of(const std::vector<std::optional<double>>& members) {
  double low = 1, high = 0;
  for (const auto& p : members) {
    if (p) low = std::min(low, *p), high = std::max(high, *p);
  }
  return percent(low, 1) + " to " + percent(high, 1);
}

/// Two standard errors of a score on the task's questions, as a share of it.
double question_noise(const Task& task, double predicted) {
  return task.n_examples ? 2 * std::sqrt((1 - predicted) / predicted / *task.n_examples) : 0;
}

/// Why the ways of predicting may be off by as much as is told.
const char* why_discrepancy(const Trained& trained, const Combination& combination,
                            double discrepancy) {
  constexpr double kSame = 1e-9;
  if (discrepancy * discrepancy <= combination.spread * (1 + kSame))
    return "the ways of predicting differ so far out";
  return trained.signal().early()
             ? "the runs are only leaving chance, and so far out all ways may err alike, however "
               "near to each other they are"
             : "so few ways of predicting do not tell how far they may be off";
}

/// What makes most of the interval of a signal that is clear.
std::string largest_part(const IntervalParts& of, const char* why_discrepancy) {
  const std::array<std::pair<double, const char*>, 4> parts = {
      {{of.run + of.checkpoints, "runs lie far from what is fitted to them"},
       {of.sampling, "its questions are few"},
       {of.discrepancy, why_discrepancy},
       {of.parameters, "the fits do not settle their parameters"}}};
  return std::max_element(parts.begin(), parts.end())->second;
}

double reach_without_lower_end(const Task& task, const CombinedTarget& target) {
  const double predicted = *target.prediction.predicted;
  return LogitInterval{task_logit(task, predicted), 0, target.parts->total}.reach(predicted);
}

std::string why_lower(const LowerEnd& end, double maximum) {
  const std::string at = percent(end.accuracy, 0), most = percent(maximum, 0);
  return end.maximum_rejected
             ? "the runs bend towards " + at + ", and not towards the " + most + " of the task"
             : "the runs do not tell an end at " + at + " from one at " + most;
}

}  // namespace

std::string_view trust_name(Trust trust) {
  return trust == Trust::sound ? "sound" : trust == Trust::rough ? "rough" : "doubtful";
}

void judge(const TaskData& data, const Trained& trained, const Trained::Prediction& prediction,
           CombinedTarget& target) {
  const double predicted = *target.prediction.predicted;
  const double of_questions = question_noise(data.task, predicted);
  const Signal signal = trained.signal().signal;
  // What sets in beyond the ladder comes at once, and no interval from these runs holds it.
  const Trust of_signal = signal == Signal::at_chance ? Trust::rough : Trust::sound;
  const Trust of_checkpoints = data.wrong_checkpoints.empty() ? Trust::sound : Trust::doubtful;
  const Trust of_maximum = data.task.maximum_doubt.empty() ? Trust::sound : Trust::doubtful;
  target.trust = std::max(
      {trust_of(target.reach), trust_of(of_questions), of_signal, of_checkpoints, of_maximum});
  if (target.trust == Trust::sound) return;
  std::vector<std::string>& marks = target.marks;
  for (const std::string& words : in_words(data.wrong_checkpoints)) marks.push_back(words);
  if (!data.task.maximum_doubt.empty()) marks.push_back(data.task.maximum_doubt);
  if (!target.reach) marks.emplace_back("too few runs to hold some out and see how far it errs");
  if (of_questions > kSound)
    marks.push_back("with " + fixed(*data.task.n_examples, 0) +
                    " questions two standard errors of a score are " + percent(of_questions, 0) +
                    " of it");
  if (signal == Signal::at_chance) {
    marks.emplace_back(
        "the runs show no rise from chance, and do not say where it goes from there");
    return;
  }
  if (signal == Signal::weak)
    marks.emplace_back("the runs rise hardly more than they differ among themselves");
  if (const double share = trained.share_of_growth(); share < 1)
    marks.push_back("less growth came in the backtest than the ways predict: " + percent(share, 0) +
                    " of it is kept");
  if (target.parts && target.parts->lower_end > 0 &&
      target.trust > trust_of(reach_without_lower_end(data.task, target)))
    marks.push_back(why_lower(*trained.lower_end(), data.task.maximum));
  constexpr double kFarApart = 2;  // a few members' spread is no better known
  const double apart = std::sqrt(prediction.combination.disagreement);
  if (target.parts && apart > kFarApart * target.parts->total)
    marks.push_back(
        "the ways of predicting disagree by more than twice their error in the "
        "backtest: " +
        range_of(prediction.members));
  if (marks.empty() && target.parts)
    marks.push_back(largest_part(*target.parts, why_discrepancy(trained, prediction.combination,
                                                                target.parts->discrepancy)));
}

void mark_wrong_runs(const std::vector<std::string>& runs, CombinedTarget& target) {
  if (runs.empty() || !target.prediction.predicted) return;
  target.trust = Trust::doubtful;
  target.marks.insert(target.marks.begin(), runs.begin(), runs.end());
}

void mark_one_that_decides(const TaskData& data, std::size_t run, const Trained& others,
                           CombinedTarget& target) {
  const Target& at = target.prediction.target;
  const auto without =
      others.predict({at.n_params, at.n_tokens, at.compute_flops}).combination.predicted;
  if (!without || !target.prediction.interval) return;
  const Interval& interval = *target.prediction.interval;
  CombinedTarget other = target;
  const double predicted = std::min(*without, data.task.maximum);
  if (interval.lower <= predicted && predicted <= interval.upper) return;
  const double apart =
      task_logit(data.task, predicted) - task_logit(data.task, *target.prediction.predicted);
  const auto moved = [&](double end) { return inverse_logit(task_logit(data.task, end) + apart); };
  other.prediction.predicted = predicted;
  other.prediction.interval = Interval{interval.level, moved(interval.lower),
                                       std::min(moved(interval.upper), data.task.maximum), ""};
  reach_over(other, target);
  target.trust = Trust::doubtful;
  target.marks.insert(target.marks.begin(),
                      "without " + run_name(data.runs[run].origin) +
                          ", whose loss fits the other runs least, " + percent(predicted, 1) +
                          " is predicted, and the interval reaches over both");
}

void mark_without_off(const CombinedTarget& without, CombinedTarget& target) {
  target.without_off = without.prediction.predicted;
  if (!target.without_off || !target.prediction.predicted) return;
  target.marks.push_back("without what stands off " + percent(*target.without_off, 1) +
                         " is predicted, and the interval reaches over both");
  reach_over(without, target);
}

void mark_other_chance(double chance, const CombinedTarget& other, CombinedTarget& target) {
  target.with_other_chance = other.prediction.predicted;
  if (!target.with_other_chance || !target.prediction.predicted) return;
  reach_over(other, target);
  target.trust = std::max({target.trust, other.trust, trust_of(target.reach)});
  if (target.trust == Trust::sound) return;
  target.marks.push_back("nobody says how often a guess is right, and if it is " +
                         percent(chance, 0) + ", near which the smallest runs are, " +
                         percent(*target.with_other_chance, 1) +
                         " is predicted; the interval reaches over both (--tasks FILE can say it)");
}

void mark_one_value(double accuracy, CombinedTarget& target) {
  target.trust = Trust::doubtful;
  target.marks = {"accuracy is " + percent(accuracy) + " in all runs: nothing says how it goes on"};
  target.prediction.interval.reset();
  target.prediction.determined = false;
  target.reach.reset();
  target.parts.reset();
  target.expected_error.reset();
}

}  // namespace rung::ladder
