#pragma once
/// A fit of a metric made again on resampled families, from imputation on.

#include <cstdint>
#include <vector>

#include "rung/study/observational/metric_fit.hpp"

namespace rung::observational {

/// One refit: what it predicts for each row of the fit, and which families it has seen.
struct Refit {
  std::vector<double> index, predicted, slope;  // by MetricFit::rows; slope: d predicted / d index
  std::vector<unsigned char> seen;              // by MetricFit::rows: its family was learnt from
};

struct RefitOptions {
  std::size_t n = 200;
  std::uint64_t seed = 0;
  int n_threads = 0;  // the result is the same on any number
};

/// Each on as many families as the fit has learnt from, drawn with replacement with all of their
/// models, so that what models of a family share counts once. Those draws from which nothing can be
/// learnt (a metric without a score, too few models) are left out.
std::vector<Refit> bootstrap_refits(const Sample& sample, const MetricFit& fit,
                                    const RefitOptions& options);

}  // namespace rung::observational
