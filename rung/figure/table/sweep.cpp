#include "rung/figure/table/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/figure/table/inputs.hpp"

namespace rung {
namespace {

Panel sweep_panel(const std::vector<const table::Sweep*>& sweeps, const Law& law) {
  Panel panel{.x = {.label = sweeps.front()->column, .log = true},
              .y = {.label = "Given away, of the loss", .ticks = TickStyle::percent}};
  const std::vector<Colour> colours = ordered_colours(sweeps.size());
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    const table::Sweep& sweep = *sweeps[i];
    std::vector<std::string> at =
        sweep.group.empty() ? std::vector<std::string>{} : std::vector<std::string>{sweep.group};
    for (std::size_t k = 0; k < sweep.inputs.size(); ++k)
      at.push_back(law.info.inputs[k].name + " = " + number_words(sweep.inputs[k]));
    Scatter runs{.colour = colours[i], .size_px = 6};
    for (const table::SweptRun& run : sweep.runs) {
      runs.x.push_back(run.value);
      runs.y.push_back(run.given_away / std::abs(run.loss));
    }
    panel.layers.push_back(
        Curve{.x = runs.x, .y = runs.y, .colour = colours[i], .label = join(at, ", ")});
    panel.layers.push_back(runs);
    if (sweep.optimum)
      panel.layers.push_back(Scatter{.x = {*sweep.optimum},
                                     .y = {0},
                                     .colour = colours[i],
                                     .marker = Marker::star,
                                     .size_px = 8});
  }
  return panel;
}

}  // namespace

Figure sweep_figure(const table::SweepReport& report, const Law& law) {
  std::map<std::string, std::vector<const table::Sweep*>> by_column;
  for (const table::Sweep& sweep : report.sweeps) by_column[sweep.column].push_back(&sweep);
  if (by_column.empty())
    throw InputError("there is no sweep to show", "say with --sweep what runs differ in");
  double most = 0;
  for (const table::Sweep& sweep : report.sweeps) {
    for (const table::SweptRun& run : sweep.runs)
      most = std::max(most, run.given_away / std::abs(run.loss));
  }
  Figure figure{.title = "Badly tuned runs give away up to " + percent(most, 1) + " of the loss",
                .subtitle = "Over the best run of the same inputs; stars: each sweep's optimum",
                .n_columns = by_column.size()};
  for (const auto& [column, all] : by_column) {
    constexpr std::size_t kMostSweeps = 8;
    std::vector<const table::Sweep*> shown = all;
    if (all.size() > kMostSweeps) {
      shown.clear();
      for (std::size_t i = 0; i < kMostSweeps; ++i)
        shown.push_back(all[i * (all.size() - 1) / (kMostSweeps - 1)]);
    }
    figure.panels.push_back(sweep_panel(shown, law));
  }
  figure.panel_width_px = 400, figure.panel_height_px = 280;
  return figure;
}

}  // namespace rung
