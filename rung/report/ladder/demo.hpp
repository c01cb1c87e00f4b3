#pragma once
/// What `rung demo` says: a screen of text, and a report to keep.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/combined.hpp"
#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

struct Demo {
  std::vector<ChainResult> results;
  CombinedResult combined;
  std::filesystem::path data;        // the ladder's folder; empty: simulated
  std::string place;                 // the folder, for people
  std::vector<std::string> figures;  // file names, beside the report
  std::filesystem::path folder;      // of the figures and the report
  int n_bootstrap = 0;
  std::uint64_t seed = 0;
};

inline constexpr const char* kDemoReportName = "report.md";

/// Results as of rung ladder predict, with "combined".
Document describe(const Demo& demo);

/// Markdown: the table, the method, how far to trust it, how to make it again.
std::string demo_report(const Demo& demo);

}  // namespace rung::ladder
