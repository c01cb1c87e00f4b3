#include "rung/report/overtraining/figure1.hpp"

#include <nlohmann/json.hpp>

#include "rung/report/overtraining/shared.hpp"

namespace rung {

using namespace overtraining;

Document describe_figure1(const Testbed& testbed, const Fits& fits) {
  const double irreducible = fits.loss_laws.front().fitted.value("E");
  Json results = Json::array();
  TextTable table;
  table.add_column("model");
  table.add_column("role");
  table.begin_details();
  table.add_column("FLOPs", "compute_flops");
  table.add_column("tokens/parameter", "tokens_per_parameter");
  table.begin_details(false);
  table.add_column("loss");
  table.add_column("predicted loss", "predicted_loss");
  table.begin_details();
  table.add_column("reducible loss", "reducible_loss");
  table.add_column("predicted reducible loss", "predicted_reducible_loss");
  table.begin_details(false);
  table.add_column("error");
  table.add_column("predicted error", "predicted_error", [](double error) {
    return is_no_error(error) ? error_value(error) : four_digits(error);
  });
  for (const ModelPrediction& row : predictions(testbed, fits.loss_laws.front(),
                                                fits.error_laws.front(), fits.error_sets.front())) {
    if (!row.in_loss_fit && !row.in_error_fit && !row.is_target) continue;
    const TestbedModel& model = testbed.models[row.model];
    const std::string role = row.in_loss_fit    ? "fitted"
                             : row.in_error_fit ? "fitted by the error law"
                                                : "predicted";
    table.add_row({model.name, role, model.compute_flops(), model.tokens_per_parameter(),
                   number_cell(row.loss.actual), number_cell(row.loss.predicted),
                   *row.loss.actual - irreducible, *row.loss.predicted - irreducible,
                   number_cell(row.error.actual), number_cell(row.error.predicted)});
    results.push_back({{"name", model.name},
                       {"role", role},
                       {"compute_flops", model.compute_flops()},
                       {"tokens_per_parameter", model.tokens_per_parameter()},
                       {"loss", json_number(row.loss.actual)},
                       {"predicted_loss", json_number(row.loss.predicted)},
                       {"reducible_loss", *row.loss.actual - irreducible},
                       {"predicted_reducible_loss", *row.loss.predicted - irreducible},
                       {"error", json_number(row.error.actual)},
                       {"predicted_error", json_number(row.error.predicted)},
                       {"doubt", error_doubt(row.error)}});
  }
  Document document;
  document.rows = table;
  const std::string why_none =
      some_is_no_error(table) ? std::string("(!) ") + kWhyNoError + "\n" : "";
  return document
      .add(Paragraph{"training set: " + fits.loss_laws.front().train_set +
                     ", loss set: " + fits.loss_laws.front().loss_set +
                     ", error set: " + fits.error_laws.front().error_set + "\n"})
      .add(std::move(table))
      .add(Paragraph{why_none})
      .set_results(std::move(results));
}

}  // namespace rung
