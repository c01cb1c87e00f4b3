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

/// "2.21 (2.20 to 2.22)": a prediction with its interval, as many decimals in each.
std::string prediction_words(double predicted, const std::optional<Interval>& interval);

/// The same of a row, where the data do not determine it "not determined (1.39 to 2.41)", and where
/// no value can be "above 1, where the law does not hold"; with a mark where its fit is
/// doubted. "" of none.
std::string prediction_words(const table::PredictedRow& row, bool is_doubted);

/// " (!)" behind what is predicted by a fit that something speaks against; "" behind another, and
/// where nothing is determined.
std::string doubt_mark(const table::PredictedRow& row, bool is_doubted);
/// Whether any of them has it.
bool any_marked(const std::vector<table::PredictedRow>& rows, bool is_doubted);
/// What the mark means.
inline constexpr const char* kDoubtMark = " (!)";
inline constexpr const char* kDoubtWords = "(!): the text says what speaks against the fit";

/// Two dotted lines: the least and the most of what parameters that fit as well predict.
class SpreadLines {
 public:
  explicit SpreadLines(Colour colour, const std::string& label = "");
  void add(double x, const std::optional<ValueRange>& spread);  // absent: a gap
  void add_to(Panel& panel) &&;

 private:
  Curve least_, most_;
};

/// A row's prediction with its interval; where it is not determined, a dotted line over what it may
/// be; where the law has passed an end of what can be, a triangle at that end which points beyond.
void add_mark(double x, const table::PredictedRow& row, Colour colour, const std::string& label,
              Panel& panel);
/// Words beside the row's mark.
void add_words(double x, const table::PredictedRow& row, Colour colour, const std::string& words,
               Panel& panel);

/// Lengthens the y axis on the side of the rows' predictions, whose names need room there.
void add_room(const std::vector<table::PredictedRow>& rows, Panel& panel);

/// Lengthens the y axis to the ends of the rows' intervals, as far as `most` times what the panel
/// takes without: an arrow in an end's place would say that there is none. So to the ends of what
/// is not determined, where that leaves the panel's points a fourth of the axis.
void add_intervals(const std::vector<table::PredictedRow>& rows, Panel& panel, double most = 4);

bool has_bands(const Figure& figure);

/// "dotted: the range that equally good fits predict"; "" without dotted lines.
std::string dotted_words(const Figure& figure);

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
