#include <algorithm>
#include <cmath>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/select.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {
namespace {

bool has_input(const Law& law, const std::string& name) {
  return std::ranges::any_of(law.info.inputs,
                             [&](const InputInfo& input) { return input.name == name; });
}

/// Of tokens per parameter and, it may be, training FLOPs, in place of size and length.
bool is_of_ratio(const Law& law) {
  return !has_input(law, "N") && !has_input(law, "D") &&
         std::ranges::any_of(law.info.inputs, [](const InputInfo& input) {
           return input.name == "M" && input.meaning == "training tokens per parameter";
         });
}

/// "its inputs: M (training tokens per parameter), C (training compute, FLOPs)"
std::string inputs_words(const Law& law) {
  std::vector<std::string> words;
  for (const InputInfo& input : law.info.inputs)
    words.push_back(input.name + (input.meaning.empty() ? "" : " (" + input.meaning + ")"));
  return "its inputs: " + join(words, ", ") +
         (is_of_ratio(law) ? "; N and D together, or one of them beside M or C, stand for them"
                           : "");
}

/// A model said by size and length, "N=7B, D=140B", to a law that has neither: with the tokens per
/// parameter and the training FLOPs that it goes by. Size or length beside one of these two is as
/// good, for C = 6 N D and M = D / N.
Mapping by_size_and_length(Mapping mapping, const Law& law) {
  struct Way {
    const char *first, *second, *ratio, *flops;
  };
  constexpr Way kWays[] = {{"N", "D", "D/N", "6*N*D"},
                           {"N", "M", "M", "6*M*N^2"},
                           {"D", "M", "M", "6*D^2/M"},
                           {"N", "C", "C/(6*N^2)", "C"},
                           {"D", "C", "6*D^2/C", "C"}};
  const auto says = [&](const char* name) {
    return std::ranges::any_of(mapping, [&](const auto& entry) { return entry.first == name; });
  };
  if (has_input(law, "N") || has_input(law, "D")) return mapping;
  const bool of_ratio = is_of_ratio(law);
  const auto way = std::ranges::find_if(kWays, [&](const Way& some) {
    const bool by_both = std::string_view(some.second) == "D";
    return says(some.first) && says(some.second) && (of_ratio || by_both);
  });
  if (way == std::end(kWays)) return mapping;
  if (of_ratio && !says("M")) mapping.emplace_back("M", parse_expression(way->ratio, "--at"));
  if (has_input(law, "C") && !says("C"))
    mapping.emplace_back("C", parse_expression(way->flops, "--at"));
  return mapping;
}

/// Tokens per parameter that were said beside size and length have to be theirs.
void check_ratio(const Table& one, const Law& law) {
  constexpr double kRounding = 1e-3;  // people write "M=28.6"
  if (!is_of_ratio(law) || !one.has("N") || !one.has("D")) return;
  const double said = one.numbers("M").front();
  const double is = one.numbers("D").front() / one.numbers("N").front();
  if (!(std::abs(said / is - 1) <= kRounding))
    throw InputError("--at: M is " + significant(said) + ", and D / N is " + significant(is),
                     "two of N, D and M say the third");
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
  check_ratio(one, law);
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
