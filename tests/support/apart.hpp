#pragma once
/// derivatives_apart() against derivatives().

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"

namespace rung {

/// What derivatives_apart() gave for one of its lanes.
struct LaneOfDerivatives {
  const AlignedArray &value, &gradient, &hessian, &metric;
  std::size_t lane, lanes, n_parameters;

  /// `own`: the same fit alone.
  void expect(const Kernel& kernel, const KernelCall& own) const {
    const std::size_t pairs = n_parameters * (n_parameters + 1) / 2;
    std::vector<double> g(n_parameters), h(pairs), m(pairs);
    const double expected =
        kernel.derivatives(kernel.self.get(), own, g.data(), h.data(), m.data());
    if (!(expected < kInfinity)) {
      EXPECT_FALSE(value[lane] < kInfinity);
      return;
    }
    EXPECT_NEAR(value[lane], expected, 1e-12 * expected);
    for (std::size_t p = 0, k = 0; p < n_parameters; ++p) {
      const double size_p = m[p * (p + 3) / 2];
      EXPECT_NEAR(gradient[p * lanes + lane], g[p], 1e-11 * std::sqrt(expected * size_p));
      for (std::size_t q = 0; q <= p; ++q, ++k) {
        const double size = std::sqrt(size_p * m[q * (q + 3) / 2]);
        EXPECT_NEAR(metric[k * lanes + lane], m[k], 1e-12 * size);
        EXPECT_NEAR(hessian[k * lanes + lane], h[k], 1e-11 * (size + std::abs(h[k])));
      }
    }
  }
};

/// Fits that differ from `call` in parameters and weights, all at once and one by one.
inline void expect_each_lane_apart(const Kernel& kernel, const KernelCall& call,
                                   std::size_t n_inputs, std::size_t n_parameters,
                                   const std::string& what) {
  const auto lanes = static_cast<std::size_t>(kernel.lanes);
  const std::size_t n = call.points.n, pairs = n_parameters * (n_parameters + 1) / 2;
  const auto spread = [&](const double* column) {
    AlignedArray out(n * lanes);
    for (std::size_t i = 0; i < n * lanes; ++i) out[i] = column[i / lanes];
    return out;
  };
  const auto weight = [&](std::size_t i, std::size_t lane) {
    return call.points.weight[i] * static_cast<double>((i + lane) % 3);
  };
  const auto theta = [&](std::size_t p, std::size_t lane) {
    return call.theta[p] * (1 + 0.003 * static_cast<double>(lane));
  };
  std::vector<AlignedArray> columns;
  std::vector<const double*> inputs, log_inputs;
  for (std::size_t k = 0; k < n_inputs; ++k) {
    columns.push_back(spread(call.points.inputs[k]));
    columns.push_back(spread(call.points.log_inputs[k]));
  }
  for (std::size_t k = 0; k < n_inputs; ++k) {
    inputs.push_back(columns[2 * k].data());
    log_inputs.push_back(columns[2 * k + 1].data());
  }
  const AlignedArray target = spread(call.points.target);
  AlignedArray weights(n * lanes), thetas(n_parameters * lanes);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = weight(i / lanes, i % lanes);
  for (std::size_t p = 0; p < thetas.size(); ++p) thetas[p] = theta(p / lanes, p % lanes);
  KernelCall apart = call;
  apart.theta = thetas.data();
  apart.points = {n * lanes,         n * lanes,     inputs.data(),
                  log_inputs.data(), target.data(), weights.data()};
  AlignedArray value(lanes), gradient(n_parameters * lanes), hessian(pairs * lanes),
      metric(pairs * lanes);
  kernel.derivatives_apart(kernel.self.get(), apart, value.data(), gradient.data(), hessian.data(),
                           metric.data());
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    SCOPED_TRACE(what + ", lane " + std::to_string(lane));
    std::vector<double> own_theta;
    AlignedArray own_weights(call.points.n_padded);
    for (std::size_t p = 0; p < n_parameters; ++p) own_theta.push_back(theta(p, lane));
    for (std::size_t i = 0; i < n; ++i) own_weights[i] = weight(i, lane);
    KernelCall own = call;
    own.theta = own_theta.data();
    own.points.weight = own_weights.data();
    LaneOfDerivatives{value, gradient, hessian, metric, lane, lanes, n_parameters}.expect(kernel,
                                                                                          own);
  }
}

}  // namespace rung
