#include "rung/law/law_file.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "rung/core/expression.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/law/formula.hpp"
#include "rung/law/special_kernel.hpp"

namespace rung {
namespace {

const std::vector<std::string> kResiduals = {"raw", "log", "logit"};
const std::vector<std::string> kOvers = {"input",        "inverse_span",     "input_by_log",
                                         "log_of_input", "inverse_log_span", "largest_input"};
const std::vector<std::string> kForms = {"line_in", "step_at_lowest", "step_at_highest"};

/// What a file says of a parameter; what it leaves open comes from the formula.
struct StatedParameter {
  ParameterInfo info;
  std::optional<bool> of_log;
  std::optional<SearchRange> search;
  Location where;
};

struct StatedLaw {
  LawInfo info;  // without parameters
  std::vector<StatedParameter> parameters;
  bool smooth = false;  // kinks of the formula lie where no fit goes
  Location formula_at;
  std::vector<Location> inputs_at;
};

std::vector<std::string> names_of(const std::vector<InputInfo>& inputs) {
  std::vector<std::string> names;
  for (const InputInfo& input : inputs) names.push_back(input.name);
  return names;
}

/// [low, high]
std::optional<std::pair<double, double>> range(Fields& fields, const char* key) {
  const auto numbers = fields.get<std::vector<double>>(key);
  if (!numbers) return {};
  if (numbers->size() == 2 && numbers->front() < numbers->back())
    return std::pair(numbers->front(), numbers->back());
  fields.problem_at(key, "'" + std::string(key) + "' must be a lower and a higher number",
                    "such as [1e8, 1e10]");
  return {};
}

/// The place among the inputs of the one that `key` names.
int input_named(Fields& fields, const char* key, const std::vector<InputInfo>& inputs) {
  const auto place = fields.get_choice(key, names_of(inputs));
  return static_cast<int>(place.value_or(0));
}

InputInfo read_input(const std::string& name, Fields& fields) {
  InputInfo input{.name = name, .meaning = fields.text_or_empty("meaning")};
  input.positive = fields.get<bool>("positive").value_or(true);
  if (!fields.has("typical"))
    fields.problem("'typical' is missing for input '" + name + "'", "as typical = [1e8, 1e10]");
  if (const auto typical = range(fields, "typical")) {
    std::tie(input.typical_low, input.typical_high) = *typical;
    if (input.positive && !(input.typical_low > 0))
      fields.problem_at("typical", "'typical' must be above 0", "or say positive = false");
  }
  return input;
}

std::optional<SearchRange> read_search(Fields& fields, const std::vector<InputInfo>& inputs) {
  const Value* value = fields.value("search");
  if (value == nullptr || value->table() == nullptr) {
    const auto numbers = range(fields, "search");
    if (!numbers) return {};
    return SearchRange{.low = numbers->first, .high = numbers->second};
  }
  SearchRange search;
  fields.table("search", [&](Fields& table) {
    if (!table.has("over")) table.problem("'over' is missing", "one of " + join(kOvers, ", "));
    const std::size_t over = table.get_choice("over", kOvers).value_or(0);
    constexpr SearchRange::Over kChoices[] = {SearchRange::Over::input,
                                              SearchRange::Over::inverse_span,
                                              SearchRange::Over::input_by_log,
                                              SearchRange::Over::log_of_input,
                                              SearchRange::Over::inverse_log_span,
                                              SearchRange::Over::largest_input};
    search.over = kChoices[over];
    search.input = input_named(table, "input", inputs);
    search.low = table.require<double>("low");
    search.high = table.require<double>("high");
    if (!(search.low < search.high)) table.problem("'low' must be below 'high'");
  });
  return search;
}

StatedParameter read_parameter(const std::string& name, Fields& fields,
                               const std::vector<InputInfo>& inputs) {
  StatedParameter stated{.where = fields.where()};
  ParameterInfo& info = stated.info;
  info.name = name;
  info.meaning = fields.text_or_empty("meaning");
  info.lower = fields.get<double>("lower").value_or(-kInfinity);
  info.upper = fields.get<double>("upper").value_or(kInfinity);
  if (!(info.lower < info.upper)) fields.problem_at("upper", "'lower' must be below 'upper'");
  stated.of_log = fields.get<bool>("fitted_by_log");
  stated.search = read_search(fields, inputs);
  if (!fields.has("typical"))
    fields.problem("'typical' is missing for parameter '" + name + "'", "a plausible true value");
  const Value* given = fields.value("typical");
  const bool repeated = name.find('#') != std::string::npos;
  if (repeated && given != nullptr && given->list() != nullptr) return stated;  // one a copy
  const auto typical = fields.get<double>("typical");
  if (!typical) return stated;
  info.typical = *typical;
  if (info.typical < info.lower || info.typical > info.upper)
    fields.problem_at("typical", "'typical' is outside the bounds");
  if (stated.of_log.value_or(false) && !(info.typical > 0 && info.lower >= 0))
    fields.problem_at("fitted_by_log", "only what is positive is fitted by its logarithm",
                      "say lower = 0");
  return stated;
}

LimitInfo read_limit(Fields& fields, const std::vector<InputInfo>& inputs) {
  LimitInfo limit{.towards = fields.require<std::string>("towards")};
  constexpr LimitInfo::Form kChoices[] = {LimitInfo::Form::line, LimitInfo::Form::step_at_lowest,
                                          LimitInfo::Form::step_at_highest};
  int n_forms = 0;
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    if (!fields.has(kForms[i])) continue;
    limit.form = kChoices[i];
    limit.input = input_named(fields, kForms[i].c_str(), inputs);
    ++n_forms;
  }
  if (n_forms != 1) fields.problem("a limit has one of " + join(kForms, ", "));
  return limit;
}

void check_name(Fields& top, const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!plain) top.problem_at("name", "'name' must be of letters, digits, '-', '_' and '.'");
}

