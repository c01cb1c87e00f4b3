#pragma once
/// Observations to fit, laid out for the kernels.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "rung/law/kernel.hpp"

namespace rung {

/// A 64-byte aligned array of doubles.
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size, double fill = 0);
  AlignedArray(const AlignedArray& other);
  AlignedArray(AlignedArray&&) noexcept = default;
  AlignedArray& operator=(AlignedArray other) noexcept;

  double* data() { return data_.get(); }
  const double* data() const { return data_.get(); }
  double& operator[](std::size_t i) { return data_[i]; }
  double operator[](std::size_t i) const { return data_[i]; }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(double* memory) const;
  };
  std::unique_ptr<double[], Free> data_;
  std::size_t size_ = 0;
};

/// n points of n_inputs inputs, an observation y and a weight each. Structure of arrays, padded to
/// a multiple of 8 by repeating the last point with weight 0.
class Points {
 public:
  Points(std::size_t n_inputs, std::size_t n);
  Points(const Points& other);
  Points(Points&&) noexcept = default;
  Points& operator=(const Points&) = delete;
  Points& operator=(Points&&) noexcept = default;

  /// Points from columns: inputs[k][i] and y[i]; weights 1 where none are given.
  static Points from_columns(const std::vector<std::vector<double>>& inputs,
                             std::span<const double> y, std::span<const double> weights = {});

  /// Sets point i; inputs has n_inputs values.
  void set(std::size_t i, std::span<const double> inputs, double y, double weight = 1);

  std::size_t size() const { return n_; }
  std::size_t n_padded() const { return n_padded_; }
  std::size_t n_inputs() const { return inputs_.size(); }
  double input(std::size_t k, std::size_t i) const { return inputs_[k][i]; }
  /// All inputs of point i.
  std::vector<double> inputs(std::size_t i) const;
  double y(std::size_t i) const { return y_[i]; }
  double weight(std::size_t i) const { return weight_[i]; }
  const AlignedArray& y() const { return y_; }
  const AlignedArray& weights() const { return weight_; }

  /// The kernels' view, with the observations in residual space in `target` (see transformed).
  PointsView view(const AlignedArray& target) const;

  /// t(y) for every point, padded.
  AlignedArray transformed(Residual residual) const;

 private:
  std::size_t n_ = 0;
  std::size_t n_padded_ = 0;
  std::vector<AlignedArray> inputs_;
  std::vector<AlignedArray> log_inputs_;
  AlignedArray y_;
  AlignedArray weight_;
  std::vector<const double*>
      pointers_;  // of inputs_, then of log_inputs_; arrays keep their place when moved

  void point_at_arrays();
};

/// t(y): y itself, ln y, or ln(y / (1 - y)); NaN where it does not exist.
double transformed(Residual residual, double y);
double back_transformed(Residual residual, double t);
double transformed_slope(Residual residual, double y);  // dt / dy

}  // namespace rung
