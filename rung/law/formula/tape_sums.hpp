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
        alike_(is_quadratic(tape, call)) {
    const int n = tape.n_gradient, pairs = n * (n + 1) / 2;
    bends_ = slopes_ + n;
    curves_ = bends_ + tape.n_hessian;
    sizes_ = alike_ ? curves_ : curves_ + pairs;
    n_sums_ = static_cast<int>(sizes_ - slopes_) + pairs;
    for (int k = 0; k < whole_lanes(n_sums_); ++k) slopes_[k] = 0.0;
  }

  void add(std::size_t first, int n) {
    const Place f = run_.place(tape_.value);
    for (int i = 0; i < n; ++i) weigh(first + static_cast<std::size_t>(i * kLanes), i, f[i]);
    if (tape_.has_outer) weigh_inner(n);
    in_tiles(tape_.n_gradient, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.gradient + k, slopes_ + k, n);
    });
    in_tiles(tape_.n_hessian, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.hessian + k, bends_ + k, n);
    });
    if (n <= kFewPacks && tape_.n_gradient <= kFewTerms) return add_products_of_few(n);
    for (int p = 0; p < tape_.n_gradient; ++p) {
      in_tiles(p + 1, [&](int q, auto count) {
        constexpr int kCount = decltype(count)::value;
        alike_ ? add_products<kCount, true>(p, q, n) : add_products<kCount, false>(p, q, n);
      });
    }
  }

  double store(double* gradient, double* hessian, double* metric) {
    double totals[kMostSums];
    sums(slopes_, n_sums_, totals);
    finish<double>({totals, totals + (bends_ - slopes_), totals + (curves_ - slopes_),
                    totals + (sizes_ - slopes_)},
                   {gradient, hessian, metric});
    return sum(value_);
  }

  void store_apart(double* value, double* gradient, double* hessian, double* metric) {
    value_.store(value);
    finish<Pack>({slopes_, bends_, curves_, sizes_},
                 {reinterpret_cast<Pack*>(gradient), reinterpret_cast<Pack*>(hessian),
                  reinterpret_cast<Pack*>(metric)});
  }

 private:
  static constexpr int kMost = tape::Program::kMostParameters;
  static constexpr int kMostPairs = kMost * (kMost + 1) / 2;
  static constexpr int kMostSums = whole_lanes(kMost + 3 * kMostPairs);
  // So few that loops would cost as much as what they do.
  static constexpr int kFewPacks = 4, kFewTerms = 8;

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
    Number units[kMost];
    for (int p = 0; p < P; ++p) units[p] = of_log(p) ? run_.uniform<Number>(p) : Number(1.0);
    for (int k = 0; k < tape_.n_hessian; ++k) {
      const tape::Term& term = tape_.hessian[k];
      to.hessian[packed_place(term.p, term.q)] =
          run_.uniform<Number>(term.scale) * units[term.p] * units[term.q] * totals.bends[k];
    }
    Number scales[kMost];
    for (int a = 0, k = 0; a < tape_.n_gradient; ++a) {
      const tape::Term& x = tape_.gradient[a];
      scales[a] = run_.uniform<Number>(x.scale) * units[x.p];
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
  static bool is_quadratic(const tape::Tape& tape, const KernelCall& call) {
    return !tape.has_outer && call.residual == Residual::raw && call.loss.delta == __builtin_inf();
  }

  /// The loss of one Pack of points and how it changes with the prediction.
  void weigh(std::size_t point, int i, Pack f) {
    const WeighedLoss loss = weighed_loss(call_, point, f);
    value_ += loss.value;
    point_slope_[i] = loss.slope;
    point_curve_[i] = loss.curve;
    point_size_[i] = loss.size;
  }

  /// From changes with the prediction g(u) to changes with u.
  void weigh_inner(int n) {
    const Place first = run_.place(tape_.outer_first), second = run_.place(tape_.outer_second);
    for (int i = 0; i < n; ++i) {
      const Pack square = first[i] * first[i];
      point_curve_[i] = point_curve_[i] * square + point_slope_[i] * second[i];
      point_size_[i] = point_size_[i] * square;
      point_slope_[i] = point_slope_[i] * first[i];
    }
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

  void add_products_of_few(int n) {
    const int n_terms = tape_.n_gradient;
    if (n_terms == 1) return add_products_of<1>(n);
    if (n_terms == 2) return add_products_of<2>(n);
    if (n_terms == 3) return add_products_of<3>(n);
    if (n_terms == 4) return add_products_of<4>(n);
    if (n_terms == 5) return add_products_of<5>(n);
    if (n_terms == 6) return add_products_of<6>(n);
    if (n_terms == 7) return add_products_of<7>(n);
    if (n_terms == 8) return add_products_of<8>(n);
  }

  template <int n_terms>
  void add_products_of(int n) {
    alike_ ? add_products_of<n_terms, true>(n) : add_products_of<n_terms, false>(n);
  }

  /// Products of all terms with each other, by code without loops over them.
  template <int n_terms, bool alike>
  void add_products_of(int n) {
    Place values[n_terms];
    for (int p = 0; p < n_terms; ++p) values[p] = run_.place(tape_.gradient[p].values);
    int i = 0;
    for (; i + 2 <= n; i += 2) add_products_at<n_terms, alike, 2>(values, i);
    if (i < n) add_products_at<n_terms, alike, 1>(values, i);
  }

  template <int n_terms, bool alike, int n_packs>
  void add_products_at(const Place* values, int first) {
    Pack rows[n_packs][n_terms];
#pragma GCC unroll 2
    for (int i = 0; i < n_packs; ++i) {
#pragma GCC unroll 8
      for (int p = 0; p < n_terms; ++p) rows[i][p] = values[p][first + i];
    }
#pragma GCC unroll 8
    for (int p = 0; p < n_terms; ++p) {
      Pack curved[n_packs], sized[n_packs];
#pragma GCC unroll 2
      for (int i = 0; i < n_packs; ++i) {
        curved[i] = point_curve_[first + i] * rows[i][p];
        sized[i] = point_size_[first + i] * rows[i][p];
      }
#pragma GCC unroll 8
      for (int q = 0; q <= p; ++q) {
        const int k = packed_place(p, q);
        Pack curve = curves_[k];
        for (int i = 0; i < n_packs; ++i) curve += curved[i] * rows[i][q];
        curves_[k] = curve;
        if (alike) continue;
        Pack size = sizes_[k];
        for (int i = 0; i < n_packs; ++i) size += sized[i] * rows[i][q];
        sizes_[k] = size;
      }
    }
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
  // By term: slopes, bends, curves and, unless they are the curves, sizes, one after another.
  Pack slopes_[kMostSums];
  Pack *bends_, *curves_, *sizes_;
  int n_sums_;
};

}  // namespace rung::RUNG_ISA
