#include "rung/app/overtraining/common.hpp"

#include <algorithm>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/options.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/testbed_folder.hpp"
#include "rung/data/reader/testbed_tables.hpp"
#include "rung/data/sources.hpp"
#include "rung/study/overtraining/predict.hpp"
#include "rung/system/file.hpp"

namespace rung::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSource = "over-training";

fs::path testbed_folder(const std::string& given) {
  const DataSource& source = data_source(kSource);
  if (!given.empty()) {
    if (const auto folder = data_within(source, given)) return *folder;
    return given;  // the reader says what it lacks
  }
  return data_folder(source, data_places_of_environment());
}

void note_files(CommandContext& context, const fs::path& folder) {
  if (is_testbed_of_tables(folder)) {
    for (const fs::path& file : testbed_table_paths(folder)) context.note_input(file);
    return;
  }
  std::vector<fs::path> files;
  for (const char* part : {"models", "evals"}) {
    for (const auto& entry : fs::directory_iterator(folder / part)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  files.push_back(folder / "eval_metadata.csv");
  if (file_exists(folder / "grid.json")) files.push_back(folder / "grid.json");
  for (const fs::path& file : files) context.note_input(file);
}

}  // namespace

void add_testbed_options(Options& command, OvertrainingOptions& options) {
  command
      .add("--data", options.data,
           "folder with models.csv and tasks.csv, or with models/, evals/ and eval_metadata.csv; "
           "docs/overtraining.md has their columns (default: see help data-folders)")
      .value_name("DIR");
  command
      .add("--study", options.study,
           "which runs to fit and which tasks to average: " +
               join(overtraining::study_names(), ", ") + ", or a TOML file")
      .value_name("STUDY");
}

void add_set_options(Options& command, overtraining::Choice& choice,
                     const overtraining::SetsTaken& taken) {
  using overtraining::Takes;
  const auto add = [&](const char* name, std::vector<std::string>& sets, std::string what,
                       Takes takes) {
    if (takes == Takes::none) return;
    if (takes == Takes::several) what += "; may be given more than once";
    command.add(name, sets, what).value_name("SET");
  };
  add("--train-set", choice.train_sets, "c4_original, rpj or rw_original", taken.train);
  add("--loss-set", choice.loss_sets, "held-out set, such as c4_val", taken.loss);
  add("--error-set", choice.error_sets, "avg, avg_subset or a task, such as arc_easy", taken.error);
}

void note_first_where_one(CommandContext& context, const std::string& what,
                          const overtraining::Choice& all, const overtraining::SetsTaken& taken) {
  using overtraining::Takes;
  const auto note = [&](const std::vector<std::string>& sets, Takes takes, const std::string& kind,
                        const std::string& option) {
    if (takes != Takes::one || sets.size() < 2) return;
    context.note(what + " " + kind + " " + sets.front() + ", one of " +
                 std::to_string(sets.size()) + ": " + option + " names others");
  };
  note(all.train_sets, taken.train, "training set", "--train-set");
  note(all.loss_sets, taken.loss, "loss set", "--loss-set");
  note(all.error_sets, taken.error, "error set", "--error-set");
}

Testbed load_testbed(CommandContext& context, const OvertrainingOptions& options) {
  const fs::path folder = testbed_folder(options.data);
  Testbed testbed = read_testbed(folder, context.common.n_threads);
  note_files(context, folder);
  if (!testbed.unmeasured.empty()) {
    const Unmeasured& first = testbed.unmeasured.front();
    const std::size_t n_more = testbed.unmeasured.size() - 1;
    context.note(first.where.file + ":" + std::to_string(first.where.line) + ": " + first.text() +
                 (n_more > 0 ? " (and " + std::to_string(n_more) + " more)" : "") +
                 ": what needs it leaves the run out");
  }
  // Those of the published one are known, and no news to whoever uses it.
  if (!testbed.warnings.empty() && !options.data.empty()) {
    const auto hint = std::find_if(testbed.warnings.begin(), testbed.warnings.end(),
                                   [](const Problem& problem) { return !problem.hint.empty(); });
    context.warn(counted(testbed.warnings.size(), "contradiction") +
                 " in the testbed's metadata, on which no result depends: see 'rung overtraining "
                 "explore contradictions'" +
                 (hint == testbed.warnings.end() ? "" : " (" + hint->hint + ")"));
  }
  return testbed;
}

void warn_of_doubts(CommandContext& context, const overtraining::Fits& fits) {
  for (const std::string& words : doubt_words(fits.loss_laws)) context.warn(words);
}

overtraining::Study load_study(CommandContext& context, const OvertrainingOptions& options) {
  if (const auto study = overtraining::named_study(options.study)) return *study;
  if (!fs::exists(options.study)) {
    const std::string hint = did_you_mean(options.study, overtraining::study_names());
    throw InputError("there is no study '" + options.study + "', by name or as a file",
                     hint.empty() ? "studies: " + join(overtraining::study_names(), ", ") : hint);
  }
  context.note_input(options.study);
  return overtraining::parse_study(read_file(options.study), options.study);
}

}  // namespace rung::app
