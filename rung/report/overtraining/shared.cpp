#include "rung/report/overtraining/shared.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace rung {

using namespace overtraining;

std::string off_by(double relative_error) {
  const double size = std::abs(relative_error);
  return size > kMostRelativeError ? "> 1000%" : percent(size);
}

std::string error_value(double error) {
  return is_no_error(error) ? four_digits(error) + kNoError : four_decimals(error);
}

std::string error_doubt(const Prediction& error, const std::string& of_law) {
  if (is_no_error(error)) return kWhyNoError;
  return of_law.empty() ? "" : "not to be predicted from loss: " + of_law;
}

bool some_is_no_error(const TextTable& table) {
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const NumberFormat& format = table.columns()[c].format;
    const bool some = format && std::any_of(table.rows().begin(), table.rows().end(),
                                            [&](const std::vector<TextCell>& row) {
                                              const double* number = std::get_if<double>(&row[c]);
                                              return number && std::isfinite(*number) &&
                                                     format(*number).ends_with(kNoError);
                                            });
    if (some) return true;
  }
  return false;
}

TextCell lower(const std::optional<Interval>& interval) {
  return interval ? TextCell(interval->lower) : TextCell();
}
TextCell upper(const std::optional<Interval>& interval) {
  return interval ? TextCell(interval->upper) : TextCell();
}

void add_estimate_columns(TextTable& table, const std::string& header, const std::string& csv_name,
                          const NumberFormat& format) {
  table.add_column(header, csv_name, format);
  table.add_column("from", csv_name + "_lower", format);
  table.add_column("to", csv_name + "_upper", format);
}

void add_estimate(std::vector<TextCell>& row, const Estimate& estimate) {
  row.insert(row.end(), {estimate.value, lower(estimate.interval), upper(estimate.interval)});
}

bool some_loss_law_in_doubt(const Fits& fits) {
  return std::ranges::any_of(fits.loss_laws,
                             [](const LossLaw& law) { return !doubts(law).empty(); });
}

std::vector<std::size_t> shown_error_sets(const Fits& fits, const std::vector<std::string>& names) {
  std::vector<std::size_t> shown;
  for (std::size_t e = 0; e < fits.error_sets.size(); ++e) {
    const std::string& name = fits.error_sets[e].name;
    if (names.empty() || std::find(names.begin(), names.end(), name) != names.end())
      shown.push_back(e);
  }
  return shown;
}

Document table_document(TextTable table, Json results, const std::string& why_empty) {
  Document document;
  document.rows = table;
  document.usable = table.n_rows() > 0;
  if (document.usable) {
    document.add(CaptionedTable{"", std::move(table), "", true});
  } else {
    document.add(Paragraph{why_empty});
  }
  return document.set_results(std::move(results));
}

}  // namespace rung
