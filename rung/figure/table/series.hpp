#pragma once
/// What the panels of a fit's figure show: each group's observations, and which input tells curves
/// apart.

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rung/figure/palette.hpp"
#include "rung/study/table/fit.hpp"

namespace rung {

/// Which input is across, and which tells curves apart.
struct Axes {
  std::size_t x = 0;
  std::optional<std::size_t> family;
};

/// A group's observations and the law as it holds for them.
struct FittedSeries {
  std::string label;
  const Fitted* fitted = nullptr;
  std::vector<std::vector<double>> inputs;  // of the observations: the law's own
  std::vector<double> y;
  std::vector<double> further_inputs;        // the law's last inputs, the same for the whole group
  std::vector<table::PredictedRow> targets;  // what else is predicted, if a panel has room for it
  bool is_doubted = false;                   // whether anything speaks against these
  /// The widest input is across, and of the others that which moves the predictions most tells
  /// curves apart; the other way round where only that leaves few enough curves for each point to
  /// lie on its own.
  Axes axes;
};

/// What panels show beside the observations, a group each: without rows where these are the
/// observations themselves, or too many for a panel.
std::vector<table::GroupPredictions> shown_predictions(const table::FitResult& result);

/// "; predicted up to 96 times beyond the data (D)", what (!) means where one is marked, and how
/// many predictions are not shown since they are too many; "" without predictions.
std::string words_on_predictions(const table::FitResult& result);

/// One for each group, also of those that share a fit.
std::vector<FittedSeries> series_of(const table::FitResult& result);

/// The observations' values of an input.
std::vector<double> column(const FittedSeries& series, std::size_t k);

/// The law's inputs: these own ones and the group's further ones.
std::vector<double> all_inputs(const FittedSeries& series, std::vector<double> inputs);

/// The middle of each own input's values, where curves hold the inputs that they don't go over.
std::vector<double> medians(const FittedSeries& series);

/// The inputs that are neither, if they vary: points lie beside their curves by what these do.
std::vector<std::size_t> held_inputs(const FittedSeries& series);

/// An input that tells curves apart: a colour a value, the same in all panels.
struct Family {
  std::vector<double> values;   // of all groups, ascending
  std::vector<Colour> colours;  // one a value
  std::set<std::size_t> drawn;  // values that have a curve in some panel
};

/// What tells curves apart in the panels, by input.
std::map<std::size_t, Family> families_of(const std::vector<FittedSeries>& all);

/// The values at which a panel has curves: its own; of too many, some of all groups' that lie among
/// them.
std::vector<double> curves_of(const FittedSeries& series, const Family& family);

/// The nearest by ratio.
std::size_t nearest_level(const std::vector<double>& levels, double value);

}  // namespace rung
