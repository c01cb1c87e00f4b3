#include "rung/report/table/laws.hpp"

#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/law_files.hpp"
#include "rung/core/error.hpp"
#include "rung/figure/table/law.hpp"
#include "rung/report/law_checks.hpp"

namespace rung::app {
namespace {

Answer show(const std::shared_ptr<const Law>& law) {
  const table::LawShape shape = table::shape_of(*law);
  Answer answer(table::describe(*law, shape));
  answer.figure = [law, shape] { return law_figure(*law, shape); };
  return answer;
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
  if (!request.name.empty()) return show(known.find(request.name));
  if (!context.common.figure_path.empty())
    throw InputError("a figure needs one law", "rung laws NAME -o FIGURE");
  return Answer(table::describe(known.laws()));
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
           .example = "rung laws chinchilla",
           .group = "table",
           .place = 10,
           .declare = laws_action,
           .has_figure = true}};
}

}  // namespace rung::app
