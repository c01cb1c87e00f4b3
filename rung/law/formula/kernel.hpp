/// The kernels of all formulas. Compiled once for each instruction set, as simd.hpp says.
#pragma once
#include "rung/law/formula/tape_sums.hpp"

namespace rung::RUNG_ISA {

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
    });
  }

  static void jacobian(const void* self, const KernelCall& call, double* f, double* jacobian) {
    const tape::Tape& tape = program(self).gradient;
    const std::size_t n_padded = call.points.n_padded;
    const auto n_parameters = static_cast<std::size_t>(program(self).n_parameters);
    if (static_cast<std::size_t>(tape.n_gradient) < n_parameters) {
      for (std::size_t i = 0; i < n_parameters * n_padded; ++i) jacobian[i] = 0;
    }
    TapeRun run(program(self), tape, call);
    run.for_blocks([&](std::size_t first, int n) {
      const Place value = run.place(tape.value);
      for (int i = 0; i < n; ++i) value[i].store(f + first + static_cast<std::size_t>(i * kLanes));
      for (int t = 0; t < tape.n_gradient; ++t) {
        const int p = tape.gradient[t].p;
        const Pack natural = run.uniform<Pack>(tape.gradient[t].scale);
        const bool of_log = call.of_log != nullptr && call.of_log[p] != 0;
        const Pack scale = of_log ? natural * Pack(call.theta[p]) : natural;
        const Place values = run.place(tape.gradient[t].values);
        double* row = jacobian + static_cast<std::size_t>(p) * n_padded + first;
        for (int i = 0; i < n; ++i) {
          const Pack slope =
              tape.has_outer ? run.place(tape.outer_first)[i] * values[i] : values[i];
          (scale * slope).store(row + static_cast<std::size_t>(i * kLanes));
        }
      }
    });
  }

  static double objective(const void* self, const KernelCall& call) {
    const tape::Tape& tape = program(self).value;
    TapeRun run(program(self), tape, call);
    Pack total = 0.0;
    Mask exist = !Mask{};
    run.for_blocks([&](std::size_t first, int n) {
      const Place f = run.place(tape.value);
      for (int i = 0; i < n; ++i)
        add_loss(call, first + static_cast<std::size_t>(i * kLanes), f[i], total, exist);
    });
    return any(!exist) ? __builtin_inf() : sum(total);
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
    run.for_blocks([&](std::size_t first, int n) { sums.add(first, n); });
  }
};

}  // namespace rung::RUNG_ISA
