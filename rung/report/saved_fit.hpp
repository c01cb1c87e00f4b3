#pragma once
/// Fits as a file: to predict later, without the data.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/table/fit_group.hpp"

namespace rung {

struct SavedFit {
  table::Request request;
  std::vector<Fitted> groups;  // read ones mostly without points
  /// The runs' own C, which --x named, over 6 N D, where that is the same for all of them.
  std::optional<double> flops_over_six_nd;
  bool says_rows = true;  // false of files by earlier versions, which did not keep --where
};

/// JSON: the law, what was said of it, and for each group parameters, how sure they are,
/// covariance, replicates, residuals, the range of the inputs, what fits as well, and the points
/// where intervals are profiles of them.
std::string saved_fit_text(const SavedFit& saved);

/// InputError with line and column, or the key, where `text` is no such file.
SavedFit read_saved_fit(const std::string& text, const std::string& file);

}  // namespace rung
