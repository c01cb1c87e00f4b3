#include "rung/law/formula/compile.hpp"

#include <cstddef>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/index.hpp"

// cmake/laws.cmake compiles rung/law/formula/kernel.hpp for each instruction set.
namespace rung {
#ifdef RUNG_HAVE_avx512
namespace avx512 {
Kernel kernel_formula();
}
#endif
#ifdef RUNG_HAVE_avx2
namespace avx2 {
Kernel kernel_formula();
}
#endif
namespace baseline {
Kernel kernel_formula();
}
}  // namespace rung

namespace rung::formula {
namespace {

/// A Tape with what it points at.
class Assembler {
 public:
  Assembler(const Graph& graph, int n_parameters) : graph_(graph), n_parameters_(n_parameters) {}

  /// The value and the derivatives in `gradient` and `hessian`, nodes.
  void assemble(Node value, const Outermost& outer, const std::vector<Node>& gradient,
                const std::vector<Node>& hessian) {
    needed_.assign(at(graph_.size()), false);
    require(value);
    if (outer.any()) {
      require(outer.first);
      require(outer.second);
    }
    std::vector<Split> slopes, bends;
    for (int p = 0; p < static_cast<int>(gradient.size()); ++p)
      split({p, 0, kOne, gradient[at(p)]}, slopes);
    for (int p = 0, k = 0; k < static_cast<int>(hessian.size()); ++p) {
      for (int q = 0; q <= p; ++q, ++k) split({p, q, kOne, hessian[at(k)]}, bends);
    }
    fuse();
    find_lives();
    place_uniform();
    place_varying();
    for (const Split& s : slopes)
      gradient_.push_back({s.p, s.q, slot(s.scale).index, slot(s.values)});
    for (const Split& s : bends)
      hessian_.push_back({s.p, s.q, slot(s.scale).index, slot(s.values)});
    value_ = slot(value);
    has_outer_ = outer.any();
    if (has_outer_) {
      outer_first_ = slot(outer.first);
      outer_second_ = slot(outer.second);
    }
    if (n_uniform_ > Tape::kMostUniform || n_registers_ > Tape::kMostRegisters) {
      throw InputError("the formula has too many operations to keep in reach",
                       "write it shorter, or with fewer parameters");
    }
  }

  Tape tape() const {
    return {uniform_code_.data(),
            code_.data(),
            gradient_.data(),
            hessian_.data(),
            constants_.data(),
            static_cast<int>(uniform_code_.size()),
            static_cast<int>(code_.size()),
            static_cast<int>(gradient_.size()),
            static_cast<int>(hessian_.size()),
            static_cast<int>(constants_.size()),
            n_uniform_,
            n_registers_,
            value_,
            has_outer_,
            outer_first_,
            outer_second_};
  }

 private:
  struct Split {
    int p, q;
    Node scale, values;
  };
  /// What is computed for a node: its own operation, or one fused with that of an operand.
  struct Step {
    Operation operation;
    Node a, b, c;
  };

  void require(Node node) {
    needed_[at(node)] = true;
    outputs_.push_back(node);
  }

  /// A node that is not 0 as a uniform factor and one that varies, so that sums over points need no
  /// products with the former.
  void split(Split term, std::vector<Split>& terms) {
    const Graph::Item& item = graph_[term.values];
    if (graph_.is_constant(term.values, 0)) return;
    if (item.uniform) {
      term.scale = std::exchange(term.values, kOne);
    } else if (item.operation == Operation::multiply && graph_[item.a].uniform) {
      term.scale = item.a;
      term.values = item.b;
    }
    for (const Node node : {term.scale, term.values}) {
      if (node != kOne) require(node);
    }
    terms.push_back(term);
  }

  bool is_computed(Node node) const { return graph_[node].operation >= Operation::add; }

  template <class Use>
  void for_operands(Node node, const Use& use) const {
    const Step& step = steps_[at(node)];
    if (!is_computed(node)) return;
    for (const Node operand : {step.a, step.b, step.c}) {
      if (operand >= 0) use(operand);
    }
  }

  /// Products that one sum or one e^x alone uses are computed with it.
  void fuse() {
    std::vector<int> n_uses(needed_.size(), 0);
    for (const Node node : outputs_) ++n_uses[at(node)];
    steps_.clear();
    for (Node node = 0; node < graph_.size(); ++node) {
      const Graph::Item& item = graph_[node];
      steps_.push_back({item.operation, item.a, item.b, item.c});
    }
    for (Node node = graph_.size() - 1; node >= 0; --node) {
      if (!needed_[at(node)] || !is_computed(node)) continue;
      for_operands(node, [&](Node operand) {
        needed_[at(operand)] = true;
        ++n_uses[at(operand)];
      });
    }
    const auto absorbs = [&](Node operand) {
      const Graph::Item& item = graph_[operand];
      const bool alone = item.operation == Operation::multiply && !item.uniform &&
                         n_uses[at(operand)] == 1 && needed_[at(operand)];
      if (alone) needed_[at(operand)] = false;
      return alone;
    };
    for (Node node = graph_.size() - 1; node >= 0; --node) {
      const Graph::Item& item = graph_[node];
      if (!needed_[at(node)] || item.uniform) continue;
      const auto fuse_with = [&](Operation operation, Node product, Node rest) {
        const Graph::Item& factors = graph_[product];
        steps_[at(node)] = {operation, factors.a, factors.b, rest};
      };
      if (item.operation == Operation::exp && absorbs(item.a)) {
        fuse_with(Operation::exp_multiply, item.a, -1);
      } else if (item.operation == Operation::add && absorbs(item.b)) {
        fuse_with(Operation::multiply_add, item.b, item.a);
      } else if (item.operation == Operation::add && absorbs(item.a)) {
        fuse_with(Operation::multiply_add, item.a, item.b);
      }
    }
  }

