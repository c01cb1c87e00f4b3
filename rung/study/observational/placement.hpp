#pragma once
/// A model among the families of others: what its compute would be worth in each.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/line.hpp"
#include "rung/study/observational/predictors.hpp"

namespace rung::observational {

/// A model as a member of a family would be.
struct FamilyPlace {
  std::string family;
  std::size_t n_models = 0;
  /// log10 of the compute at which the family's line reaches the model's PC-1; the interval is
  /// absent for families of two, and an end where the line does not bound it.
  double log10_flops = 0;
  std::optional<double> lower, upper;
  /// How far the model's other components are from the family's at that compute, in standard
  /// deviations of models about their families' lines.
  double distance = 0;
};

struct NearModel {
  std::string model, family;
  double distance = 0;  // in components of unit variance
};

struct Placement {
  std::string model, family;
  std::optional<double> flops_1e21;   // its own
  std::vector<double> components;     // its own
  std::vector<FamilyPlace> families;  // the nearest first
  std::vector<NearModel> nearest;     // the nearest first, at most 10
  double level = 0.9;                 // of the families' intervals
};

struct PlacementOptions {
  PredictorOptions predictor{};  // components
  double level = 0.9;
  /// So many of the models, the first, are those that it is placed among.
  std::size_t n_public = std::numeric_limits<std::size_t>::max();
};

/// Places row `row` of `models` among the families of the public ones, its own left out, from whom
/// components are learnt. InputError where no family has two models of known compute.
Placement place_model(const Models& models, std::size_t row, const PlacementOptions& options);

}  // namespace rung::observational
