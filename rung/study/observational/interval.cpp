#include "rung/study/observational/interval.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rung/core/statistics.hpp"

namespace rung::observational {
namespace {

using Part = MetricFit::Part;

constexpr std::size_t kLeastRefits = 20;
/// Least number of refits without a family; where there are fewer, all refits are used for it.
constexpr std::size_t kLeastUnseen = 10;
/// At an index further out the metric is within 3e-4 of an end of its range.
constexpr double kFurthestIndex = 8;
/// The weight of a model at an end of the sigmoid, relative to one half-way up.
constexpr double kWeightAtTheEnds = 0.1;

/// Gauss-Hermite nodes and weights for a standard normal, 15 points.
constexpr double kNodes[] = {0,
                             0.799129068324548,
                             1.606710069028730,
                             2.432436827009758,
                             3.289082424398766,
                             4.196207711269020,
                             5.190093591304780,
                             6.363947888829839};
constexpr double kNodeWeights[] = {0.318259518259518,  0.232462293609732, 0.089417795399845,
                                   0.017365774492137,  0.001567357503550, 5.642146405189e-05,
                                   5.975419597921e-07, 8.589649899633e-10};

/// A model's index as refits have it: the middle, and half the span of the middle 68%.
struct IndexSpread {
  double middle = 0, spread = 0;
};

/// The metric of a refit, as an index of the fit itself.
double index_of(const Regression& regression, double predicted) {
  switch (regression.options.link) {
    case Link::identity:
      return predicted;
    case Link::exponential:
      return std::log(std::max(predicted, 1e-300));
    case Link::sigmoid:
    case Link::parametric_sigmoid:
      break;
  }
  const double share =
      std::clamp((predicted - regression.floor()) / regression.height(), 1e-9, 1 - 1e-9);
  return std::clamp(std::log(share / (1 - share)), -kFurthestIndex, kFurthestIndex);
}

IndexSpread spread_of(std::vector<double> indices) {
  constexpr double kOneSd = 0.8413;
  std::sort(indices.begin(), indices.end());
  return {sorted_quantile(indices, 0.5),
          (sorted_quantile(indices, kOneSd) - sorted_quantile(indices, 1 - kOneSd)) / 2};
}

/// How much the metric moves with the index, as a share of the most that it can.
double movability(const Regression& regression, double index, double greatest) {
  if (regression.options.link == Link::identity) return 1;
  return std::min(1.0, regression.slope_at(index) / greatest);
}

/// An interval that reaches `reach` noises to either side.
struct Noise {
  double index = 1, metric = 0.01;

  PredictionInterval around(const Regression& regression, const IndexSpread& at,
                            double reach) const {
    const double sd = reach * std::hypot(at.spread, index);
    return {regression.at(at.middle - sd) - reach * metric,
            regression.at(at.middle + sd) + reach * metric};
  }
};

class Calibration {
 public:
  Calibration(const MetricFit& fit, const std::vector<Refit>& refits)
      : fit_(fit), regression_(fit.regression) {
    double y_squares = 0;
    for (std::size_t row = 0; row < fit.rows.size(); ++row) {
      std::vector<double> all, unseen;
      for (const Refit& refit : refits) {
        all.push_back(index_of(regression_, refit.predicted[row]));
        if (!refit.seen[row]) unseen.push_back(all.back());
      }
      everywhere_.push_back(spread_of(all));
      if (fit.rows[row].part != Part::train) continue;
      learnt_.push_back(row);
      unseen_.push_back(unseen.size() >= kLeastUnseen ? spread_of(std::move(unseen))
                                                      : everywhere_.back());
      y_squares += std::pow(fit.rows[row].actual - fit.rows[row].predicted, 2);
    }
    residual_sd_ =
        std::sqrt(y_squares / static_cast<double>(std::max<std::size_t>(1, learnt_.size())));
    double greatest = 0;
    for (const std::size_t row : learnt_)
      greatest = std::max(greatest, regression_.slope_at(fit.rows[row].index));
    const bool is_sigmoid = regression_.options.link == Link::sigmoid ||
                            regression_.options.link == Link::parametric_sigmoid;
    greatest_slope_ = is_sigmoid ? regression_.height() / 4 : greatest;
  }

