#pragma once
/// Predictions of fitted laws for rows of inputs, as text and as JSON.

#include <optional>
#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/core/options.hpp"
#include "rung/study/table/fit_group.hpp"
#include "rung/study/table/shared.hpp"

namespace rung::app {

struct Query {
  std::vector<double> inputs;
  std::optional<double> actual;
  std::string group;  // "": every group's
};

struct Queries {
  std::vector<Query> rows;
  bool of_the_fit = false;  // the fitted rows themselves

  void add(std::vector<double> inputs, std::optional<double> actual, std::string group);
  void add(const table::Queries& queries);
};

/// [{"inputs", "actual", "predicted", "interval", "extrapolation"}] of the group's rows.
Json predictions_json(const Fitted& fitted, const Queries& queries);
TextTable predictions_table(const std::vector<const Fitted*>& fits, const Queries& queries);
Json multipliers_json(const std::vector<table::Multiplier>& multipliers);
std::string multiplier_words(const table::Multiplier& multiplier);

}  // namespace rung::app
