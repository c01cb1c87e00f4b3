#pragma once
/// What a node of a formula's graph and an instruction of its tape can do.

namespace rung::formula {

enum class Operation : unsigned char {
  constant,
  parameter,  // a: which
  input,      // a: which
  log_input,  // a: which; ln of an input, which points carry ready made
  add,        // from here on: operations on a, b and c
  multiply,
  multiply_add,  // a * b + c; like the next, on the tape only
  exp_multiply,  // e^(a * b)
  reciprocal,    // 1 / a
  exp,
  log,
  sqrt,
  sin,
  cos,
  atan,
  decay,     // e^-|a|
  sigmoid,   // of a, with b its decay, which sigmoid(-a) and softplus(a) share
  softplus,  // likewise
  less,      // a < b: 1 or 0
  select,    // b where a is not 0, else c
};

}  // namespace rung::formula
