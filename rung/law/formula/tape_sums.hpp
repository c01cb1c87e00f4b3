/// The loss of a tape's predictions and its derivatives. Compiled once for each instruction set, as
/// simd.hpp says.
#pragma once
#include "rung/law/formula/tape_run.hpp"

namespace rung::RUNG_ISA {

/// Sums over points of the loss and its derivatives, by a tape's terms without their scales.
class TapeSums {
 public:
  TapeSums(int n_parameters, const tape::Tape& tape, const TapeRun& run, const KernelCall& call)
      : n_parameters_(n_parameters),
        tape_(tape),
        run_(run),
        call_(call),
        alike_(is_quadratic(call)) {
    const int n = tape.n_gradient;
    for (int p = 0; p < n; ++p) slopes_[p] = 0.0;
    for (int k = 0; k < tape.n_hessian; ++k) bends_[k] = 0.0;
    for (int k = 0; k < n * (n + 1) / 2; ++k) curves_[k] = sizes_[k] = 0.0;
  }

  void add(std::size_t first, int n) {
    const Place f = run_.place(tape_.value);
    for (int i = 0; i < n; ++i) weigh(first + static_cast<std::size_t>(i * kLanes), i, f[i]);
    in_tiles(tape_.n_gradient, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.gradient + k, slopes_ + k, n);
    });
    in_tiles(tape_.n_hessian, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.hessian + k, bends_ + k, n);
    });
    for (int p = 0; p < tape_.n_gradient; ++p) {
      in_tiles(p + 1, [&](int q, auto count) {
        constexpr int kCount = decltype(count)::value;
        alike_ ? add_products<kCount, true>(p, q, n) : add_products<kCount, false>(p, q, n);
      });
    }
  }

  double store(double* gradient, double* hessian, double* metric) {
    const int n = tape_.n_gradient, pairs = n * (n + 1) / 2;
    double slopes[kMost], bends[kMostPairs], curves[kMostPairs], sizes[kMostPairs];
    sums(slopes_, n, slopes);
    sums(bends_, tape_.n_hessian, bends);
    sums(curves_, pairs, curves);
    if (!alike_) sums(sizes_, pairs, sizes);
    finish<double>({slopes, bends, curves, alike_ ? curves : sizes}, {gradient, hessian, metric});
    return sum(value_);
  }

  void store_apart(double* value, double* gradient, double* hessian, double* metric) {
    value_.store(value);
    finish<Pack>({slopes_, bends_, curves_, alike_ ? curves_ : sizes_},
                 {reinterpret_cast<Pack*>(gradient), reinterpret_cast<Pack*>(hessian),
                  reinterpret_cast<Pack*>(metric)});
  }

 private:
  static constexpr int kMost = tape::Program::kMostParameters;
  static constexpr int kMostPairs = kMost * (kMost + 1) / 2;

  /// Of all points: one number, or one for each lane.
  template <class Number>
  struct Totals {
    const Number *slopes, *bends, *curves, *sizes;
  };
  template <class Number>
  struct Outputs {
    Number *gradient, *hessian, *metric;
  };
  template <int n>
  struct Count {
    static constexpr int value = n;
  };

  /// Calls use(first, Count<…>) for 0 … n - 1 in tiles of at most four: so many sums run side by
  /// side, as each waits for itself.
  template <class Use>
  static void in_tiles(int n, const Use& use) {
    int k = 0;
    for (; k + 4 <= n; k += 4) use(k, Count<4>());
    if (n - k == 3) use(k, Count<3>());
    if (n - k == 2) use(k, Count<2>());
    if (n - k == 1) use(k, Count<1>());
  }

  /// From sums by the tape's terms to derivatives by the coordinates: d theta / d log(theta) is
  /// theta.
  template <class Number>
  void finish(const Totals<Number>& totals, const Outputs<Number>& to) const {
    const int P = n_parameters_;
    for (int p = 0; p < P; ++p) to.gradient[p] = 0.0;
    for (int k = 0; k < P * (P + 1) / 2; ++k) to.hessian[k] = to.metric[k] = 0.0;
    const auto of_log = [&](int p) { return call_.of_log != nullptr && call_.of_log[p] != 0; };
    const auto unit = [&](int p) { return of_log(p) ? run_.uniform<Number>(p) : Number(1.0); };
    for (int k = 0; k < tape_.n_hessian; ++k) {
      const tape::Term& term = tape_.hessian[k];
      to.hessian[packed_place(term.p, term.q)] =
          run_.uniform<Number>(term.scale) * unit(term.p) * unit(term.q) * totals.bends[k];
    }
    Number scales[kMost];
    for (int a = 0, k = 0; a < tape_.n_gradient; ++a) {
      const tape::Term& x = tape_.gradient[a];
      scales[a] = run_.uniform<Number>(x.scale) * unit(x.p);
      to.gradient[x.p] = scales[a] * totals.slopes[a];
      for (int b = 0; b <= a; ++b, ++k) {
        const Number scale = scales[a] * scales[b];
        const int place = packed_place(x.p, tape_.gradient[b].p);
        to.hessian[place] += scale * totals.curves[k];
        to.metric[place] = scale * totals.sizes[k];
      }
      if (of_log(x.p)) to.hessian[packed_place(x.p, x.p)] += to.gradient[x.p];
    }
  }

  /// Least squares of raw residuals: the metric's part of the Hessian is the metric.
  static bool is_quadratic(const KernelCall& call) {
    return call.residual == Residual::raw && call.loss.delta == __builtin_inf();
  }

  /// The loss of one Pack of points and how it changes with the prediction.
  void weigh(std::size_t point, int i, Pack f) {
    const Pack weight = Pack::load(call_.points.weight + point);
    const ResidualValue residual =
        residual_at(call_.residual, f, Pack::load(call_.points.target + point));
    const Mask counts = weight > Pack(0.0);
    const LossValue loss = loss_at(call_.loss, residual.r);
    const Pack square = residual.first * residual.first;
    const Pack size_of_loss = select(residual.valid, weight * loss.value, __builtin_inf());
    value_ += select(counts, size_of_loss, 0.0);
    point_slope_[i] = select(counts, weight * loss.first * residual.first, 0.0);
    point_curve_[i] =
        select(counts, weight * (loss.second * square + loss.first * residual.second), 0.0);
    point_size_[i] = select(counts, weight * loss.secant * square, 0.0);
  }

  /// slope * values of `count` terms.
  template <int count>
  void add_slopes(const tape::Term* terms, Pack* into, int n) {
    Pack totals[count];
    Place values[count];
    for (int j = 0; j < count; ++j) {
      totals[j] = into[j];
      values[j] = run_.place(terms[j].values);
    }
    for (int i = 0; i < n; ++i) {
      const Pack slope = point_slope_[i];
#pragma GCC unroll 4
      for (int j = 0; j < count; ++j) totals[j] += slope * values[j][i];
    }
    for (int j = 0; j < count; ++j) into[j] = totals[j];
  }

  /// Products of term p with `count` terms from q on.
  template <int count, bool alike>
  void add_products(int p, int q, int n) {
    Pack curves[count], sizes[count];
    Place values[count];
    const Place row = run_.place(tape_.gradient[p].values);
    const int k = packed_place(p, q);
    for (int j = 0; j < count; ++j) {
      curves[j] = curves_[k + j];
      if (!alike) sizes[j] = sizes_[k + j];
      values[j] = run_.place(tape_.gradient[q + j].values);
    }
    for (int i = 0; i < n; ++i) {
      const Pack curved = point_curve_[i] * row[i], sized = point_size_[i] * row[i];
#pragma GCC unroll 4
      for (int j = 0; j < count; ++j) {
        const Pack value = values[j][i];
        curves[j] += curved * value;
        if (!alike) sizes[j] += sized * value;
      }
    }
    for (int j = 0; j < count; ++j) {
      curves_[k + j] = curves[j];
      if (!alike) sizes_[k + j] = sizes[j];
    }
  }

  const int n_parameters_;
  const tape::Tape& tape_;
  const TapeRun& run_;
  const KernelCall& call_;
  const bool alike_;  // sizes_ would be curves_
  Pack value_ = 0.0;
  Pack point_slope_[TapeRun::kMostPacks], point_curve_[TapeRun::kMostPacks],
      point_size_[TapeRun::kMostPacks];
  Pack slopes_[kMost], bends_[kMostPairs];  // by term
  Pack curves_[kMostPairs], sizes_[kMostPairs];
};

}  // namespace rung::RUNG_ISA
