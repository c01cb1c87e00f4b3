#include "rung/figure/table/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

/// Of which runs a sweep is: its group and the law's inputs. One shade in every panel.
using Inputs = std::pair<std::string, std::vector<double>>;

Inputs inputs_of(const table::Sweep& sweep) { return {sweep.group, sweep.inputs}; }

std::string words(const Inputs& inputs, const Law& law) {
  std::vector<std::string> at;
  if (!inputs.first.empty()) at.push_back(inputs.first);
  for (std::size_t k = 0; k < inputs.second.size(); ++k)
    at.push_back(law.info.inputs[k].name + " = " + number_words(inputs.second[k]));
  return join(at, ", ");
}

/// At most eight of them, in the report's order, from the first to the last.
std::vector<Inputs> shown_inputs(const table::SweepReport& report) {
  std::vector<Inputs> all;
  for (const table::Sweep& sweep : report.sweeps) {
    if (std::find(all.begin(), all.end(), inputs_of(sweep)) == all.end())
      all.push_back(inputs_of(sweep));
  }
  constexpr std::size_t kMost = 8;
  if (all.size() <= kMost) return all;
  std::vector<Inputs> shown;
  for (std::size_t i = 0; i < kMost; ++i) shown.push_back(all[i * (all.size() - 1) / (kMost - 1)]);
  return shown;
}

double lowest_loss(const table::Sweep& sweep) { return sweep.runs[sweep.best].loss; }

/// Sweeps over `column` at `inputs`, the one with the best run last.
std::vector<const table::Sweep*> sweeps_at(const table::SweepReport& report,
                                           const std::string& column, const Inputs& inputs) {
  std::vector<const table::Sweep*> sweeps;
  for (const table::Sweep& sweep : report.sweeps) {
    if (sweep.column == column && inputs_of(sweep) == inputs) sweeps.push_back(&sweep);
  }
  std::stable_sort(sweeps.begin(), sweeps.end(),
                   [](const auto* a, const auto* b) { return lowest_loss(*a) > lowest_loss(*b); });
  return sweeps;
}

void add_sweep(const table::Sweep& sweep, Colour colour, bool best, const std::string& label,
               Panel& panel) {
  Scatter runs{.colour = colour, .size_px = best ? 6.0 : 3.0};
  for (const table::SweptRun& run : sweep.runs) {
    runs.x.push_back(run.value);
    runs.y.push_back(run.given_away / std::abs(run.loss));
  }
  panel.layers.push_back(Curve{.x = runs.x,
                               .y = runs.y,
                               .colour = colour,
                               .width_px = best ? 2 : 0.7,
                               .label = best ? label : ""});
  panel.layers.push_back(runs);
  if (best && sweep.optimum)
    panel.layers.push_back(Scatter{
        .x = {*sweep.optimum}, .y = {0}, .colour = colour, .marker = Marker::star, .size_px = 8});
}

Panel sweep_panel(const table::SweepReport& report, const std::string& column,
                  const std::vector<Inputs>& shown, const Law& law) {
  Panel panel{.x = {.label = column, .log = true},
              .y = {.label = "Given away, of the loss", .ticks = TickStyle::percent}};
  const std::vector<Colour> colours = ordered_colours(shown.size());
  for (const bool best : {false, true}) {  // the best ones lie above all others
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const std::vector<const table::Sweep*> sweeps = sweeps_at(report, column, shown[i]);
      for (const table::Sweep* sweep : sweeps) {
        if (best == (sweep == sweeps.back()))
          add_sweep(*sweep, colours[i], best, words(shown[i], law), panel);
      }
    }
  }
  return panel;
}

/// Over what the shares are, and what is marked.
std::string subtitle_of(const table::SweepReport& report) {
  const auto has_bottom = [](const table::Sweep& sweep) { return sweep.bottom.has_value(); };
  const auto n = std::ranges::count_if(report.sweeps, has_bottom);
  if (n == 0) return "Over the best run of each sweep";
  const bool all = n == std::ssize(report.sweeps);
  return std::string("Over the bottom of each sweep's parabola, the star") +
         (all ? "" : "; over the best run of a sweep without one");
}

}  // namespace

Figure sweep_figure(const table::SweepReport& report, const Law& law) {
  if (report.sweeps.empty())
    throw InputError("there is no sweep to show", "say with --sweep what runs differ in");
  std::set<std::string> columns;
  double most = 0;
  bool holds = false;
  for (const table::Sweep& sweep : report.sweeps) {
    columns.insert(sweep.column);
    holds = holds || !sweep.held.empty();
    for (const table::SweptRun& run : sweep.runs)
      most = std::max(most, run.given_away / std::abs(run.loss));
  }
  Figure figure{.title = "Badly tuned runs give away up to " + percent(most, 1) + " of the loss",
                .subtitle = subtitle_of(report),
                .n_columns = columns.size()};
  if (holds)
    figure.subtitle += "; bold: the other quantities as in the best run, thin: held elsewhere";
  const std::vector<Inputs> shown = shown_inputs(report);
  for (const std::string& column : columns)
    figure.panels.push_back(sweep_panel(report, column, shown, law));
  figure.panel_width_px = 400, figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung
