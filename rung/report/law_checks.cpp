#include "rung/report/law_checks.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace rung::laws {
namespace {

const char* word_of(Verdict verdict) {
  return verdict == Verdict::passed ? "passed" : verdict == Verdict::failed ? "failed" : "-";
}

}  // namespace

Document describe(std::span<const CheckedLaw> laws) {
  TextTable table;
  for (const char* column : {"law", "check", "verdict", "finding"}) table.add_column(column);
  Json results = Json::array();
  std::size_t n_failed = 0;
  for (const CheckedLaw& law : laws) {
    Json checks = Json::array();
    for (const Check& check : law.checks) {
      if (check.verdict == Verdict::failed) ++n_failed;
      table.add_row({law.name, check.name, word_of(check.verdict), check.finding});
      Json verdict = nullptr;
      if (check.verdict != Verdict::not_applicable) verdict = word_of(check.verdict);
      checks.push_back({{"check", check.name}, {"verdict", verdict}, {"finding", check.finding}});
    }
    results.push_back({{"law", law.name}, {"checks", checks}});
  }
  Document document;
  document.usable = n_failed == 0;
  document.rows = table;
  document.add(table);
  document.add(Paragraph{n_failed == 0 ? "All pass." : fmt::format("Failed: {}.", n_failed)});
  document.set_results(std::move(results));
  return document;
}

}  // namespace rung::laws
