// trainer_state.json of Hugging Face's Trainer. Training and evaluation have rows of their own,
// with the same step; the run is called after the folder that holds its checkpoints.
#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  if (head.name() == "trainer_state.json") return Likeness::certain;
  return find_format("trainer_state").likeness(head.content);
}

/// "runs/190M/checkpoint-500/trainer_state.json" is of "190M".
std::string run_name(const ImportedFile& file) {
  std::string folder = file.folder();
  if (folder.starts_with("checkpoint-")) folder = file.folder(1);
  if (!folder.empty()) return folder;
  return file.stem();
}

void read(const ImportedFile& file, Imported& imported) {
  const Table table = parse_table(file.content, file.path, {.format = "trainer_state"});
  const std::string name = file.name() == "trainer_state.json" ? run_name(file) : file.stem();
  for (Run& run : runs_of_log(table, name)) imported.runs.push_back(std::move(run));
}

}  // namespace

Importer importer_trainer_state();
Importer importer_trainer_state() {
  return {"trainer_state", "trainer_state.json of Hugging Face's Trainer", likeness, read};
}

}  // namespace rung
