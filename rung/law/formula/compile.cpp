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
  Assembler(const Graph& graph, int n_parameters, int n_inputs)
      : graph_(graph), n_parameters_(n_parameters), n_inputs_(n_inputs) {}

  /// The value and the derivatives in `gradient` and `hessian`, nodes.
  void assemble(Node value, const std::vector<Node>& gradient, const std::vector<Node>& hessian) {
    needed_.assign(at(graph_.size()), false);
    require(value);
    const std::vector<Split> slopes = split(gradient), bends = split(hessian);
    find_lives();
    place_uniform();
    place_varying();
    for (const Split& s : slopes) gradient_.push_back({s.index, slot(s.scale), slot(s.values)});
    for (const Split& s : bends) hessian_.push_back({s.index, slot(s.scale), slot(s.values)});
    value_ = slot(value);
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
            value_};
  }

 private:
  struct Split {
    int index;
    Node scale, values;
  };

  void require(Node node) {
    needed_[at(node)] = true;
    outputs_.push_back(node);
  }

  /// Each node that is not 0 as a uniform factor and one that varies, so that sums over points need
  /// no products with the former.
  std::vector<Split> split(const std::vector<Node>& nodes) {
    std::vector<Split> terms;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Graph::Item& item = graph_[nodes[i]];
      if (graph_.is_constant(nodes[i], 0)) continue;
      Split term{static_cast<int>(i), kOne, nodes[i]};
      if (item.uniform) {
        term.scale = std::exchange(term.values, kOne);
      } else if (item.operation == Operation::multiply && graph_[item.a].uniform) {
        term = {term.index, item.a, item.b};
      }
      for (const Node node : {term.scale, term.values}) {
        if (node != kOne) require(node);
      }
      terms.push_back(term);
    }
    return terms;
  }

  bool is_computed(Node node) const { return graph_[node].operation >= Operation::add; }

  template <class Use>
  void for_operands(Node node, const Use& use) const {
    const Graph::Item& item = graph_[node];
    for (const Node operand : {item.a, item.b, item.c}) {
      if (operand >= 0) use(operand);
    }
  }

  /// Marks what is needed, and for each node the last that uses it.
  void find_lives() {
    last_use_.assign(needed_.size(), -1);
    for (Node node = graph_.size() - 1; node >= 0; --node) {
      if (!needed_[at(node)] || !is_computed(node)) continue;
      for_operands(node, [&](Node operand) {
        needed_[at(operand)] = true;
        if (last_use_[at(operand)] < 0) last_use_[at(operand)] = node;
      });
    }
    for (const Node node : outputs_) last_use_[at(node)] = graph_.size();
  }

  void place_uniform() {
    slots_.assign(needed_.size(), -1);
    constants_ = {1};  // kOne
    for (Node node = 0; node < graph_.size(); ++node) {
      if (!needed_[at(node)]) continue;
      const Graph::Item& item = graph_[node];
      if (item.operation == Operation::parameter) slots_[at(node)] = item.a;
      if (item.operation != Operation::constant) continue;
      slots_[at(node)] = n_parameters_ + static_cast<int>(constants_.size());
      constants_.push_back(item.number);
    }
    n_uniform_ = n_parameters_ + static_cast<int>(constants_.size());
    for (Node node = 0; node < graph_.size(); ++node) {
      if (!needed_[at(node)] || !graph_[node].uniform || !is_computed(node)) continue;
      slots_[at(node)] = n_uniform_++;
      uniform_code_.push_back(instruction(node));
    }
  }

  void place_varying() {
    const int first_register = n_uniform_ + 2 * n_inputs_;
    std::vector<int> free;
    for (Node node = 0; node < graph_.size(); ++node) {
      const Graph::Item& item = graph_[node];
      if (!needed_[at(node)] || item.uniform) continue;
      if (item.operation == Operation::input) slots_[at(node)] = n_uniform_ + item.a;
      if (item.operation == Operation::log_input)
        slots_[at(node)] = n_uniform_ + n_inputs_ + item.a;
      if (!is_computed(node)) continue;
      // Operands are read before the result is written, so it may take a place that ends here.
      Node before = -1;
      for_operands(node, [&](Node operand) {
        const bool ends = last_use_[at(operand)] == node && !graph_[operand].uniform;
        if (ends && is_computed(operand) && operand != before) free.push_back(slot(operand));
        before = operand;
      });
      if (free.empty()) free.push_back(first_register + n_registers_++);
      slots_[at(node)] = free.back();
      free.pop_back();
      code_.push_back(instruction(node));
    }
  }

  Instruction instruction(Node node) const {
    const Graph::Item& item = graph_[node];
    const auto place = [&](Node operand) { return operand < 0 ? 0 : slot(operand); };
    return {item.operation, slot(node), place(item.a), place(item.b), place(item.c)};
  }

  int slot(Node node) const { return node == kOne ? n_parameters_ : slots_[at(node)]; }

  static constexpr Node kOne = -2;  // the number 1, in the first constant

  const Graph& graph_;
  int n_parameters_, n_inputs_;
  std::vector<bool> needed_;
  std::vector<Node> outputs_, last_use_;
  std::vector<int> slots_;  // by node
  std::vector<Instruction> uniform_code_, code_;
  std::vector<Term> gradient_, hessian_;
  std::vector<double> constants_;
  int n_uniform_ = 0, n_registers_ = 0, value_ = 0;
};

struct OwnedProgram {
  Assembler value, gradient, hessian;
  Program program;
};

}  // namespace

std::shared_ptr<const Program> compiled(const Graph& graph, Node value,
                                        const Derivatives& derivatives, int n_inputs) {
  const int P = static_cast<int>(derivatives.gradient.size());
  const Assembler empty(graph, P, n_inputs);
  const auto owned =
      std::make_shared<OwnedProgram>(OwnedProgram{empty, empty, empty, {P, n_inputs, {}, {}, {}}});
  owned->value.assemble(value, {}, {});
  owned->gradient.assemble(value, derivatives.gradient, {});
  owned->hessian.assemble(value, derivatives.gradient, derivatives.hessian);
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
