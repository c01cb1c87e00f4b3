#pragma once
/// A formula's graph in the order in which to compute it, for the kernels to run. Plain data: the
/// kernels are compiled for instruction sets that the rest of the program may not use.

#include "rung/law/formula/operation.hpp"

namespace rung::formula {

/// Where a value stands: among the uniform ones (parameters, constants, what is computed of them:
/// one number a call) or in a register, which holds one for each point of a block.
struct Slot {
  int index = 0;
  bool uniform = true;
};

/// The target of code for uniform values is a uniform one, that of other code a register.
struct Instruction {
  Operation operation;
  int target;
  Slot a, b, c;  // of an input: a's index says which
};

/// scale * values, where the scale is uniform.
struct Term {
  int p, q;  // which parameters: q <= p; of a gradient, p alone
  int scale;
  Slot values;
};

/// One evaluation: the value, and as many derivatives as are asked for, those that vanish left out.
/// Where value = g(u), the derivatives are those of u, and g' and g'' stand beside them.
struct Tape {
  const Instruction* uniform_code = nullptr;
  const Instruction* code = nullptr;
  const Term* gradient = nullptr;
  const Term* hessian = nullptr;
  const double* constants = nullptr;  // they follow the parameters
  int n_uniform_code = 0, n_code = 0, n_gradient = 0, n_hessian = 0;
  int n_constants = 0, n_uniform = 0, n_registers = 0;
  Slot value;
  bool has_outer = false;
  Slot outer_first, outer_second;  // g' and g''

  static constexpr int kMostUniform = 512, kMostRegisters = 1024, kMostInputs = 32;
};

struct Program {
  static constexpr int kMostParameters = 32;
  int n_parameters = 0, n_inputs = 0;
  Tape value, gradient, hessian;
};

}  // namespace rung::formula
