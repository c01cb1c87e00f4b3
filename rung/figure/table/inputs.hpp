#pragma once
/// What the figures of fits have in common: a law's inputs as axes.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/figure/figure.hpp"
#include "rung/study/table/fit_group.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung {

/// Inputs by how far they spread, widest first.
std::vector<std::size_t> widest_inputs(const Fitted& fitted);

bool by_log(const Fitted& fitted, std::size_t k);

/// By equal ratios where `log`.
std::vector<double> steps(double low, double high, bool log, std::size_t n);

/// The same with places between where `value` turns, so that straight lines between them show it.
std::vector<double> curve_steps(double low, double high, bool log,
                                const std::function<double(double)>& value);

Axis input_axis(const Fitted& fitted, std::size_t k);

/// "L: log10(flops)": a law's only input as the user gives it in `x`, who may fit a sigmoid of the
/// loss over anything; "" for a law of several, or where `x` says no more than the letter.
std::string only_input_words(const Law& law, const Mapping& x);

/// Of each input.
std::vector<double> medians(const Points& points);

/// "300M", "2.02".
std::string number_words(double value);

/// "up to 96 times beyond the data (D)", of the furthest; "" of none.
std::string beyond_words(const std::vector<table::Beyond>& all);
/// "; predicted up to 96 times beyond the data (D)": the furthest that any row lies outside them in
/// any input; "" where none does.
std::string beyond_words(const std::vector<table::GroupPredictions>& groups);

/// At most three columns; a panel that is alone gets more room.
void size_panels(Figure& figure);

/// A panel for each group that was fitted.
Figure panels_of(const std::vector<table::FittedGroup>& groups, std::string title,
                 const std::function<Panel(const table::FittedGroup&)>& panel_of);

}  // namespace rung
