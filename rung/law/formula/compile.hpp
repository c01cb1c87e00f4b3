#pragma once
/// From a formula's graph to the tapes that the kernels run.

#include <memory>
#include <string_view>

#include "rung/law/formula/derive.hpp"
#include "rung/law/formula/tape.hpp"
#include "rung/law/kernel.hpp"

namespace rung::formula {

/// What the kernels compute: `derivatives` are those of outer.inner.
struct Evaluated {
  Node value;
  Outermost outer;
  const Derivatives& derivatives;
};

/// InputError when it takes more room than the kernels have.
std::shared_ptr<const Program> compiled(const Graph& graph, const Evaluated& evaluated,
                                        int n_inputs);

/// A kernel that runs `program` by an instruction set that this program has (see
/// instruction_set()).
Kernel kernel_of(std::shared_ptr<const Program> program, std::string_view instruction_set);

}  // namespace rung::formula
