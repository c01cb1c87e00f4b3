#include <memory>

#include "rung/app/command.hpp"
#include "rung/app/overtraining/common.hpp"
#include "rung/core/error.hpp"
#include "rung/report/overtraining/tables.hpp"

namespace rung::app {
namespace {

using namespace overtraining;

struct TableOptions {
  OvertrainingOptions testbed;
  TableRequest request;
  std::string latex_path;
};

Answer run_table(CommandContext& context, const TableOptions& options) {
  const TableRequest& request = options.request;
  if (request.name.empty()) {
    const Choice& choice = request.choice;
    const bool any_set =
        !choice.train_sets.empty() || !choice.loss_sets.empty() || !choice.error_sets.empty();
    if (any_set || !options.latex_path.empty())
      throw InputError("NAME says which table; sets and --latex are of one",
                       "rung overtraining table lists them");
    return Answer(describe_named_tables());
  }
  request.validate();
  const Testbed testbed = load_testbed(context, options.testbed);
  const Study study = load_study(context, options.testbed);
  NamedTableReport report = describe_named_table(
      request.name, TableSource(request, testbed, study, context.common.n_threads),
      !options.latex_path.empty());
  for (const std::string& warning : report.warnings) context.warn(warning);
  Answer answer(std::move(report.document));
  answer.latex_path = options.latex_path;
  return answer;
}

Action overtraining_table(Options& command) {
  const auto options = std::make_shared<TableOptions>();
  command.add("NAME", options->request.name, "which table; without it, the list of tables")
      .value_name("");
  command
      .add("--latex", options->latex_path,
           "write it as LaTeX (for the booktabs package), - in place of the text")
      .value_name("FILE")
      .writes();
  add_testbed_options(command, options->testbed);
  add_set_options(command, options->request.choice, {});
  command.footer("Results: the table's rows, keyed as the columns of its CSV.");
  return [options](CommandContext& context) { return run_table(context, *options); };
}

}  // namespace

std::vector<Command> overtraining_table_commands() {
  return {{.name = "overtraining table",
           .summary = "every table, as text, LaTeX or CSV",
           .example = "rung overtraining table loss-laws",
           .group = "overtraining",
           .place = 80,
           .declare = overtraining_table}};
}

}  // namespace rung::app
