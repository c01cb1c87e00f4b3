#pragma once
/// How figures of tables write and draw what a law predicts.

#include <optional>
#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/study/table/predictions.hpp"

namespace rung {

/// "2.21 (2.20 to 2.22)": a prediction with its interval, as many decimals in each: three digits,
/// and more where half of the interval's width would not show, "2.021 (2.019 to 2.023)".
std::string prediction_words(double predicted, const std::optional<Interval>& interval);

/// The prediction of these alone: "2.021".
std::string value_words(double predicted, const std::optional<Interval>& interval);

/// The same of a row, where the data do not determine it "not determined (1.39 to 2.41)", and where
/// no value can be "above 1, where the law does not hold"; with a mark where its fit is
/// doubted. "" of none.
std::string prediction_words(const table::PredictedRow& row, bool is_doubted);

/// What can be of a law's value and of the alternatives to it.
table::PredictedRow row_of_value(const Fitted& fitted, double value,
                                 std::vector<double> alternatives);

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
/// be, across the panel where nobody knows how far that is; where the law has passed an end of what
/// can be, a triangle at that end which points beyond.
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

}  // namespace rung