/// Copies of what has a # in its name, numbered; what has none as it is.
template <class Part, class NameOf>
std::vector<Part> copies_of(const Part& part, int times, NameOf name_of) {
  if (name_of(part).name.find('#') == std::string::npos) return {part};
  std::vector<Part> copies;
  for (int i = 1; i <= times; ++i) {
    Part& copy = copies.emplace_back(part);
    name_of(copy).name = numbered(name_of(copy).name, i);
    name_of(copy).meaning = numbered(name_of(copy).meaning, i);
  }
  return copies;
}

std::optional<Repeated> read_repeated(Fields& top) {
  if (!top.has("repeated")) return std::nullopt;
  Repeated repeated;
  top.table("repeated", [&](Fields& fields) {
    constexpr NumberRange kCount = {.least = 1, .most = 32, .wanted = "a count from 1 to 32"};
    repeated.times = static_cast<int>(fields.require<double>("times", kCount));
    repeated.called =
        static_cast<int>(fields.get<double>("called", kCount).value_or(repeated.times));
    repeated.most = static_cast<int>(fields.require<double>("most", kCount));
  });
  return repeated;
}

/// The typical values of a repeated parameter's copies, by turns.
void spread_typical(Fields& fields, std::vector<StatedParameter>& copies) {
  const Value* given = fields.value("typical");
  if (given == nullptr || given->list() == nullptr) return;
  const auto values = fields.get<std::vector<double>>("typical");
  if (!values || values->empty()) return;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    ParameterInfo& info = copies[i].info;
    info.typical = (*values)[i % values->size()];
    if (info.typical < info.lower || info.typical > info.upper)
      fields.problem_at("typical", "'typical' is outside the bounds");
  }
}

StatedLaw read_law(Fields& top, const std::string& source, std::optional<int> count) {
  StatedLaw law;
  LawInfo& info = law.info;
  const auto text = [&](const char* key, const std::string& otherwise) {
    return top.get<std::string>(key).value_or(otherwise);
  };
  info.name = top.require<std::string>("name");
  check_name(top, info.name);
  const std::optional<Repeated> repeated = read_repeated(top);
  const int called = count.value_or(repeated ? repeated->called : 1);
  const int times = repeated ? repeated->times + called - repeated->called : 1;
  if (repeated && called != repeated->called) {
    const auto counted = counted_name(info.name);
    info.name = (counted ? counted->stem : info.name) + "-" + std::to_string(called);
  }
  info.formula = with_sums(top.require<std::string>("formula"), times);
  law.formula_at = top.where("formula");
  info.title = text("title", info.name);
  if (const std::size_t at = info.title.find("{n}"); at != std::string::npos)
    info.title.replace(at, 3, std::to_string(called));
  info.output = text("output", "in the unit of the data");
  info.source = text("source", source);
  constexpr Residual kChoices[] = {Residual::raw, Residual::log, Residual::logit};
  info.residual = kChoices[top.get_choice("residual", kResiduals).value_or(0)];
  info.note = top.text_or_empty("note");
  law.smooth = top.get<bool>("smooth").value_or(false);
  top.tables("inputs", [&](const std::string& name, Fields& fields) {
    for (InputInfo& input : copies_of(
             read_input(name, fields), times, [](auto& each) -> auto& { return each; })) {
      info.inputs.push_back(std::move(input));
      law.inputs_at.push_back(fields.where());
    }
  });
  top.tables("parameters", [&](const std::string& name, Fields& fields) {
    std::vector<StatedParameter> copies = copies_of(
        read_parameter(name, fields, info.inputs), times,
        [](auto& each) -> auto& { return each.info; });
    spread_typical(fields, copies);
    for (StatedParameter& copy : copies) law.parameters.push_back(std::move(copy));
    for (const InputInfo& input : info.inputs) {
      if (input.name == name) fields.problem("'" + name + "' is an input already");
    }
  });
  if (info.inputs.empty())
    top.problem("there is no input", "as [inputs] with N = { typical = [1e8, 1e10] }");
  if (law.parameters.empty())
    top.problem("there is no parameter", "as [parameters] with alpha = { typical = 0.3 }");
  top.items("limits",
            [&](Fields& fields) { info.limits.push_back(read_limit(fields, info.inputs)); });
  return law;
}

