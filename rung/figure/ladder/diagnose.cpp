#include "rung/figure/ladder/diagnose.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "rung/core/text.hpp"
#include "rung/figure/scene.hpp"

namespace rung::ladder {
namespace {

constexpr double kPoints = 100;  // of a share
constexpr Colour kPlain = kGrey, kMarked = kVermilion;

template <class Holds>
bool any_run(const std::vector<TaskDiagnosis>& diagnoses, const Holds& holds) {
  return std::any_of(diagnoses.begin(), diagnoses.end(), [&](const TaskDiagnosis& task) {
    return std::any_of(task.runs.begin(), task.runs.end(), holds);
  });
}

/// One number of each run, drawn in a panel of its own.
struct Shown {
  std::string title, label;
  std::function<double(const RunDiagnosis&)> value;
  std::function<std::string(double)> text;
  double least_span = 1;  // that colours reach to
};

/// Of a share.
double influence(const RunDiagnosis& run, std::size_t target) {
  return target < run.influence.size() ? run.influence[target].value_or(NAN) : NAN;
}

Shown shown_influence(const std::string& target, std::size_t place) {
  return {target, "Change of the prediction without the run (points)",
          [place](const RunDiagnosis& run) { return kPoints * influence(run, place); },
          [](double points) { return signed_points(points / kPoints); }};
}

/// Where no model is predicted: how far runs are off what the others say.
std::vector<Shown> shown_distances(const std::vector<TaskDiagnosis>& diagnoses) {
  constexpr double kUsual = 3;  // standard deviations
  const auto in_words = [](double z) { return with_minus_sign(fixed(z, 1)); };
  std::vector<Shown> all = {
      {"Accuracy", "Off what the other runs say (standard deviations)",
       [](const RunDiagnosis& run) { return run.z.value_or(NAN); }, in_words, kUsual},
      {"Loss", "Off what the other runs say (standard deviations)",
       [](const RunDiagnosis& run) { return run.loss_z.value_or(NAN); }, in_words, kUsual}};
  std::erase_if(all, [&](const Shown& shown) {
    return !any_run(diagnoses,
                    [&](const RunDiagnosis& run) { return std::isfinite(shown.value(run)); });
  });
  return all;
}

std::string text_of(const Shown& shown, double value) {
  return std::isfinite(value) ? shown.text(value) : "";
}

Panel bars_panel(const TaskDiagnosis& task, const Shown& shown) {
  Panel panel{.title = shown.title, .x = {.label = shown.label}};
  Bars bars{.colour = kPlain};
  for (const RunDiagnosis& run : task.runs) {
    const std::string mark = join(run.flags(), ", ");
    const double value = shown.value(run);
    panel.y.categories.push_back(run_name(run.origin) + (mark.empty() ? "" : ", " + mark));
    bars.values.push_back(value);
    bars.texts.push_back(text_of(shown, value));
    bars.colours.push_back(mark.empty() ? kPlain : kMarked);
  }
  panel.layers = {
      std::move(bars),
      Rule{.direction = Rule::Direction::vertical, .colour = kInk, .dash = Dash::solid}};
  return panel;
}

/// The largest size among all that is shown.
double greatest(const std::vector<TaskDiagnosis>& diagnoses, const std::vector<Shown>& all) {
  double most = all.front().least_span;
  for (const Shown& shown : all) {
    for (const TaskDiagnosis& task : diagnoses) {
      for (const RunDiagnosis& run : task.runs) {
        const double size = std::abs(shown.value(run));
        if (size > most) most = size;
      }
    }
  }
  return most;
}

bool is_off(const RunDiagnosis& run) { return run.falls_off() || run.has_wrong_checkpoints; }

/// A run may be off and guess, too.
std::string marks_of(const RunDiagnosis& run) {
  return std::string(is_off(run) ? " (!)" : "") + (run.at_chance ? " (?)" : "");
}

/// What the marks mean that there are.
std::string meaning_of_marks(const std::vector<TaskDiagnosis>& diagnoses) {
  std::vector<std::string> off;
  if (any_run(diagnoses, [](const RunDiagnosis& run) { return run.falls_off(); }))
    off.emplace_back("loss or accuracy is off the others' fit");
  if (any_run(diagnoses, [](const RunDiagnosis& run) { return run.has_wrong_checkpoints; }))
    off.emplace_back("checkpoint is off the rest of the run");
  std::string words = off.empty() ? "" : "; (!): a " + join(off, ", or a ");
  if (any_run(diagnoses, [](const RunDiagnosis& run) { return run.at_chance; }))
    words += "; (?): it still guesses";
  return words;
}

/// Colours reach to `most` on either side.
Panel map_panel(const std::vector<TaskDiagnosis>& diagnoses, const Shown& shown, double most) {
  Panel panel{.title = shown.title};
  Heatmap map{.diverging = true};
  map.upper = most;
  map.lower = -most;
  const std::size_t n_runs = diagnoses.front().runs.size();
  for (const TaskDiagnosis& task : diagnoses) panel.x.categories.push_back(task.task.name);
  for (std::size_t r = 0; r < n_runs; ++r) {
    panel.y.categories.push_back(run_name(diagnoses.front().runs[r].origin));
    std::vector<double>& values = map.values.emplace_back();
    std::vector<std::string>& texts = map.texts.emplace_back();
    for (const TaskDiagnosis& task : diagnoses) {
      const bool there = r < task.runs.size();
      values.push_back(there ? shown.value(task.runs[r]) : NAN);
      texts.push_back(text_of(shown, values.back()) + (there ? marks_of(task.runs[r]) : ""));
    }
  }
  panel.layers.emplace_back(std::move(map));
  return panel;
}

/// "loss of 1.3B-5xC does not fit the other runs", of a run that is off; "" of another.
std::string wrong_words(const RunDiagnosis& run) {
  const std::string what = run.loss_falls_off          ? "loss"
                           : run.accuracy_falls_off    ? "accuracy"
                           : run.either_falls_off      ? "loss or accuracy"
                           : run.has_wrong_checkpoints ? "checkpoint"
                                                       : "";
  if (what.empty()) return "";
  return (run.falls_off() ? what : "some " + what) + " of " + run_name(run.origin) +
         " does not fit the " + (run.falls_off() ? "other runs" : "rest of its run");
}

/// Of the first run that is off, and how many more there are; "" without one. Runs come before
/// checkpoints.
std::string wrong_words(const std::vector<TaskDiagnosis>& diagnoses) {
  std::string first, first_checkpoint;
  std::size_t n = 0;
  for (const TaskDiagnosis& task : diagnoses) {
    for (const RunDiagnosis& run : task.runs) {
      if (!is_off(run)) continue;
      ++n;
      std::string& words = run.falls_off() ? first : first_checkpoint;
      if (words.empty())
        words = (diagnoses.size() > 1 ? task.task.name + ": " : "") + wrong_words(run);
    }
  }
  std::string words = first.empty() ? first_checkpoint : first;
  if (words.empty()) return "";
  if (diagnoses.size() == 1) words.front() = static_cast<char>(std::toupper(words.front()));
  return n == 1 ? words : words + ", and " + std::to_string(n - 1) + " more";
}

/// What is wrong, else the run whose absence moves some prediction most.
std::string message(const std::vector<TaskDiagnosis>& diagnoses) {
  if (std::string wrong = wrong_words(diagnoses); !wrong.empty()) return wrong;
  if (diagnoses.front().targets.empty()) return "No run is off what the others say of it";
  double most = 0;
  std::string words = "No run moves a prediction when it is left out";
  for (const TaskDiagnosis& task : diagnoses) {
    for (const RunDiagnosis& run : task.runs) {
      for (std::size_t target = 0; target < task.targets.size(); ++target) {
        const double moved = influence(run, target);
        if (!(std::abs(moved) > std::abs(most))) continue;
        most = moved;
        words = "Leaving out " + run_name(run.origin) + " moves " + task.task.name + " at " +
                task.targets[target] + " by " + with_minus_sign(signed_points(moved)) + " points";
      }
    }
  }
  return diagnoses.size() > 1 && most != 0 ? words + ", the most" : words;
}

}  // namespace

Figure diagnose_figure(const std::vector<TaskDiagnosis>& diagnoses) {
  const bool one_task = diagnoses.size() == 1;
  Figure figure{.title = message(diagnoses)};
  const std::vector<std::string>& targets = diagnoses.front().targets;
  std::vector<Shown> all;
  for (std::size_t target = 0; target < targets.size(); ++target)
    all.push_back(shown_influence(targets[target], target));
  if (targets.empty()) all = shown_distances(diagnoses);
  figure.subtitle =
      targets.empty() ? std::string(
                            "No model is predicted; how far runs are off what the others say, in "
                            "standard deviations")
      : one_task ? std::string("Each run left out in turn")
                 : std::string("Points of accuracy that the prediction moves by without a run");
  figure.subtitle += one_task ? "; orange: it says little, too much, or something wrong"
                              : meaning_of_marks(diagnoses);
  const std::size_t n_runs = diagnoses.front().runs.size();
  const double most = all.empty() ? 1 : greatest(diagnoses, all);
  for (const Shown& shown : all) {
    figure.panels.push_back(one_task ? bars_panel(diagnoses.front(), shown)
                                     : map_panel(diagnoses, shown, most));
  }
  figure.n_columns = std::max<std::size_t>(1, std::min<std::size_t>(all.size(), 2));
  figure.panel_width_px =
      one_task ? 360 : std::max(300.0, 64.0 * static_cast<double>(diagnoses.size()));
  figure.panel_height_px = 20.0 * static_cast<double>(n_runs);
  return figure;
}

}  // namespace rung::ladder
