/// The kernels of all formulas: they run a Tape over blocks of points. Compiled once for each
/// instruction set, as simd.hpp says.
#pragma once
#include "rung/law/formula/tape.hpp"
#include "rung/law/kernel_impl.hpp"

namespace rung::RUNG_ISA {

namespace tape = rung::formula;

/// The values of a slot over a block; a uniform one has step 0.
struct Place {
  double* at;
  std::size_t step;

  Pack operator[](int i) const { return Pack::load(at + static_cast<std::size_t>(i) * step); }
  void set(int i, Pack value) const { value.store(at + static_cast<std::size_t>(i) * step); }
};

/// One evaluation of a tape, block by block.
class TapeRun {
 public:
  static constexpr int kMostPacks = 32;

  /// `apart`: each lane has parameters of its own.
  TapeRun(const tape::Program& program, const tape::Tape& tape, const KernelCall& call,
          bool apart = false)
      : program_(program), tape_(tape), call_(call), n_packs_(packs_of(tape.n_registers)) {
    int slot = 0;
    for (int p = 0; p < program.n_parameters; ++p) {
      set_uniform(slot++, apart ? Pack::load(call.theta + p * kLanes) : Pack(call.theta[p]));
    }
    for (int c = 0; c < tape.n_constants; ++c) set_uniform(slot++, tape.constants[c]);
    for (; slot < tape.n_uniform; ++slot) places_[slot] = {uniform_ + slot * kLanes, 0};
    run(tape.uniform_code, tape.n_uniform_code, 1);
    const int n_inputs = program.n_inputs;
    for (int r = 0; r < tape.n_registers; ++r) {
      places_[tape.n_uniform + 2 * n_inputs + r] = {registers_ + r * n_packs_ * kLanes, kLanes};
    }
  }

  /// Calls use(first point, packs) for each block, computed; until one says false.
  template <class Use>
  bool for_blocks(const Use& use) {
    const std::size_t n = call_.points.n_padded;
    for (std::size_t first = 0; first < n;) {
      const std::size_t left = (n - first) / kLanes;
      const int packs =
          left < static_cast<std::size_t>(n_packs_) ? static_cast<int>(left) : n_packs_;
      for (int k = 0; k < program_.n_inputs; ++k) {
        set_input(k, call_.points.inputs[k] + first);
        set_input(program_.n_inputs + k, call_.points.log_inputs[k] + first);
      }
      run(tape_.code, tape_.n_code, packs);
      if (!use(first, packs)) return false;
      first += static_cast<std::size_t>(packs * kLanes);
    }
    return true;
  }

  const Place& place(int slot) const { return places_[slot]; }
  Pack uniform(int slot) const { return places_[slot][0]; }

 private:
  // Registers of a block fill 32 KiB, which the nearest cache holds, or one Pack each.
  static constexpr int kBlock = 4096;
  static int packs_of(int n_registers) {
    const int packs = kBlock / (kLanes * (n_registers > 0 ? n_registers : 1));
    return packs < 1 ? 1 : packs > kMostPacks ? kMostPacks : packs;
  }

  void set_uniform(int slot, Pack value) {
    places_[slot] = {uniform_ + slot * kLanes, 0};
    places_[slot].set(0, value);
  }
  void set_input(int i, const double* values) {
    places_[tape_.n_uniform + i] = {const_cast<double*>(values), kLanes};
  }

  template <class F>
  static void each(Place target, int n, const F& f) {
    for (int i = 0; i < n; ++i) target.set(i, f(i));
  }

  void run(const tape::Instruction* code, int n_code, int n) {
    for (const tape::Instruction* line = code; line != code + n_code; ++line) {
      const Place y = places_[line->target], a = places_[line->a], b = places_[line->b],
                  c = places_[line->c];
      switch (line->operation) {
        case tape::Operation::add:
          each(y, n, [&](int i) { return a[i] + b[i]; });
          break;
        case tape::Operation::multiply:
          each(y, n, [&](int i) { return a[i] * b[i]; });
          break;
        case tape::Operation::multiply_add:
          each(y, n, [&](int i) { return a[i] * b[i] + c[i]; });
          break;
        case tape::Operation::exp_multiply:
          each(y, n, [&](int i) { return exp(a[i] * b[i]); });
          break;
        case tape::Operation::reciprocal:
          each(y, n, [&](int i) { return Pack(1.0) / a[i]; });
          break;
        case tape::Operation::exp:
          each(y, n, [&](int i) { return exp(a[i]); });
          break;
        case tape::Operation::log:
          each(y, n, [&](int i) { return log(a[i]); });
          break;
        case tape::Operation::sqrt:
          each(y, n, [&](int i) { return sqrt(a[i]); });
          break;
        case tape::Operation::sigmoid:
          each(y, n, [&](int i) { return sigmoid(a[i]); });
          break;
        case tape::Operation::softplus:
          each(y, n, [&](int i) { return softplus(a[i]); });
          break;
        case tape::Operation::less:
          each(y, n, [&](int i) { return select(a[i] < b[i], 1.0, 0.0); });
          break;
        case tape::Operation::select:
          each(y, n, [&](int i) { return select(abs(a[i]) > Pack(0.0), b[i], c[i]); });
          break;
        default:
          break;
      }
    }
  }