  /// For each node the last that uses it.
  void find_lives() {
    last_use_.assign(needed_.size(), -1);
    for (Node node = graph_.size() - 1; node >= 0; --node) {
      if (!needed_[at(node)] || !is_computed(node)) continue;
      for_operands(node, [&](Node operand) {
        if (last_use_[at(operand)] < 0) last_use_[at(operand)] = node;
      });
    }
    for (const Node node : outputs_) last_use_[at(node)] = graph_.size();
  }

  void place_uniform() {
    slots_.assign(needed_.size(), {});
    constants_ = {1};  // kOne
    for (Node node = 0; node < graph_.size(); ++node) {
      if (!needed_[at(node)]) continue;
      const Graph::Item& item = graph_[node];
      if (item.operation == Operation::parameter) slots_[at(node)] = {item.a, true};
      if (item.operation != Operation::constant) continue;
      slots_[at(node)] = {n_parameters_ + static_cast<int>(constants_.size()), true};
      constants_.push_back(item.number);
    }
    n_uniform_ = n_parameters_ + static_cast<int>(constants_.size());
    for (Node node = 0; node < graph_.size(); ++node) {
      if (!needed_[at(node)] || !graph_[node].uniform || !is_computed(node)) continue;
      slots_[at(node)] = {n_uniform_++, true};
      uniform_code_.push_back(instruction(node));
    }
  }

  void place_varying() {
    std::vector<int> free;
    for (Node node = 0; node < graph_.size(); ++node) {
      if (!needed_[at(node)] || graph_[node].uniform) continue;
      // Operands are read before the result is written, so it may take a place that ends here.
      for_operands(node, [&](Node operand) {
        if (last_use_[at(operand)] != node || graph_[operand].uniform) return;
        free.push_back(slot(operand).index);
        last_use_[at(operand)] = -1;  // it may stand there twice
      });
      if (free.empty()) free.push_back(n_registers_++);
      slots_[at(node)] = {free.back(), false};
      free.pop_back();
      code_.push_back(instruction(node));
    }
  }

  Instruction instruction(Node node) const {
    const Step& step = steps_[at(node)];
    const int target = slot(node).index;
    if (!is_computed(node)) return {step.operation, target, {graph_[node].a, true}, {}, {}};
    const auto place = [&](Node operand) { return operand < 0 ? Slot{} : slot(operand); };
    Instruction made{step.operation, target, place(step.a), place(step.b), place(step.c)};
    if (is_product(step.operation) && made.b.uniform) std::swap(made.a, made.b);
    return made;
  }

  /// Its first two operands may change places; the kernels expect the uniform one first.
  static bool is_product(Operation operation) {
    return operation == Operation::add || operation == Operation::multiply ||
           operation == Operation::multiply_add || operation == Operation::exp_multiply;
  }

  Slot slot(Node node) const { return node == kOne ? Slot{n_parameters_, true} : slots_[at(node)]; }

  static constexpr Node kOne = -2;  // the number 1, in the first constant

  const Graph& graph_;
  int n_parameters_;
  std::vector<bool> needed_;
  std::vector<Step> steps_;  // by node
  std::vector<Node> outputs_, last_use_;
  std::vector<Slot> slots_;  // by node
  std::vector<Instruction> uniform_code_, code_;
  std::vector<Term> gradient_, hessian_;
  std::vector<double> constants_;
  int n_uniform_ = 0, n_registers_ = 0;
  Slot value_, outer_first_, outer_second_;
  bool has_outer_ = false;
};

struct OwnedProgram {
  Assembler value, gradient, hessian;
  Program program;
};

}  // namespace

std::shared_ptr<const Program> compiled(const Graph& graph, const Evaluated& evaluated,
                                        int n_inputs) {
  const auto& [value, outer, derivatives] = evaluated;
  const int P = static_cast<int>(derivatives.gradient.size());
  const Assembler empty(graph, P);
  const auto owned =
      std::make_shared<OwnedProgram>(OwnedProgram{empty, empty, empty, {P, n_inputs, {}, {}, {}}});
  owned->value.assemble(value, {value}, {}, {});
  owned->gradient.assemble(value, outer, derivatives.gradient, {});
  owned->hessian.assemble(value, outer, derivatives.gradient, derivatives.hessian);
  owned->program.value = owned->value.tape();
  owned->program.gradient = owned->gradient.tape();
  owned->program.hessian = owned->hessian.tape();
  return {owned, &owned->program};
}

Kernel kernel_of(std::shared_ptr<const Program> program,
                 [[maybe_unused]] std::string_view instruction_set) {
  Kernel kernel = baseline::kernel_formula();
#ifdef RUNG_HAVE_avx2
  if (instruction_set == "avx2") kernel = avx2::kernel_formula();
#endif
#ifdef RUNG_HAVE_avx512
  if (instruction_set == "avx512") kernel = avx512::kernel_formula();
#endif
  kernel.self = std::move(program);
  return kernel;
}

}  // namespace rung::formula
