#pragma once
/// What rung data says.

#include <string>
#include <vector>

#include "rung/data/source.hpp"
#include "rung/report/document.hpp"

namespace rung {

/// A data set and where it lies here.
struct FoundData {
  const DataSource* source = nullptr;
  std::string folder;
  bool ships = false;  // it is read from the tables that ship
  std::string commit;  // "": not known
};

Document describe(const std::vector<FoundData>& found);
/// One that was brought here.
Document describe(const DataSource& source, const FetchedData& fetched);

}  // namespace rung
