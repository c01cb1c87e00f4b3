// The CSV that TensorBoard writes for one series: "Wall time,Step,Value" in a file named
// run-RUN-tag-TAG.csv.

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/data/reader/importer.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  return trimmed(first_line(head.content)) == "Wall time,Step,Value" ? Likeness::certain
                                                                     : Likeness::none;
}

void read(const ImportedFile& file, Imported& imported) {
  constexpr std::string_view kRun = "run-", kTag = "-tag-";
  const Table table =
      parse_csv(file.content, file.path, {.columns = {"Wall time", "Step", "Value"}});
  const std::string stem = file.stem();
  const std::size_t tag = stem.rfind(kTag);
  const bool named = stem.starts_with(kRun) && tag != std::string::npos && tag >= kRun.size();
  Run run;
  run.file = file.path;
  run.model = named ? stem.substr(kRun.size(), tag - kRun.size()) : file.folder();
  if (run.model.empty() || run.model == ".") run.model = stem;
  run.metrics[kStep] = table.numbers("Step");
  run.metrics[kSeconds] = table.numbers("Wall time");
  run.metrics[named ? stem.substr(tag + kTag.size()) : stem] = table.numbers("Value");
  run.n_tokens.assign(table.n_rows(), kNaN);
  imported.runs.push_back(std::move(run));
}

}  // namespace

Importer importer_tensorboard_csv();
Importer importer_tensorboard_csv() {
  return {"tensorboard_csv", "CSV of one series of TensorBoard (Wall time, Step, Value)", likeness,
          read};
}

}  // namespace rung
