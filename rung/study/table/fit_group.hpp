#pragma once
/// One group of a prepared table, fitted with everything that says how far to trust the fit.

#include <optional>
#include <string>
#include <vector>

#include "rung/fit/fitted.hpp"
#include "rung/fit/interval/profile.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

struct UncertaintyOptions {
  ResampleOptions resample{};
  std::string cluster_column;  // for clusters, in the bootstrap and in the covariance
  bool sandwich = false;
  /// Replicates only where these hold more than the delta method: under robust losses, with ten
  /// rows a parameter or more.
  bool kind_by_rows = false;
  bool profiles = false;
  IntervalFor interval_for = IntervalFor::mean;
  /// Standard deviation of the noise in residual space of a row of weight 1, which priors are
  /// weighed against and standard errors rest on; absent: from the data.
  std::optional<double> noise_sd;
  bool noise_is_groups = false;  // noise_sd is what all groups' residuals say
};

struct FittedGroup {
  Fitted fitted;  // labelled as the sample
  Diagnosis diagnosis;
  std::vector<Profile> profiles;
  std::vector<std::string> notes;
  std::string no_intervals;  // why there are none at all; one of the notes

  /// A note that later predictions depend on.
  void add_doubt(std::string doubt) {
    fitted.doubts.push_back(doubt);
    notes.push_back(std::move(doubt));
  }
};

/// A fit with its covariance, as the noise and priors have it.
struct FitUnderNoise {
  Fitted fitted;
  std::optional<Covariance> by_data;  // with noise from the residuals, without priors
  double noise_sd = 0;                // that priors are weighed against
};

/// With priors the posterior's mode and Laplace's covariance: observations weigh 1 / noise^2. With
/// a noise that is told, absent: from the data, standard errors rest on it. InputError where priors
/// have no noise to be weighed against.
FitUnderNoise fit_under_noise(const Prepared& prepared, const Sample& sample,
                              const Request& request, std::optional<double> noise_sd);

/// Of each of the sample's rows: values of the column, numbered from 0 in order of appearance.
std::vector<int> clusters_of(const Prepared& prepared, const Sample& sample,
                             const std::string& column);

/// Fits one group of a prepared table with everything asked for.
FittedGroup fit_group(const Prepared& prepared, const Sample& sample, const Request& request,
                      const UncertaintyOptions& options);

/// Each group on its own. InputError as check_determined().
std::vector<FittedGroup> fit_each(const Prepared& prepared, const Request& request,
                                  const UncertaintyOptions& options);

}  // namespace rung::table
