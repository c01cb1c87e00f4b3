/// Runs a Tape over blocks of points. Compiled once for each instruction set, as simd.hpp says.
#pragma once
#include "rung/law/formula/tape.hpp"
#include "rung/law/kernel_impl.hpp"

namespace rung::RUNG_ISA {

namespace tape = rung::formula;

/// The values of a slot over a block; a uniform one has step 0.
struct Place {
  const double* at;
  std::size_t step;

  Pack operator[](int i) const { return Pack::load(at + static_cast<std::size_t>(i) * step); }
};

/// One evaluation of a tape, block by block.
class TapeRun {
 public:
  static constexpr int kMostPacks = 32;

  /// `apart`: each lane has parameters of its own.
  TapeRun(const tape::Program& program, const tape::Tape& tape, const KernelCall& call,
          bool apart = false)
      : tape_(tape), call_(call) {
    int slot = 0;
    for (; slot < program.n_parameters; ++slot) {
      const Pack theta = apart ? Pack::load(call.theta + slot * kLanes) : Pack(call.theta[slot]);
      theta.store(uniform_ + slot * kLanes);
    }
    for (int c = 0; c < tape.n_constants; ++c, ++slot)
      Pack(tape.constants[c]).store(uniform_ + slot * kLanes);
    run<1>(tape.uniform_code, tape.n_uniform_code, uniform_);
    const int room = kRoom / (kLanes * (tape.n_registers > 0 ? tape.n_registers : 1));
    most_packs_ = room < 1 ? 1 : room > kMostPacks ? kMostPacks : room;
  }

  /// Calls use(first point, packs) for each block, computed.
  template <class Use>
  void for_blocks(const Use& use) {
    const std::size_t n = call_.points.n_padded;
    for (first_ = 0; first_ < n;) {
      const std::size_t left = (n - first_) / kLanes;
      n_packs_ =
          left < static_cast<std::size_t>(most_packs_) ? static_cast<int>(left) : most_packs_;
      run_block();
      if (tape_.has_outer) clear_where_level();
      use(first_, n_packs_);
      first_ += static_cast<std::size_t>(n_packs_ * kLanes);
    }
  }

  Place place(tape::Slot slot) const {
    if (slot.uniform) return {uniform_ + slot.index * kLanes, 0};
    return {registers_ + slot.index * n_packs_ * kLanes, kLanes};
  }
  /// A uniform value: the first lane's, or all lanes'.
  template <class Number>
  Number uniform(int index) const {
    return *reinterpret_cast<const Number*>(uniform_ + index * kLanes);
  }

 private:
  // Registers of a block fill 32 KiB, which the nearest cache holds, or one Pack each.
  static constexpr int kRoom = 4096;

  /// By code of its own for the smallest blocks, where loops would cost as much as what they do.
  void run_block() {
    switch (n_packs_) {
      case 1:
        return run<1>(tape_.code, tape_.n_code, registers_);
      case 2:
        return run<2>(tape_.code, tape_.n_code, registers_);
      case 3:
        return run<3>(tape_.code, tape_.n_code, registers_);
      case 4:
        return run<4>(tape_.code, tape_.n_code, registers_);
      default:
        return run<0>(tape_.code, tape_.n_code, registers_);
    }
  }

  /// Derivatives of what a choice left out may not exist, and count nowhere.
  void clear_where_level() {
    const Place first = place(tape_.outer_first);
    for (int i = 0; i < n_packs_; ++i) {
      const Mask counts = abs(first[i]) > Pack(0.0);
      if (!any(!counts)) continue;
      const auto clear = [&](tape::Slot slot) {
        if (slot.uniform) return;
        double* const at = registers_ + (slot.index * n_packs_ + i) * kLanes;
        select(counts, Pack::load(at), 0.0).store(at);
      };
      for (int k = 0; k < tape_.n_gradient; ++k) clear(tape_.gradient[k].values);
      for (int k = 0; k < tape_.n_hessian; ++k) clear(tape_.hessian[k].values);
    }
  }

  /// Values of an operand over a block.
  template <bool uniform>
  struct Values {
    const double* at;
    Pack operator[](int i) const { return Pack::load(uniform ? at : at + i * kLanes); }
  };

  /// What code works on, for blocks of n packs or, if n is 0, of any number. Code for uniform
  /// values works on one pack, with uniform values for registers.
  template <int n>
  struct Area {
    const double* uniform;
    double* registers;
    int n_packs;