/// Problems of a formula, at its place in the file.
[[noreturn]] void throw_at(const Location& place, std::vector<Problem> problems) {
  for (Problem& problem : problems) problem.location = place;
  throw InputError(std::move(problems));
}

/// The names of the formula are those of its inputs and parameters.
void check_names(const StatedLaw& law, const Expression& formula) {
  const std::vector<std::string> used = names_in(formula);
  std::vector<Problem> problems;
  std::vector<std::string> known;
  const auto require_use = [&](const std::string& name, const char* what, const Location& where) {
    known.push_back(name);
    if (std::find(used.begin(), used.end(), name) == used.end())
      problems.push_back({where, std::string(what) + " '" + name + "' isn't in the formula", ""});
  };
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k)
    require_use(law.info.inputs[k].name, "input", law.inputs_at[k]);
  for (const StatedParameter& parameter : law.parameters)
    require_use(parameter.info.name, "parameter", parameter.where);
  for (const std::string& name : used) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    problems.push_back({law.formula_at, "'" + name + "' is neither an input nor a parameter",
                        did_you_mean(name, known)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// The law as formula_law() makes it of what is stated.
Law formula_of(const StatedLaw& law) {
  FormulaOptions options{.source = law.formula_at.file};
  for (const StatedParameter& parameter : law.parameters) {
    const ParameterInfo& info = parameter.info;
    FormulaParameter known{.name = info.name, .start = info.typical};
    if (std::isfinite(info.lower)) known.lower = info.lower;
    if (std::isfinite(info.upper)) known.upper = info.upper;
    options.parameters.push_back(std::move(known));
    options.order.push_back(info.name);
  }
  try {
    check_names(law, parse_expression(law.info.formula, law.formula_at.file));
    return formula_law(law.info.formula, names_of(law.info.inputs), options);
  } catch (const InputError& error) {
    const bool placed = error.problems().front().location.line != 0;
    if (placed) throw;
    throw_at(law.formula_at, error.problems());
  }
}

/// What the formula takes a logarithm or a power of is positive.
void check_positive(const StatedLaw& law, const Law& formula) {
  std::vector<Problem> problems;
  for (std::size_t k = 0; k < law.info.inputs.size(); ++k) {
    if (!formula.info.inputs[k].positive || law.info.inputs[k].positive) continue;
    problems.push_back({law.inputs_at[k],
                        "input '" + law.info.inputs[k].name +
                            "' stands under a logarithm or a power, so it is positive",
                        "leave out positive = false"});
  }
  for (std::size_t p = 0; p < law.parameters.size(); ++p) {
    const StatedParameter& stated = law.parameters[p];
    if (stated.info.typical >= formula.info.parameters[p].lower) continue;
    problems.push_back({stated.where,
                        "parameter '" + stated.info.name +
                            "' stands under a logarithm or a power, so it is positive",
                        "give it a typical value above 0"});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

ParameterInfo completed(const StatedParameter& stated, const ParameterInfo& derived, bool smooth) {
  ParameterInfo info = stated.info;
  info.lower = std::max(info.lower, derived.lower);
  info.of_log = stated.of_log.value_or(derived.of_log && info.typical > 0);
  info.search = stated.search.value_or(derived.search);
  info.kinked = derived.kinked && !smooth;
  info.frequency = derived.frequency;
  return info;
}

}  // namespace

std::optional<Repeated> repeated_in(std::string_view toml, const std::string& source) {
  if (toml.find("repeated") == std::string_view::npos) return std::nullopt;
  std::optional<Repeated> repeated;
  read_toml_fields(toml, source, [&](Fields& top) {
    top.ignore_other_keys();
    repeated = read_repeated(top);
  });
  return repeated;
}

Law parse_law(std::string_view toml, const std::string& source, std::optional<int> count) {
  StatedLaw stated;
  read_toml_fields(toml, source, [&](Fields& top) { stated = read_law(top, source, count); });
  Law law;
  law.info = stated.info;
  if (const auto kernel = special_kernel(stated.info.name, instruction_set())) {
    law.kernel = *kernel;
    for (const StatedParameter& parameter : stated.parameters)
      law.info.parameters.push_back(completed(parameter, {}, stated.smooth));
    return law;
  }
  const Law formula = formula_of(stated);
  check_positive(stated, formula);
  for (std::size_t p = 0; p < stated.parameters.size(); ++p) {
    law.info.parameters.push_back(
        completed(stated.parameters[p], formula.info.parameters[p], stated.smooth));
  }
  law.info.power_terms = formula.info.power_terms;
  law.info.floor = formula.info.floor;
  law.info.may_have_poles = formula.info.may_have_poles;
  law.kernel = formula.kernel;
  return law;
}

}  // namespace rung