  const tape::Program& program_;
  const tape::Tape& tape_;
  const KernelCall& call_;
  int n_packs_;
  alignas(64) double uniform_[tape::Tape::kMostUniform * kLanes];
  alignas(64) double registers_[tape::Tape::kMostRegisters * kLanes < kBlock
                                    ? kBlock
                                    : tape::Tape::kMostRegisters * kLanes];
  Place
      places_[tape::Tape::kMostUniform + 2 * tape::Tape::kMostInputs + tape::Tape::kMostRegisters];
};

/// Sums over points of the loss and its derivatives, by a tape's terms without their scales.
class TapeSums {
 public:
  TapeSums(int n_parameters, const tape::Tape& tape, const TapeRun& run, const KernelCall& call)
      : n_parameters_(n_parameters), tape_(tape), run_(run), call_(call) {
    const int n = tape.n_gradient;
    for (int p = 0; p < n; ++p) gradient_[p] = 0.0;
    for (int k = 0; k < tape.n_hessian; ++k) bend_[k] = 0.0;
    for (int k = 0; k < n * (n + 1) / 2; ++k) curve_products_[k] = size_products_[k] = 0.0;
  }

  void add(std::size_t first, int n) {
    const Place f = run_.place(tape_.value);
    for (int i = 0; i < n; ++i) weigh(first + static_cast<std::size_t>(i * kLanes), i, f[i]);
    in_tiles(tape_.n_gradient, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.gradient + k, gradient_ + k, n);
    });
    in_tiles(tape_.n_hessian, [&](int k, auto count) {
      add_slopes<decltype(count)::value>(tape_.hessian + k, bend_ + k, n);
    });
    for (int p = 0; p < tape_.n_gradient; ++p) {
      in_tiles(p + 1, [&](int q, auto count) { add_products<decltype(count)::value>(p, q, n); });
    }
  }

  double store(double* gradient, double* hessian, double* metric) {
    const int pairs = n_parameters_ * (n_parameters_ + 1) / 2;
    finish([&](int p) { return Pack(call_.theta[p]); });
    sums(all_gradient_, n_parameters_, gradient);
    sums(all_hessian_, pairs, hessian);
    sums(all_metric_, pairs, metric);
    return sum(value_);
  }

  void store_apart(double* value, double* gradient, double* hessian, double* metric) {
    const int pairs = n_parameters_ * (n_parameters_ + 1) / 2;
    finish([&](int p) { return Pack::load(call_.theta + p * kLanes); });
    value_.store(value);
    for (int p = 0; p < n_parameters_; ++p) all_gradient_[p].store(gradient + p * kLanes);
    for (int k = 0; k < pairs; ++k) all_hessian_[k].store(hessian + k * kLanes);
    for (int k = 0; k < pairs; ++k) all_metric_[k].store(metric + k * kLanes);
  }

 private:
  static constexpr int kMost = tape::Program::kMostParameters;
  static constexpr int kMostPairs = kMost * (kMost + 1) / 2;

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
  template <class Theta>
  void finish(const Theta& theta) {
    const int P = n_parameters_;
    for (int p = 0; p < P; ++p) all_gradient_[p] = 0.0;
    for (int k = 0; k < P * (P + 1) / 2; ++k) all_hessian_[k] = all_metric_[k] = 0.0;
    const auto of_log = [&](int p) { return call_.of_log != nullptr && call_.of_log[p] != 0; };
    const auto unit = [&](int p) { return of_log(p) ? theta(p) : Pack(1.0); };
    for (int k = 0; k < tape_.n_hessian; ++k) {
      const tape::Term& term = tape_.hessian[k];
      all_hessian_[packed_place(term.p, term.q)] =
          run_.uniform(term.scale) * unit(term.p) * unit(term.q) * bend_[k];
    }
    Pack scales[kMost];
    for (int a = 0, k = 0; a < tape_.n_gradient; ++a) {
      const tape::Term& x = tape_.gradient[a];
      scales[a] = run_.uniform(x.scale) * unit(x.p);
      all_gradient_[x.p] = scales[a] * gradient_[a];
      for (int b = 0; b <= a; ++b, ++k) {
        const Pack scale = scales[a] * scales[b];
        const int place = packed_place(x.p, tape_.gradient[b].p);
        all_hessian_[place] += scale * curve_products_[k];
        all_metric_[place] = scale * size_products_[k];
      }
      if (of_log(x.p)) all_hessian_[packed_place(x.p, x.p)] += all_gradient_[x.p];
    }
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
    slope_[i] = select(counts, weight * loss.first * residual.first, 0.0);
    curve_[i] = select(counts, weight * (loss.second * square + loss.first * residual.second), 0.0);
    size_[i] = select(counts, weight * loss.secant * square, 0.0);
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
      const Pack slope = slope_[i];
#pragma GCC unroll 4
      for (int j = 0; j < count; ++j) totals[j] += slope * values[j][i];
    }
    for (int j = 0; j < count; ++j) into[j] = totals[j];
  }

  /// Products of term p with `count` terms from q on.
  template <int count>
  void add_products(int p, int q, int n) {
    Pack curves[count], sizes[count];
    Place values[count];
    const Place row = run_.place(tape_.gradient[p].values);
    const int k = packed_place(p, q);
    for (int j = 0; j < count; ++j) {
      curves[j] = curve_products_[k + j];
      sizes[j] = size_products_[k + j];
      values[j] = run_.place(tape_.gradient[q + j].values);
    }
    for (int i = 0; i < n; ++i) {
      const Pack curved = curve_[i] * row[i], sized = size_[i] * row[i];
#pragma GCC unroll 4
      for (int j = 0; j < count; ++j) {
        const Pack value = values[j][i];
        curves[j] += curved * value;
        sizes[j] += sized * value;
      }
    }
    for (int j = 0; j < count; ++j) {
      curve_products_[k + j] = curves[j];
      size_products_[k + j] = sizes[j];
    }
  }

  const int n_parameters_;
  const tape::Tape& tape_;
  const TapeRun& run_;
  const KernelCall& call_;
  Pack value_ = 0.0;
  Pack slope_[TapeRun::kMostPacks], curve_[TapeRun::kMostPacks], size_[TapeRun::kMostPacks];
  Pack gradient_[kMost], bend_[kMostPairs];  // by term
  Pack curve_products_[kMostPairs], size_products_[kMostPairs];
  Pack all_gradient_[kMost], all_hessian_[kMostPairs], all_metric_[kMostPairs];  // by parameter
};

