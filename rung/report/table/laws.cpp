#include "rung/report/table/laws.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/fit/loss.hpp"
#include "rung/report/text_plot.hpp"

namespace rung::table {
namespace {

std::string names_of(const std::vector<InputInfo>& inputs) {
  std::vector<std::string> names;
  for (const InputInfo& input : inputs) names.push_back(input.name);
  return join(names, ", ");
}

Json json_of(const Law& law) {
  const LawInfo& info = law.info;
  Json inputs = Json::array(), parameters = Json::array(), limits = Json::array();
  for (const InputInfo& input : info.inputs) {
    inputs.push_back({{"name", input.name},
                      {"meaning", input.meaning},
                      {"positive", input.positive},
                      {"typical_low", input.typical_low},
                      {"typical_high", input.typical_high}});
  }
  for (const ParameterInfo& parameter : info.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"meaning", parameter.meaning},
                          {"lower", json_number(parameter.lower)},
                          {"upper", json_number(parameter.upper)},
                          {"fitted_by_log", parameter.of_log},
                          {"typical", parameter.typical}});
  }
  for (const LimitInfo& limit : info.limits) limits.push_back(limit.towards);
  return {{"name", info.name},
          {"title", info.title},
          {"formula", info.formula},
          {"output", info.output},
          {"inputs", inputs},
          {"parameters", parameters},
          {"residual", residual_name(info.residual)},
          {"limits", limits},
          {"source", info.source},
          {"note", info.note}};
}

std::string shape_words(const Law& law, const LawShape& shape) {
  const InputInfo& x = law.info.inputs[0];
  std::string text =
      fmt::format("Shape: over {}, {} to {}{}", x.name, significant(x.typical_low, 2),
                  significant(x.typical_high, 2), x.positive ? " by logarithm" : "");
  std::vector<std::string> names;
  for (const double second : shape.second) names.push_back(significant(second, 2));
  if (!names.empty())
    text += fmt::format(", at {} = {}", law.info.inputs[1].name, join(names, ", "));
  return text;
}

TextTable table_of_inputs(const Law& law) {
  TextTable table;
  table.add_column("input");
  table.add_column("meaning");
  table.add_column("typically from");
  table.add_column("to");
  for (const InputInfo& input : law.info.inputs) {
    table.add_row({input.name, input.meaning, input.typical_low, input.typical_high});
  }
  return table;
}

TextTable table_of_parameters(const Law& law) {
  TextTable table;
  table.add_column("parameter");
  table.add_column("meaning");
  table.add_column("lower");
  table.add_column("upper");
  table.add_column("typical");
  for (const ParameterInfo& parameter : law.info.parameters) {
    const auto bound = [](double value) -> TextCell {
      return std::isfinite(value) ? TextCell(value) : TextCell();
    };
    table.add_row({parameter.name, parameter.meaning, bound(parameter.lower),
                   bound(parameter.upper), parameter.typical});
  }
  return table;
}

std::string facts(const LawInfo& info) {
  std::string text = "Predicts: " + info.output + "\nSource:   " + info.source + "\n";
  if (info.residual != Residual::raw)
    text += fmt::format("Usually fitted in {} residuals.\n", residual_name(info.residual));
  if (!info.note.empty()) text += "Note:     " + info.note + "\n";
  for (const LimitInfo& limit : info.limits) text += "Limit:    " + limit.towards + "\n";
  return text;
}

}  // namespace

Document describe(const std::vector<const Law*>& laws) {
  TextTable table;
  for (const char* header : {"law", "title", "inputs", "parameters"}) table.add_column(header);
  Json results = Json::array();
  for (const Law* law : laws) {
    table.add_row({law->info.name, law->info.title, names_of(law->info.inputs),
                   static_cast<double>(law->n_parameters())});
    results.push_back(json_of(*law));
  }
  Document document;
  document.rows = table;
  return document.add(std::move(table))
      .add(Paragraph{"One of them: rung laws NAME"})
      .set_results(std::move(results));
}

Document describe(const Law& law, const LawShape& shape) {
  const LawInfo& info = law.info;
  Document document;
  document.rows = table_of_parameters(law);
  return document.add(Heading{info.name + ": " + info.title})
      .add(Paragraph{"  " + info.formula})
      .add(Paragraph{facts(info)})
      .add(table_of_inputs(law))
      .add(document.rows)
      .add(Paragraph{shape_words(law, shape)})
      .add(Preformatted{text_plot(shape.curves)})
      .set_results(Json::array({json_of(law)}));
}

}  // namespace rung::table
