#include "rung/report/findings.hpp"

#include <nlohmann/json.hpp>

namespace rung {

Document describe(const std::vector<Finding>& findings) {
  Document document;
  for (const char* header : {"what", "found", "value"}) document.rows.add_column(header);
  Json results = Json::array();
  for (const Finding& finding : findings) {
    document.rows.add_row({finding.what, finding.found ? "yes" : "no", finding.value});
    results.push_back({{"what", finding.what}, {"found", finding.found}, {"value", finding.value}});
  }
  return document.add(document.rows).set_results(std::move(results));
}

}  // namespace rung