struct FormulaKernel {
  static const tape::Program& program(const void* self) {
    return *static_cast<const tape::Program*>(self);
  }

  static void predict(const void* self, const KernelCall& call, double* f) {
    const tape::Tape& tape = program(self).value;
    TapeRun run(program(self), tape, call);
    run.for_blocks([&](std::size_t first, int n) {
      const Place value = run.place(tape.value);
      for (int i = 0; i < n; ++i) value[i].store(f + first + static_cast<std::size_t>(i * kLanes));
      return true;
    });
  }

  static void jacobian(const void* self, const KernelCall& call, double* f, double* jacobian) {
    const tape::Tape& tape = program(self).gradient;
    const std::size_t n_padded = call.points.n_padded;
    const auto size = static_cast<std::size_t>(program(self).n_parameters) * n_padded;
    for (std::size_t i = 0; i < size; ++i) jacobian[i] = 0;
    TapeRun run(program(self), tape, call);
    run.for_blocks([&](std::size_t first, int n) {
      const Place value = run.place(tape.value);
      for (int i = 0; i < n; ++i) value[i].store(f + first + static_cast<std::size_t>(i * kLanes));
      for (int t = 0; t < tape.n_gradient; ++t) {
        const int p = tape.gradient[t].p;
        const Pack natural = run.uniform(tape.gradient[t].scale);
        const bool of_log = call.of_log != nullptr && call.of_log[p] != 0;
        const Pack scale = of_log ? natural * Pack(call.theta[p]) : natural;
        const Place values = run.place(tape.gradient[t].values);
        double* row = jacobian + static_cast<std::size_t>(p) * n_padded + first;
        for (int i = 0; i < n; ++i) {
          (scale * values[i]).store(row + static_cast<std::size_t>(i * kLanes));
        }
      }
      return true;
    });
  }

  static double objective(const void* self, const KernelCall& call) {
    const tape::Tape& tape = program(self).value;
    TapeRun run(program(self), tape, call);
    Pack total = 0.0;
    const bool exists = run.for_blocks([&](std::size_t first, int n) {
      const Place f = run.place(tape.value);
      for (int i = 0; i < n; ++i) {
        if (!add_loss(call, first + static_cast<std::size_t>(i * kLanes), f[i], total))
          return false;
      }
      return true;
    });
    return exists ? sum(total) : __builtin_inf();
  }

  static double derivatives(const void* self, const KernelCall& call, double* gradient,
                            double* hessian, double* metric) {
    const tape::Tape& tape = program(self).hessian;
    TapeRun run(program(self), tape, call);
    TapeSums sums(program(self).n_parameters, tape, run, call);
    add_all(run, sums);
    return sums.store(gradient, hessian, metric);
  }

  static void derivatives_apart(const void* self, const KernelCall& call, double* objective,
                                double* gradient, double* hessian, double* metric) {
    const tape::Tape& tape = program(self).hessian;
    TapeRun run(program(self), tape, call, true);
    TapeSums sums(program(self).n_parameters, tape, run, call);
    add_all(run, sums);
    sums.store_apart(objective, gradient, hessian, metric);
  }

 private:
  static void add_all(TapeRun& run, TapeSums& sums) {
    run.for_blocks([&](std::size_t first, int n) {
      sums.add(first, n);
      return true;
    });
  }
};

}  // namespace rung::RUNG_ISA
