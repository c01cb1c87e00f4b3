#include "rung/fit/points.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

namespace rung {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPadding = 8;  // the widest Pack

}  // namespace

void AlignedArray::Free::operator()(double* memory) const {
  ::operator delete[](memory, std::align_val_t(kAlignment));
}

AlignedArray::AlignedArray(std::size_t size, double fill)
    : data_(static_cast<double*>(
          ::operator new[](size * sizeof(double), std::align_val_t(kAlignment)))),
      size_(size) {
  std::fill_n(data_.get(), size_, fill);
}

AlignedArray::AlignedArray(const AlignedArray& other) : AlignedArray(other.size_) {
  std::copy_n(other.data(), size_, data());
}

AlignedArray& AlignedArray::operator=(AlignedArray other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Points::Points(std::size_t n_inputs, std::size_t n)
    : n_(n),
      n_padded_((n + kPadding - 1) / kPadding * kPadding),
      y_(n_padded_, 1),
      weight_(n_padded_, 0) {
  inputs_.assign(n_inputs, AlignedArray(n_padded_, 1));
  log_inputs_.assign(n_inputs, AlignedArray(n_padded_, 0));
  point_at_arrays();
}

Points::Points(const Points& other)
    : n_(other.n_),
      n_padded_(other.n_padded_),
      inputs_(other.inputs_),
      log_inputs_(other.log_inputs_),
      y_(other.y_),
      weight_(other.weight_) {
  point_at_arrays();
}

void Points::point_at_arrays() {
  pointers_.clear();
  for (const AlignedArray& input : inputs_) pointers_.push_back(input.data());
  for (const AlignedArray& input : log_inputs_) pointers_.push_back(input.data());
}

Points Points::from_columns(const std::vector<std::vector<double>>& inputs,
                            std::span<const double> y, std::span<const double> weights) {
  Points points(inputs.size(), y.size());
  std::vector<double> row(inputs.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t k = 0; k < inputs.size(); ++k) row[k] = inputs[k][i];
    points.set(i, row, y[i], weights.empty() ? 1 : weights[i]);
  }
  return points;
}

void Points::set(std::size_t i, std::span<const double> inputs, double y, double weight) {
  const std::size_t end = i + 1 == n_ ? n_padded_ : i + 1;  // the last point also fills the padding
  for (std::size_t j = i; j < end; ++j) {
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      inputs_[k][j] = inputs[k];
      log_inputs_[k][j] = std::log(inputs[k]);
    }
    y_[j] = y;
    weight_[j] = j == i ? weight : 0;
  }
}

std::vector<double> Points::inputs(std::size_t i) const {
  std::vector<double> inputs;
  for (const AlignedArray& column : inputs_) inputs.push_back(column[i]);
  return inputs;
}

PointsView Points::view(const AlignedArray& target) const {
  return {n_,
          n_padded_,
          pointers_.data(),
          pointers_.data() + inputs_.size(),
          target.data(),
          weight_.data()};
}

AlignedArray Points::transformed(Residual residual) const {
  AlignedArray target(n_padded_);
  for (std::size_t i = 0; i < n_padded_; ++i) target[i] = rung::transformed(residual, y_[i]);
  return target;
}

double transformed(Residual residual, double y) {
  switch (residual) {
    case Residual::log:
      return std::log(y);
    case Residual::logit:
      return std::log(y / (1 - y));
    case Residual::raw:
      break;
  }
  return y;
}

double back_transformed(Residual residual, double t) {
  switch (residual) {
    case Residual::log:
      return std::exp(t);
    case Residual::logit:
      return 1 / (1 + std::exp(-t));
    case Residual::raw:
      break;
  }
  return t;
}

double transformed_slope(Residual residual, double y) {
  return residual == Residual::log ? 1 / y : residual == Residual::logit ? 1 / (y * (1 - y)) : 1;
}

}  // namespace rung
