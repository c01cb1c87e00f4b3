#pragma once
/// The tables of the over-training study by name, rendered.

#include "rung/report/overtraining/shared.hpp"
#include "rung/study/overtraining/tables.hpp"

namespace rung {

/// Which tables there are.
Document describe_named_tables();

/// A table with what the command that it is of says below it, and warns of.
struct NamedTableReport {
  Document document;
  std::vector<std::string> warnings;
};

/// Results: an object a row, keyed as the columns of the CSV. `titles`: sets under the study's
/// titles instead of the names that options take.
NamedTableReport describe_named_table(const std::string& name,
                                      const overtraining::TableSource& source, bool titles);

}  // namespace rung
