#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/figure_file.hpp"
#include "rung/app/law_files.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/fit/problem.hpp"
#include "rung/report/law_checks.hpp"
#include "rung/report/text_plot.hpp"

namespace rung::app {
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

int list(CommandContext& context, const LawCatalogue& laws) {
  TextTable table;
  table.add_column("law");
  table.add_column("title");
  table.add_column("inputs");
  table.add_column("parameters");
  Json results = Json::array();
  for (const Law* law : laws.laws()) {
    table.add_row({law->info.name, law->info.title, names_of(law->info.inputs),
                   static_cast<double>(law->n_parameters())});
    results.push_back(json_of(*law));
  }
  context.emit({table.text() + "\nOne of them: rung laws NAME\n", table.csv(), std::move(results)});
  return kUsable;
}

/// A share from 0 to 1 of the way over an input's typical range, by logarithm where it is positive.
double typical_input(const InputInfo& input, double share) {
  const double low = input.typical_low, high = input.typical_high;
  return input.positive ? low * std::pow(high / low, share) : low + (high - low) * share;
}

/// The law at its typical parameters over its first input, one curve for each of a few values of
/// the second; the other inputs stay half-way.
struct Shape {
  std::vector<double> x;
  std::vector<TextCurve> curves;
  std::vector<double> second;  // one a curve; empty where there is no second input
};

Shape shape_of(const Law& law) {
  constexpr int kSteps = 120;
  std::vector<double> theta, inputs;
  for (const ParameterInfo& parameter : law.info.parameters) theta.push_back(parameter.typical);
  for (const InputInfo& input : law.info.inputs) inputs.push_back(typical_input(input, 0.5));
  Shape shape;
  for (int step = 0; step <= kSteps; ++step) {
    shape.x.push_back(typical_input(law.info.inputs[0], step / static_cast<double>(kSteps)));
  }
  if (inputs.size() > 1) {
    for (const double share : {0.0, 0.5, 1.0}) {
      shape.second.push_back(typical_input(law.info.inputs[1], share));
    }
  }
  for (std::size_t c = 0; c < std::max<std::size_t>(1, shape.second.size()); ++c) {
    if (!shape.second.empty()) inputs[1] = shape.second[c];
    TextCurve curve;
    for (const double x : shape.x) {
      inputs[0] = x;
      curve.push_back(predict(law, theta, inputs));
    }
    shape.curves.push_back(std::move(curve));
  }
  return shape;
}

std::string curve_name(const Law& law, double second) {
  return law.info.inputs[1].name + " = " + significant(second, 2);
}

std::string sketch(const Law& law, const Shape& shape) {
  const InputInfo& x = law.info.inputs[0];
  std::string text =
      fmt::format("Shape: over {}, {} to {}{}", x.name, significant(x.typical_low, 2),
                  significant(x.typical_high, 2), x.positive ? " by logarithm" : "");
  std::vector<std::string> names;
  for (const double second : shape.second) names.push_back(significant(second, 2));
  if (!names.empty())
    text += fmt::format(", at {} = {}", law.info.inputs[1].name, join(names, ", "));
  return text + "\n\n" + text_plot(shape.curves);
}

Figure figure_of(const Law& law, const Shape& shape) {
  const InputInfo& x = law.info.inputs[0];
  Panel panel;
  panel.x = {.label = x.name + ": " + x.meaning,
             .log = x.positive && x.typical_high >= 5 * x.typical_low,
             .ticks = x.positive && x.typical_high >= 1e5 ? TickStyle::power : TickStyle::plain};
  panel.y.label = law.info.output;
  const std::vector<Colour> colours = ordered_colours(shape.curves.size());
  for (std::size_t c = 0; c < shape.curves.size(); ++c) {
    panel.layers.push_back(
        Curve{.x = shape.x,
              .y = shape.curves[c],
              .colour = colours[c],
              .width_px = 2,
              .label = shape.second.empty() ? "" : curve_name(law, shape.second[c])});
  }
  Figure figure;
  figure.title = law.info.name + ": " + law.info.title;
  figure.subtitle = "at typical parameters";
  figure.panels.push_back(std::move(panel));
  figure.panel_width_px = 420;
  figure.panel_height_px = 280;
  return figure;
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

int show(CommandContext& context, const Law& law) {
  const LawInfo& info = law.info;
  const Shape shape = shape_of(law);
  std::string text = fmt::format("{}: {}\n\n  {}\n\n", info.name, info.title, info.formula);
  text += "Predicts: " + info.output + "\nSource:   " + info.source + "\n";
  if (info.residual != Residual::raw)
    text += fmt::format("Usually fitted in {} residuals.\n", residual_name(info.residual));
  if (!info.note.empty()) text += "Note:     " + info.note + "\n";
  for (const LimitInfo& limit : info.limits) text += "Limit:    " + limit.towards + "\n";
  const TextTable parameters = table_of_parameters(law);
  text += "\n" + table_of_inputs(law).text() + "\n" + parameters.text() + "\n";
  text += sketch(law, shape);
  add_figure(context, [&] { return figure_of(law, shape); });
  context.emit({text, parameters.csv(), Json::array({json_of(law)})});
  return kUsable;
}

/// The shared checks on each of the user's laws.
Answer check(const LawCatalogue& own) {
  std::vector<laws::CheckedLaw> checked;
  for (const auto& law : own.own()) checked.push_back({law->info.name, laws::check_law(*law)});
  return Answer(laws::describe(checked));
}

struct LawsRequest {
  std::string name;
  std::vector<std::string> own, checked;  // paths
};

Answer run(CommandContext& context, const LawsRequest& request) {
  for (const std::string& path : law_files(request.checked.empty() ? request.own : request.checked))
    context.note_input(path);
  if (!request.checked.empty()) {
    if (!request.name.empty() || !request.own.empty())
      throw InputError("--check stands alone", "rung laws --check FILE");
    return check(read_laws(request.checked));
  }
  const LawCatalogue known = read_laws(request.own);
  if (!request.name.empty()) return show(context, *known.find(request.name));
  if (!context.common.figure_path.empty())
    throw InputError("a figure needs one law", "rung laws NAME -o FIGURE");
  return list(context, known);
}

Action laws_action(Options& command) {
  const auto request = std::make_shared<LawsRequest>();
  command.add("NAME", request->name, "one law, in full; without it all are listed").value_name("");
  command.add("--laws", request->own, "laws of your own beside them: a file or a folder of them")
      .value_name("PATH")
      .one_value_each();
  command.add("--check", request->checked, "check laws of your own: a file or a folder of them")
      .value_name("FILE")
      .one_value_each();
  command.footer(
      "Results: name, title, formula, output, inputs (name, meaning, positive, typical_low,\n"
      "typical_high), parameters (name, meaning, lower, upper, fitted_by_log, typical), residual,\n"
      "limits, source, note. With --check: law, checks (check, verdict, finding); exit 1 where\n"
      "one fails.");
  return [request](CommandContext& context) { return run(context, *request); };
}

}  // namespace

std::vector<Command> table_laws_commands() {
  return {{.name = "laws",
           .summary = "scaling laws: formulas, parameters, sources, pictures",
           .group = "table",
           .place = 10,
           .declare = laws_action,
           .has_figure = true}};
}

}  // namespace rung::app
