#pragma once
/// An over-training testbed as three tables, the form in which the published one ships
/// (rung/data/published/README.md says what the columns are).

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/reader/testbed_files.hpp"

namespace rung {

/// Does the folder hold models.csv?
bool is_testbed_of_tables(const std::filesystem::path& folder);

/// models.csv (a row a model, as run_table.hpp has it, of what testbed_runs.hpp makes), tasks.csv
/// and, where there was a hyperparameter search, grid.csv. Nothing here throws: what is wrong is a
/// problem of its part.
TestbedFiles read_testbed_tables(const std::filesystem::path& folder);

/// The same for texts already read, which would stand in `folder`.
struct TestbedTexts {
  std::string models, tasks;
  std::optional<std::string> grid;
};
TestbedFiles parse_testbed_tables(const TestbedTexts& texts, const std::filesystem::path& folder);

/// What read_testbed_tables reads.
std::vector<std::filesystem::path> testbed_table_paths(const std::filesystem::path& folder);

}  // namespace rung
