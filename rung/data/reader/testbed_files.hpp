#pragma once
/// The files of an over-training testbed (see testbed.hpp), each on its own: what it says, and what
/// is wrong with it.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/data/table.hpp"
#include "rung/data/testbed.hpp"

namespace rung {

/// A file as it stands, or why it could not be read.
struct SourceFile {
  std::string path;
  std::string text;
  std::vector<Problem> problems = {};
};

/// What one file says, before it is compared with the others.
struct FileContent {
  std::string path;
  std::size_t line = 0;  // where a line holds what a file holds elsewhere
  std::vector<Problem> problems;
  std::vector<Problem> warnings;

  void problem(std::string message, std::string hint = "") {
    problems.push_back({{path, line}, std::move(message), std::move(hint)});
  }
  void warning(std::string message, std::string hint = "") {
    warnings.push_back({{path, line}, std::move(message), std::move(hint)});
  }
};

struct ModelFile : FileContent {
  TestbedModel model;
  std::vector<std::string> loss_sets;  // names of model.losses, in the file's order
};

struct EvaluationFile : FileContent {
  std::string architecture;  // "": not said
  std::vector<std::string> tasks;
  std::vector<double> accuracies;
};

struct TaskFile : FileContent {
  std::vector<TaskInfo> infos;
};

struct GridFile : FileContent {
  std::vector<GridRun> runs;
};

/// All of a testbed, before its parts are compared with each other. A model and its evaluation
/// share their index.
struct TestbedFiles {
  std::vector<ModelFile> models;
  std::vector<EvaluationFile> evaluations;
  std::vector<Problem> problems;  // of no one file: an evaluation without a model
  std::vector<Unmeasured> unmeasured;
  GridFile grid;  // empty where there is none
  TaskFile task_file;
};

/// Everything that was read, compared with each other. InputError with every problem.
Testbed assemble_testbed(TestbedFiles files);

/// Warnings where a run's records contradict its name, or the command line that it was started
/// with. The records are believed.
void compare_with_name(ModelFile& file, const std::string& name_inside);
void compare_with_command_line(
    const std::map<std::string, std::string, std::less<>>& values_by_option, ModelFile& file);

/// models/NAME.json. Nothing here throws: a file that couldn't be read keeps that as its problem.
ModelFile parse_model(const SourceFile& source);

/// evals/evaluation_NAME_heavy.json.
EvaluationFile parse_evaluation(const SourceFile& source);
/// One that is absent from `folder`, which is its problem.
EvaluationFile missing_evaluation(const std::string& folder, const std::string& model_name);
/// "evaluation_NAME_heavy", and back: "" where `stem` is none.
std::string evaluation_stem(const std::string& model_name);
std::string evaluated_model(const std::string& stem);

/// grid.json.
GridFile parse_grid(const SourceFile& source);

/// A problem for each row whose accuracy of guessing, in percent, is not from 0 to below 100.
void check_chance(const Table& table, const char* column, FileContent& file);

/// eval_metadata.csv.
TaskFile parse_task_infos(const SourceFile& source);

}  // namespace rung
