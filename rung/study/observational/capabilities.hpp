#pragma once
/// Principal capability measures of public models, and how they grow with compute and size.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/observational/impute.hpp"
#include "rung/study/observational/line.hpp"
#include "rung/study/observational/models.hpp"
#include "rung/study/observational/pca.hpp"

namespace rung::observational {

struct CapabilitiesRequest {
  ImputeOptions impute{};
  PcaOptions pca{};
  /// Absent: five, or as many as there can be.
  std::optional<std::size_t> n_components;
  /// What components and metrics are drawn against; see Models::values().
  std::vector<std::string> scales = {"flops", "size"};
  double level = 0.95;  // of bands about lines

  /// InputError for an impossible number of components or cost of loadings.
  void validate() const;
};

struct ImputedScore {
  std::size_t model = 0, metric = 0;
  double value = 0;
};

struct Capabilities {
  CapabilitiesRequest request;
  Models models;
  Matrix filled;  // [model x metric]
  Pca pca;
  Matrix scores;  // [model x component]
  std::vector<ImputedScore> imputed;
  std::vector<ScaleLines> lines;  // of each scale: components, then metrics

  const ScaleLines& line_of(const std::string& value, const std::string& scale) const;
};

/// "PC-1"
std::string component_name(std::size_t index);

Capabilities run_capabilities(const Models& models, const CapabilitiesRequest& request);

}  // namespace rung::observational
