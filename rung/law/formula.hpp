#pragma once
/// Laws from the text of their formulas: "E + A/N^alpha + B/D^beta".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/law/law.hpp"

namespace rung {

/// What is known of one parameter of a formula beforehand; bounds on the natural scale.
struct FormulaParameter {
  std::string name;
  std::optional<double> lower, upper;
  std::optional<double> start;  // a plausible value
  /// Known from elsewhere (fixed, tied or with a prior), so the formula need not determine it.
  bool known = false;
};

/// The name of every law that a formula makes.
inline constexpr const char* kFormulaName = "formula";

struct FormulaOptions {
  std::string source = "--formula";  // for errors
  std::vector<FormulaParameter> parameters = {};
  /// Its parameters in the order that the law is to have them, all of them; empty: by appearance.
  std::vector<std::string> order = {};
};

/// A law from the text of its formula, in the language of rung/core/expression.hpp with the
/// functions log ln log2 log10 log1p exp expm1 sqrt pow sin cos atan sigmoid softplus tanh abs min
/// max. Names that are no inputs are its parameters, in order of appearance. "loss = …" may stand
/// before it.
///
/// Derivatives are exact; kernels run in the best instruction set that the machine has. Of the
/// parameters it finds out
/// - whether one is fitted by its logarithm: where it stands under a logarithm or a root, or as
/// base
///   of a power, since the formula has no value otherwise; and where it multiplies a term with
///   parameters of its own and its lower bound is 0 or more. Any other keeps its own scale, so that
///   it may reach 0 or have either sign;
/// - where the search looks for it: exponents of inputs in 0.01 to 2 (where written as falling,
/// else
///   -2 to 2), what is compared with an input over that input's span, what multiplies an input over
///   the inverse of it; inside its bounds.
/// An input that stands under a logarithm or below a power that is no whole number must be
/// positive.
///
/// InputError, with a caret and a hint: what parse_expression() finds, conditions and texts, no
/// parameter, an input that isn't used, a parameter without effect, an input's name among
/// `options.parameters` or a name that the formula doesn't have. `warnings` gets parameters that
/// can't be told apart, as A and B in A*B.
Law formula_law(std::string_view formula, const std::vector<std::string>& inputs,
                const FormulaOptions& options = {}, std::vector<Problem>* warnings = nullptr);

}  // namespace rung