  /// The most likely noises on a grid: what a model's metric is then distributed like has no closed
  /// form, and the likelihood may have two tops.
  Noise most_likely_noise() const {
    constexpr std::size_t kSteps = 24;
    const bool is_identity = regression_.options.link == Link::identity;
    const std::vector<double> of_index =
        is_identity ? std::vector{1e-12} : log_grid(0.05, 5, kSteps);
    const double least = std::max(1e-3, 1e-3 * residual_sd_);
    const std::vector<double> of_metric = log_grid(least, std::max(0.3, 3 * residual_sd_), kSteps);
    Noise best;
    double best_likelihood = -kInfinity;
    for (const double index : of_index) {
      const std::vector<std::vector<double>> means = means_with(index);
      for (const double metric : of_metric) {
        // A weak prior on the index's noise: between 1/7 and 7, two standard deviations.
        double likelihood = is_identity ? 0 : -std::pow(std::log(index), 2) / 8;
        for (std::size_t i = 0; i < learnt_.size(); ++i)
          likelihood += log_density(means[i], metric, fit_.rows[learnt_[i]].actual);
        if (likelihood <= best_likelihood) continue;
        best_likelihood = likelihood;
        best = {index, metric};
      }
    }
    return best;
  }

  /// The reach with which intervals hold a weighted share `level` of the models that were learnt
  /// from, each as those refits have it that have not seen its family.
  double reach(const Noise& noise, double level) const {
    std::vector<double> reaches, weights;
    for (std::size_t i = 0; i < learnt_.size(); ++i) {
      const double actual = fit_.rows[learnt_[i]].actual;
      reaches.push_back(reach_to(noise, unseen_[i], actual));
      const auto at_actual = regression_.index_at(actual);
      const double movable =
          std::max(movability(regression_, unseen_[i].middle, greatest_slope_),
                   at_actual ? movability(regression_, *at_actual, greatest_slope_) : 0);
      weights.push_back(kWeightAtTheEnds + movable);
    }
    std::vector<std::size_t> order(reaches.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return reaches[a] < reaches[b]; });
    // The new model counts among them, with the greatest weight.
    const double most = *std::max_element(weights.begin(), weights.end());
    const double wanted = level * (std::accumulate(weights.begin(), weights.end(), 0.0) + most);
    double sum = 0;
    for (const std::size_t i : order) {
      sum += weights[i];
      if (sum >= wanted) return reaches[i];
    }
    return reaches[order.back()];
  }

  PredictionInterval interval(std::size_t row, const Noise& noise, double reach) const {
    return noise.around(regression_, everywhere_[row], reach);
  }

 private:
  std::vector<std::vector<double>> means_with(double index_noise) const {
    std::vector<std::vector<double>> means;
    for (const IndexSpread& at : unseen_) {
      std::vector<double> of_model;
      const double sd = std::hypot(at.spread, index_noise);
      for (const double node : kNodes) {
        of_model.push_back(regression_.at(at.middle + sd * node));
        if (node > 0) of_model.push_back(regression_.at(at.middle - sd * node));
      }
      means.push_back(std::move(of_model));
    }
    return means;
  }

  static double log_density(const std::vector<double>& means, double sd, double actual) {
    double density = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
      const double r = (actual - means[i]) / sd;
      density += kNodeWeights[(i + 1) / 2] * std::exp(-0.5 * r * r);
    }
    return std::log(density / sd + 1e-12);
  }

  double reach_to(const Noise& noise, const IndexSpread& at, double actual) const {
    double low = 0, high = 50;
    for (int step = 0; step < 50; ++step) {
      const double middle = (low + high) / 2;
      const PredictionInterval interval = noise.around(regression_, at, middle);
      (interval.lower <= actual && actual <= interval.upper ? high : low) = middle;
    }
    return high;
  }

  const MetricFit& fit_;
  const Regression& regression_;
  std::vector<std::size_t> learnt_;      // rows of the fit
  std::vector<IndexSpread> unseen_;      // of those, without their family
  std::vector<IndexSpread> everywhere_;  // by row
  double residual_sd_ = 0, greatest_slope_ = 1;
};

}  // namespace

MetricIntervals prediction_intervals(const Sample& sample, const MetricFit& fit,
                                     const IntervalOptions& options) {
  MetricIntervals result{.level = options.level, .rows = {}};
  const std::vector<Refit> refits = bootstrap_refits(sample, fit, options.refits);
  result.n_refits = refits.size();
  if (refits.size() < kLeastRefits) return result;
  const Calibration calibration(fit, refits);
  const Noise noise = calibration.most_likely_noise();
  result.index_noise = noise.index;
  result.metric_noise = noise.metric;
  result.reach = calibration.reach(noise, options.level);
  for (std::size_t row = 0; row < fit.rows.size(); ++row)
    result.rows.push_back(calibration.interval(row, noise, result.reach));
  return result;
}

}  // namespace rung::observational
