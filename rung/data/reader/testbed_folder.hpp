#pragma once
/// The folder of an over-training testbed, as published:
///   models/NAME.json, evals/evaluation_NAME_heavy.json, eval_metadata.csv, and grid.json where
///   there was a hyperparameter search,
/// or of the three tables into which those are made to ship (testbed_tables.hpp).

#include <filesystem>
#include <map>
#include <string>

#include "rung/data/reader/testbed_files.hpp"
#include "rung/data/testbed.hpp"

namespace rung {

/// The folder's files. Those of models and evaluations go by their stems.
struct TestbedSources {
  std::string folder;  // for errors
  std::map<std::string, SourceFile> models, evaluations;
  SourceFile grid, tasks;
};

/// Model and evaluation are linked by file name alone: their ids are not unique. InputError with
/// every problem of every file: a file without its partner, bad JSON (with line and column), a
/// value that is absent or of the wrong type (with its place in the file), a model that lacks a
/// loss set or a task that most others have.
Testbed parse_testbed(const TestbedSources& sources, int n_threads = 0);

/// The same for a folder, in either form.
Testbed read_testbed(const std::filesystem::path& folder, int n_threads = 0);

}  // namespace rung
