#include "rung/report/table_rows.hpp"

#include <cmath>
#include <optional>

namespace rung {

TextTable rows_of(const Table& table) {
  TextTable rows;
  for (const Column& column : table.columns()) rows.add_column(column.name);
  for (std::size_t i = 0; i < table.n_rows(); ++i) {
    std::vector<TextCell> cells;
    for (const Column& column : table.columns()) {
      if (column.is_number()) {
        const double value = std::get<std::vector<double>>(column.values)[i];
        cells.push_back(number_cell(std::isnan(value) ? std::nullopt : std::optional(value)));
      } else {
        cells.emplace_back(std::get<std::vector<std::string>>(column.values)[i]);
      }
    }
    rows.add_row(std::move(cells));
  }
  return rows;
}

std::string csv_text(const Table& table) { return rows_of(table).csv(); }

}  // namespace rung
