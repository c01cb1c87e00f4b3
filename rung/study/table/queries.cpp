#include <algorithm>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {
namespace {

/// "its inputs: M (training tokens per parameter), C (training compute, FLOPs)"
std::string inputs_words(const Law& law) {
  std::vector<std::string> words;
  for (const InputInfo& input : law.info.inputs)
    words.push_back(input.name + (input.meaning.empty() ? "" : " (" + input.meaning + ")"));
  return "its inputs: " + join(words, ", ");
}

/// A model said by size and length, "N=7B, D=140B", to a law that has neither: with the tokens per
/// parameter and the training FLOPs that it goes by.
Mapping by_size_and_length(Mapping mapping, const Law& law) {
  const auto says = [&](const char* name) {
    return std::ranges::any_of(mapping, [&](const auto& entry) { return entry.first == name; });
  };
  const auto lacks = [&](const char* name) {
    return std::ranges::none_of(law.info.inputs,
                                [&](const InputInfo& input) { return input.name == name; });
  };
  if (!says("N") || !says("D") || !lacks("N") || !lacks("D")) return mapping;
  const bool has_ratio = std::ranges::any_of(law.info.inputs, [](const InputInfo& input) {
    return input.name == "M" && input.meaning == "training tokens per parameter";
  });
  if (has_ratio && !says("M")) mapping.emplace_back("M", parse_expression("D/N", "--at"));
  if (!lacks("C") && !says("C")) mapping.emplace_back("C", parse_expression("6*N*D", "--at"));
  return mapping;
}

/// Whether an entry is computed from this one.
bool is_used(const std::string& name, const Mapping& mapping) {
  return std::ranges::any_of(
      mapping, [&](const auto& entry) { return contains(names_in(entry.second), name); });
}

}  // namespace

std::vector<double> inputs_at(const std::string& text, const Law& law,
                              const std::vector<std::string>& others) {
  const Mapping mapping = by_size_and_length(parse_mapping(text, "--at"), law);
  Table one("--at");
  one.add({"(row)", std::vector<double>{0}});
  require_quantities(mapping, one);
  one = with_columns(std::move(one), mapping);
  std::vector<std::string> names;
  for (const InputInfo& input : law.info.inputs) names.push_back(input.name);
  for (const auto& [name, expression] : mapping) {
    if (!contains(names, name) && !contains(others, name) && !is_used(name, mapping))
      throw InputError("--at: '" + law.info.name + "' has no input '" + name + "'",
                       inputs_words(law));
  }
  std::vector<double> inputs;
  for (const InputInfo& input : law.info.inputs) {
    if (!one.has(input.name))
      throw InputError("--at says nothing of '" + input.name + "'", inputs_words(law));
    const double value = one.numbers(input.name).front();
    if (input.positive && !(value > 0))
      throw InputError("--at: " + input.name + " has to be positive");
    inputs.push_back(value);
  }
  return inputs;
}

std::vector<Query> queries_at(const std::vector<std::string>& texts, const Law& law) {
  std::vector<Query> queries;
  for (const std::string& text : texts) queries.push_back({inputs_at(text, law), {}, ""});
  return queries;
}

}  // namespace rung::table
