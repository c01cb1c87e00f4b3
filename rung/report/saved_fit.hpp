#pragma once
/// Fits as a file: to predict later, without the data.

#include <string>
#include <vector>

#include "rung/study/table/fit_group.hpp"

namespace rung {

struct SavedFit {
  table::Request request;
  std::vector<Fitted> groups;  // without points where they were read
};

/// JSON: the law, what was said of it, and for each group parameters, how sure they are,
/// covariance, replicates, residuals and the range of the inputs.
std::string saved_fit_text(const SavedFit& saved);

/// InputError with line and column, or the key, where `text` is no such file.
SavedFit read_saved_fit(const std::string& text, const std::string& file);

}  // namespace rung