    int packs() const { return n > 0 ? n : n_packs; }
    double* of(int index) const { return registers + index * packs() * kLanes; }
    const double* at(tape::Slot slot) const {
      return slot.uniform ? uniform + slot.index * kLanes : of(slot.index);
    }
    template <class Use>
    void with(tape::Slot slot, const Use& use) const {
      if (n != 1 && slot.uniform) return use(Values<true>{at(slot)});
      use(Values<false>{at(slot)});
    }
    template <class F>
    void set(const tape::Instruction& line, const F& f) const {
      double* const target = of(line.target);
      const int n_packs_here = packs();
#pragma GCC unroll 4
      for (int i = 0; i < n_packs_here; ++i) f(i).store(target + i * kLanes);
    }
    template <class F>
    void unary(const tape::Instruction& line, const F& f) const {
      const Values<false> a{at(line.a)};
      set(line, [&](int i) { return f(a[i]); });
    }
    /// Of a value and what was computed of it.
    template <class F>
    void unary_with(const tape::Instruction& line, const F& f) const {
      const Values<false> a{at(line.a)}, b{at(line.b)};
      set(line, [&](int i) { return f(a[i], b[i]); });
    }
    /// Of a product or sum, whose first operand alone may be uniform.
    template <class F>
    void binary(const tape::Instruction& line, const F& f) const {
      const Values<false> b{at(line.b)};
      with(line.a, [&](auto a) { set(line, [&](int i) { return f(a[i], b[i]); }); });
    }
    template <class F>
    void ternary(const tape::Instruction& line, const F& f) const {
      with(line.a, [&](auto a) {
        with(line.b, [&](auto b) {
          with(line.c, [&](auto c) { set(line, [&](int i) { return f(a[i], b[i], c[i]); }); });
        });
      });
    }
  };

  template <int n>
  void run(const tape::Instruction* code, int n_code, double* registers) {
    const Area<n> area{uniform_, registers, n_packs_};
    for (const tape::Instruction* line = code; line != code + n_code; ++line) {
      switch (line->operation) {
        case tape::Operation::input:
          area.set(*line, [&](int i) { return input(call_.points.inputs, line->a.index, i); });
          break;
        case tape::Operation::log_input:
          area.set(*line, [&](int i) { return input(call_.points.log_inputs, line->a.index, i); });
          break;
        case tape::Operation::add:
          area.binary(*line, [](Pack a, Pack b) { return a + b; });
          break;
        case tape::Operation::multiply:
          area.binary(*line, [](Pack a, Pack b) { return a * b; });
          break;
        case tape::Operation::multiply_add:
          area.with(line->c, [&](auto c) {
            const Values<false> b{area.at(line->b)};
            area.with(line->a,
                      [&](auto a) { area.set(*line, [&](int i) { return a[i] * b[i] + c[i]; }); });
          });
          break;
        case tape::Operation::exp_multiply:
          area.binary(*line, [](Pack a, Pack b) { return exp(a * b); });
          break;
        case tape::Operation::decay:
          area.unary(*line, [](Pack a) { return decay(a); });
          break;
        case tape::Operation::sigmoid:
          area.unary_with(*line, [](Pack a, Pack small) { return sigmoid(a, small); });
          break;
        case tape::Operation::softplus:
          area.unary_with(*line, [](Pack a, Pack small) { return softplus(a, small); });
          break;
        case tape::Operation::less:
          area.ternary(*line, [](Pack a, Pack b, Pack) { return select(a < b, 1.0, 0.0); });
          break;
        case tape::Operation::select:
          area.ternary(*line,
                       [](Pack a, Pack b, Pack c) { return select(abs(a) > Pack(0.0), b, c); });
          break;
        default:
          run_function(area, *line);
      }
    }
  }

  /// Of one value.
  template <int n>
  static void run_function(const Area<n>& area, const tape::Instruction& line) {
    switch (line.operation) {
      case tape::Operation::reciprocal:
        area.unary(line, [](Pack a) { return Pack(1.0) / a; });
        break;
      case tape::Operation::exp:
        area.unary(line, [](Pack a) { return exp(a); });
        break;
      case tape::Operation::log:
        area.unary(line, [](Pack a) { return log(a); });
        break;
      case tape::Operation::sqrt:
        area.unary(line, [](Pack a) { return sqrt(a); });
        break;
      case tape::Operation::sin:
        area.unary(line, [](Pack a) { return sin(a); });
        break;
      case tape::Operation::cos:
        area.unary(line, [](Pack a) { return cos(a); });
        break;
      case tape::Operation::atan:
        area.unary(line, [](Pack a) { return atan(a); });
        break;
      default:
        break;
    }
  }

  Pack input(const double* const* inputs, int which, int i) const {
    return Pack::load(inputs[which] + first_ + i * kLanes);
  }

  const tape::Tape& tape_;
  const KernelCall& call_;
  std::size_t first_ = 0;  // point of the block
  int n_packs_ = 1, most_packs_ = 1;
  alignas(64) double uniform_[tape::Tape::kMostUniform * kLanes];
  alignas(64) double registers_[tape::Tape::kMostRegisters * kLanes < kRoom
                                    ? kRoom
                                    : tape::Tape::kMostRegisters * kLanes];
};

}  // namespace rung::RUNG_ISA
