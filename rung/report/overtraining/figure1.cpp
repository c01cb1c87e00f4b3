#include "rung/report/overtraining/figure1.hpp"

#include <nlohmann/json.hpp>

#include "rung/report/overtraining/shared.hpp"

namespace rung {

using namespace overtraining;

namespace {

/// Numbers that are not to be trusted have marks for people, and columns in words for programs.
TextTable table_of(const std::string& loss_doubt, const std::string& error_law_doubt,
                   bool for_programs) {
  TextTable table;
  table.add_column("model");
  table.add_column("role");
  table.begin_details();
  table.add_column("FLOPs", "compute_flops");
  table.add_column("tokens/parameter", "tokens_per_parameter");
  table.begin_details(false);
  table.add_column("loss");
  table.add_column("predicted loss", "predicted_loss", [loss_doubt](double loss) {
    return four_digits(loss) + (loss_doubt.empty() ? "" : kNoError);
  });
  table.begin_details();
  table.add_column("reducible loss", "reducible_loss");
  table.add_column("predicted reducible loss", "predicted_reducible_loss");
  table.begin_details(false);
  table.add_column("error");
  table.add_column("predicted error", "predicted_error", [error_law_doubt](double error) {
    if (is_no_error(error)) return error_value(error);
    return four_digits(error) + (error_law_doubt.empty() ? "" : kNoError);
  });
  if (for_programs) {
    for (const char* name : {"doubt", "loss_doubt"}) table.add_column(name);
  }
  return table;
}

}  // namespace

Document describe_figure1(const Testbed& testbed, const Fits& fits) {
  const std::string found = doubt_text(
      doubts(testbed, fits.loss_laws.front(), fits.error_laws.front(), fits.error_sets.front()));
  const std::string loss_doubt = doubt_words(fits.loss_laws.front());
  const double irreducible = fits.loss_laws.front().fitted.value("E");
  Json results = Json::array();
  TextTable table = table_of(loss_doubt, found, false), rows = table_of(loss_doubt, found, true);
  bool some_none = false;
  for (const ModelPrediction& row : predictions(testbed, fits.loss_laws.front(),
                                                fits.error_laws.front(), fits.error_sets.front())) {
    if (!row.in_loss_fit && !row.in_error_fit && !row.is_target) continue;
    some_none = some_none || is_no_error(row.error);
    const TestbedModel& model = testbed.models[row.model];
    const std::string role = row.in_loss_fit    ? "fitted"
                             : row.in_error_fit ? "fitted by the error law"
                                                : "predicted";
    const std::optional<double> reducible =
        row.loss.actual ? std::optional(*row.loss.actual - irreducible) : std::nullopt;
    const std::string doubt = error_doubt(row.error, found);
    std::vector<TextCell> cells = {model.name,
                                   role,
                                   model.compute_flops(),
                                   model.tokens_per_parameter(),
                                   number_cell(row.loss.actual),
                                   number_cell(row.loss.predicted),
                                   number_cell(reducible),
                                   *row.loss.predicted - irreducible,
                                   number_cell(row.error.actual),
                                   number_cell(row.error.predicted)};
    table.add_row(cells);
    cells.insert(cells.end(), {doubt, loss_doubt});
    rows.add_row(std::move(cells));
    results.push_back({{"name", model.name},
                       {"role", role},
                       {"compute_flops", model.compute_flops()},
                       {"tokens_per_parameter", model.tokens_per_parameter()},
                       {"loss", json_number(row.loss.actual)},
                       {"predicted_loss", json_number(row.loss.predicted)},
                       {"reducible_loss", json_number(reducible)},
                       {"predicted_reducible_loss", *row.loss.predicted - irreducible},
                       {"error", json_number(row.error.actual)},
                       {"predicted_error", json_number(row.error.predicted)},
                       {"doubt", json_label(doubt)},
                       {"loss_doubt", json_label(loss_doubt)}});
  }
  Document document;
  document.rows = std::move(rows);
  std::string why = some_none ? std::string("(!) ") + kWhyNoError + "\n" : "";
  if (!found.empty()) why += "(!) error not to be predicted from loss: " + found + "\n";
  if (!loss_doubt.empty()) why += std::string(kLossLawInDoubt) + "\n";
  return document
      .add(Paragraph{"training set: " + fits.loss_laws.front().train_set +
                     ", loss set: " + fits.loss_laws.front().loss_set +
                     ", error set: " + fits.error_laws.front().error_set + "\n"})
      .add(std::move(table))
      .add(Paragraph{why})
      .set_results(std::move(results));
}

}  // namespace rung
