#pragma once
/// A scaling law: what it says (LawInfo) and the functions that evaluate it (Kernel).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/numbers.hpp"
#include "rung/law/kernel.hpp"

namespace rung {

/// The most parameters that a law may have.
inline constexpr int kMaxParameters = 32;

/// Where the global search looks for a parameter that the law is not linear in.
struct SearchRange {
  enum class Over {
    numbers,           // from low to high
    input,             // the span of input `input` in the data, widened by low and high (in spans)
    inverse_span,      // low to high, divided by that span: a slope's range
    input_by_log,      // as `input` but spaced by ln(input), for a parameter that is its scale
    log_of_input,      // as `input` but of ln(input), for a parameter that is compared with it
    inverse_log_span,  // as `inverse_span` but over ln(input)
    largest_input,     // low to high times the largest input: what the input is small against
  };
  Over over = Over::numbers;
  double low = 0;
  double high = 1;
  int input = 0;
  double unit = 1;  // times the input or its logarithm: 1 / ln(10) for a log10
};

struct ParameterInfo {
  std::string name;
  std::string meaning;
  double lower = -kInfinity;
  double upper = kInfinity;
  /// Fitted by its logarithm, so it is positive by construction; lower may be 0.
  bool of_log = false;
  /// A plausible true value: what pictures and recovery tests use.
  double typical = 0;
  SearchRange search{};
  /// The law has a kink whose place it moves (max, abs): what second derivatives don't show.
  bool kinked = false;
  /// In a sine or cosine, with a minimum for nearly each of its values.
  bool frequency = false;
};

struct InputInfo {
  std::string name;
  std::string meaning;
  bool positive = true;
  /// Where data usually lie: what pictures and recovery tests use.
  double typical_low = 1;
  double typical_high = 2;
};

/// What a law tends to as parameters run off without end. It is linear, so its best fit is known
/// exactly: a constant and one column.
struct LimitInfo {
  enum class Form { line, step_at_lowest, step_at_highest };
  std::string towards;  // "gamma -> infinity, k -> infinity: a step at the lowest L"
  Form form = Form::line;
  int input = 0;

  /// The column's value at each point, from that input's.
  std::vector<double> column(const std::vector<double>& of_input) const;
};

/// One term sign * theta[scale] * input^-theta[exponent] of a law that is a floor plus such terms.
/// Over a narrow span of the input a term is almost a constant plus a slope, and the constant
/// trades against the floor: a curved valley, which the fit straightens where a law says that it
/// has it.
struct PowerTerm {
  int scale;
  int exponent;
  int input;
  double sign = 1;
};

struct LawInfo {
  std::string name;     // as the command line knows it: "chinchilla"
  std::string title;    // a few words
  std::string formula;  // plain text, in the parameters' and inputs' names
  std::string output;   // what it predicts, with unit
  std::string source;   // paper and equation
  std::vector<InputInfo> inputs;
  std::vector<ParameterInfo> parameters;
  /// The residual in which it is usually fitted.
  Residual residual = Residual::raw;
  std::string note = {};
  /// All limits in which parameters are infinite, or none where they have not been worked out: then
  /// the search looks for them by itself.
  std::vector<LimitInfo> limits = {};
  std::vector<PowerTerm> power_terms = {};
  int floor = -1;  // the parameter that the power terms are added to
  /// It divides by a sum with parameters that may be zero within the inputs: between its poles
  /// there may be a minimum for each gap of the data.
  bool may_have_poles = false;
};

/// Immutable and cheap to copy by reference; built-in laws live as long as the program.
struct Law {
  LawInfo info;
  Kernel kernel;
  /// The text of the file that it was read from, for a user's own law.
  std::string definition = {};
  /// Of a formula with kinks that parameters move: the same, smooth, with further inputs that say
  /// on which side of each kink a point lies (1 or 0). Null for others.
  std::shared_ptr<const Law> pieces = nullptr;

  int n_parameters() const { return static_cast<int>(info.parameters.size()); }
  int n_inputs() const { return static_cast<int>(info.inputs.size()); }
  /// Index of a parameter by name; -1 when there is none.
  int parameter_index(std::string_view name) const;
};

/// Every built-in law, by name: those of rung/law/catalogue/*.toml.
const std::vector<const Law*>& built_in_laws();

/// A built-in law. Reads that law's file alone. InputError with the nearest names when there is
/// none of that name.
const Law& find_law(std::string_view name);

/// The instruction set whose kernels run here: "avx512", "avx2" or "baseline". RUNG_ISA in the
/// environment picks a lower one, for comparing them.
std::string_view instruction_set();

}  // namespace rung
