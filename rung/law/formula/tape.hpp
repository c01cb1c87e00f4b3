#pragma once
/// A formula's graph in the order in which to compute it, for the kernels to run. Plain data: the
/// kernels are compiled for instruction sets that the rest of the program may not use.

#include "rung/law/formula/operation.hpp"

namespace rung::formula {

/// Where values stand is a slot: first the uniform ones (parameters, constants, what is computed of
/// them), then the inputs, the inputs' logarithms, and registers.
struct Instruction {
  Operation operation;
  int target, a, b, c;
};

/// scale * values: a uniform slot and one that varies with the points.
struct Term {
  int p, q;  // which parameters: q <= p; of a gradient, p alone
  int scale, values;
};

/// One evaluation: the value, and as many derivatives as are asked for, those that vanish left out.
struct Tape {
  const Instruction* uniform_code = nullptr;
  const Instruction* code = nullptr;
  const Term* gradient = nullptr;
  const Term* hessian = nullptr;
  const double* constants = nullptr;  // they follow the parameters
  int n_uniform_code = 0, n_code = 0, n_gradient = 0, n_hessian = 0;
  int n_constants = 0, n_uniform = 0, n_registers = 0;
  int value = 0;  // slot

  static constexpr int kMostUniform = 512, kMostRegisters = 1024, kMostInputs = 32;
};

struct Program {
  static constexpr int kMostParameters = 32;
  int n_parameters = 0, n_inputs = 0;
  Tape value, gradient, hessian;
};

}  // namespace rung::formula
