#include <fmt/format.h>

#include <optional>

#include "rung/app/command.hpp"
#include "rung/core/parallel.hpp"
#include "rung/core/text.hpp"
#include "rung/data/sources.hpp"
#include "rung/law/law.hpp"
#include "rung/report/findings.hpp"
#include "rung/system/duckdb.hpp"
#include "rung/system/process.hpp"
#include "rung/system/raster.hpp"

namespace rung::app {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#else
  return "unknown compiler";
#endif
}

std::string cpu_features() {
  std::vector<std::string> features;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) features.emplace_back("AVX2");
  if (__builtin_cpu_supports("fma")) features.emplace_back("FMA");
  if (__builtin_cpu_supports("avx512f")) features.emplace_back("AVX-512");
#endif
  return features.empty() ? "baseline" : join(features, ", ");
}

/// "git version 2.39.5" as the program itself says it.
Finding program(const std::string& name, const std::string& purpose) {
  const std::optional<ProcessResult> result = run_process(name, {"--version"});
  if (!result || result->exit_status != 0)
    return {name, false, "not found; it is needed for " + purpose};
  return {name, true, split(result->output, '\n').front()};
}

Finding data(const DataSource& source) {
  const auto folder = data_folder(source, data_places_of_environment()).lexically_normal();
  return {"data " + source.name, true, place_text(folder)};
}

Finding query_engine() {
  const std::optional<std::string> version = duckdb_version();
  return {
      "DuckDB", version.has_value(),
      version ? *version : "not found; it is needed for Parquet and --sql. " + how_to_get_duckdb()};
}

Answer examine(CommandContext&) {
  std::vector<Finding> findings = {
      {"rung", true, "rung " RUNG_VERSION ", " + compiler()},
      {"processor", true,
       fmt::format("{} threads, {}; laws run as {}", available_threads(), cpu_features(),
                   instruction_set())},
      {"figures", true, raster_version()},
      program("git", "rung data get"),
      query_engine(),
  };
  for (const DataSource& source : data_sources()) findings.push_back(data(source));
  return Answer(describe(findings));
}

Action doctor(Options& command) {
  command.footer("Results: what, found, value (what was found, or what to do).");
  return examine;
}

}  // namespace

std::vector<Command> doctor_commands() {
  return {{.name = "doctor",
           .summary = "what this machine has, and what is missing",
           .example = "rung doctor",
           .group = "program",
           .place = 10,
           .declare = doctor}};
}

}  // namespace rung::app
