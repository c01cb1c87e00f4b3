#include "rung/law/recognise.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "rung/core/expression.hpp"
#include "rung/law/formula.hpp"

namespace rung {
namespace {

/// A formula's text with its names replaced by their turn, and the names in that order.
class Writing {
 public:
  explicit Writing(const LawInfo& info) : info_(info) {
    ExpressionNode root = parse_expression(info.formula).root;
    if (root.op == Op::equal) root = ExpressionNode(root.operands[1]);
    rename(root);
    text_ = to_text(root);
  }

  const std::string& text() const { return text_; }
  const std::vector<std::string>& parameters() const { return parameters_; }
  const std::vector<std::string>& inputs() const { return inputs_; }

 private:
  void rename(ExpressionNode& node) {
    for (ExpressionNode& operand : node.operands) rename(operand);
    if (node.op != Op::name) return;
    const bool is_input =
        std::any_of(info_.inputs.begin(), info_.inputs.end(),
                    [&](const InputInfo& input) { return input.name == node.text; });
    node.text =
        is_input ? "x" + turn_of(node.text, inputs_) : "p" + turn_of(node.text, parameters_);
  }

  static std::string turn_of(const std::string& name, std::vector<std::string>& names) {
    const auto found = std::find(names.begin(), names.end(), name);
    const auto turn = found - names.begin();
    if (found == names.end()) names.push_back(name);
    return std::to_string(turn);
  }

  const LawInfo& info_;
  std::string text_;
  std::vector<std::string> parameters_, inputs_;
};

using Catalogue = std::map<std::string, const Law*>;

Catalogue catalogue_by_writing() {
  Catalogue catalogue;
  for (const Law* law : built_in_laws()) {
    if (law->info.formula.find(" = ") == std::string::npos)
      catalogue.try_emplace(Writing(law->info).text(), law);
  }
  return catalogue;
}

template <class Info>
int index_of(const std::vector<Info>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Info& info) { return info.name == name; });
  return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

/// For each of the law's, the index of the formula's that comes in the same turn.
template <class Info>
std::vector<int> matched(const std::vector<Info>& of_law, const std::vector<std::string>& law_turns,
                         const std::vector<Info>& of_formula,
                         const std::vector<std::string>& formula_turns) {
  std::vector<int> indices;
  for (const Info& info : of_law) {
    const auto turn = std::find(law_turns.begin(), law_turns.end(), info.name) - law_turns.begin();
    if (turn == static_cast<std::ptrdiff_t>(formula_turns.size())) return {};
    indices.push_back(index_of(of_formula, formula_turns[static_cast<std::size_t>(turn)]));
  }
  return indices;
}

}  // namespace

std::optional<WrittenLike> written_like(const Law& formula) {
  if (formula.info.name != kFormulaName) return std::nullopt;
  static const Catalogue catalogue = catalogue_by_writing();
  const Writing writing(formula.info);
  const auto found = catalogue.find(writing.text());
  if (found == catalogue.end()) return std::nullopt;
  const Law& law = *found->second;
  const Writing of_law(law.info);
  return WrittenLike{
      &law,
      matched(law.info.parameters, of_law.parameters(), formula.info.parameters,
              writing.parameters()),
      matched(law.info.inputs, of_law.inputs(), formula.info.inputs, writing.inputs())};
}

}  // namespace rung
