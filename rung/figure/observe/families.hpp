#pragma once
/// How families of models look, and the axes they are drawn along.

#include <string>
#include <vector>

#include "rung/figure/figure.hpp"

namespace rung::observational {

/// A colour and a mark for each family, apart from every other's for the first 36, and a line, for
/// the first 24.
class FamilyLook {
 public:
  explicit FamilyLook(std::vector<std::string> families) : families_(std::move(families)) {}

  /// A mark without points.
  Scatter mark(const std::string& family) const;
  /// A line without points.
  Curve line(const std::string& family) const;

 private:
  std::size_t place(const std::string& family) const;

  std::vector<std::string> families_;
};

/// "meta-llama/Llama-2-7b-hf" -> "Llama-2-7b"
std::string short_model_name(const std::string& model);

/// Compute in FLOPs, size in parameters; another column as it is.
Axis scale_axis(const std::string& scale);
/// What a number of the table's column is on that axis.
double scale_unit(const std::string& scale);

}  // namespace rung::observational
