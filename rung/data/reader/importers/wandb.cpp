// The files in which Weights & Biases keeps an offline run, run-ID.wandb: ":W&B", magic 0xBEE1 and
// version 0, then a LevelDB log of protocol buffers. Record: history (2), summary (3), config (5),
// run (17); HistoryRecord: items (1), step (2) with num (1); SummaryRecord and ConfigRecord: items
// (1); an item: key (1), nested_key (2), value_json (16); RunRecord: run_id (1), config (4),
// display_name (8).
#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/data/reader/block_log.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/tfrecord.hpp"
#include "rung/data/reader/wandb_values.hpp"

namespace rung {
namespace {

constexpr std::string_view kMagic{":W&B\xe1\xbe\0", kBlockLogHeader};

Likeness likeness(const ImportedFile& head) {
  if (head.content.starts_with(kMagic.substr(0, 6))) return Likeness::certain;
  return head.name().ends_with(".wandb") ? Likeness::likely : Likeness::none;
}

struct Item {
  std::string key;
  std::string_view json;
};

Item item_in(std::string_view message) {
  Item item;
  for (ProtoFields field(message); field.next();) {
    if (field.number() == 1) item.key = field.bytes();
    if (field.number() == 2) {
      if (!item.key.empty()) item.key += '.';
      item.key += field.bytes();
    }
    if (field.number() == 16) item.json = field.bytes();
  }
  return item;
}

class WandbFile {
 public:
  void add_record(std::string_view record) {
    for (ProtoFields field(record); field.next();) {
      if (field.number() == 2) add_history(field.bytes());
      if (field.number() == 3) add_summary(field.bytes());
      if (field.number() == 5) add_config(field.bytes());
      if (field.number() == 17) add_run(field.bytes());
    }
  }

  bool outgrows(std::size_t n_bytes) const { return history_.outgrows(n_bytes); }

  /// Of a run without history its summary makes the one row.
  Run run(const ImportedFile& file) && {
    Run run = std::move(history_.empty() ? summary_ : history_).run();
    run.file = file.path;
    run.settings.insert(about_.settings.begin(), about_.settings.end());
    run.descriptions = std::move(about_.descriptions);
    run.label = std::move(about_.label);
    const std::string stem = file.stem();
    run.model = !about_.model.empty()      ? about_.model
                : stem.starts_with("run-") ? stem.substr(4)
                                           : stem;
    run.descriptions[kRunId] = run.model;
    derive_settings(run);
    return run;
  }

 private:
  void add_history(std::string_view history) {
    history_.begin_row();
    for (ProtoFields field(history); field.next();) {
      if (field.number() == 1) add_item(field.bytes(), history_);
      if (field.number() != 2) continue;
      for (ProtoFields step(field.bytes()); step.next();) {
        if (step.number() == 1)
          history_.put("_step", static_cast<double>(static_cast<std::int64_t>(step.bits())));
      }
    }
  }

  void add_summary(std::string_view summary) {
    if (summary_.empty()) summary_.begin_row();
    for (ProtoFields field(summary); field.next();) {
      if (field.number() == 1) add_item(field.bytes(), summary_);
    }
  }

  static void add_item(std::string_view message, LoggedRows& rows) {
    const Item item = item_in(message);
    if (!item.key.empty()) put_wandb_value(item.key, item.json, rows);
  }

  void add_config(std::string_view config) {
    for (ProtoFields field(config); field.next();) {
      if (field.number() != 1) continue;
      const Item item = item_in(field.bytes());
      try {
        put_wandb_setting(item.key, parse_json_cells(item.json, item.key), about_);
      } catch (const InputError&) {
        // A setting that is no JSON says nothing.
      }
    }
  }

  void add_run(std::string_view run) {
    for (ProtoFields field(run); field.next();) {
      if (field.number() == 1) about_.model = field.bytes();
      if (field.number() == 4) add_config(field.bytes());
      if (field.number() == 8) about_.label = field.bytes();
    }
  }

  LoggedRows history_, summary_;
  Run about_;
};

void warn_of_trouble(const BlockLog& log, const std::string& path, Imported& imported) {
  const std::string read =
      ": " + counted(log.records.size(), "whole record") + " beside it are read";
  if (log.damaged_at)
    imported.warnings.push_back(
        path + " is damaged at byte " + std::to_string(*log.damaged_at) +
        (log.n_damaged > 1 ? " and " + counted(log.n_damaged - 1, "further place") : "") + read);
  if (log.cut_off_at)
    imported.warnings.push_back(path + " breaks off at byte " + std::to_string(*log.cut_off_at) +
                                read);
}

void read(const ImportedFile& file, Imported& imported) {
  const std::string_view content = file.content;
  if (!content.starts_with(kMagic.substr(0, 6)))
    throw InputError(Location{file.path},
                     "is no file of Weights & Biases: it doesn't begin with "
                     "':W&B'",
                     "is it damaged, or of another kind?");
  if (!content.starts_with(kMagic))
    throw InputError(Location{file.path},
                     "is of a version of Weights & Biases's files that isn't known here",
                     "export the run's history as CSV or JSON lines instead");
  const BlockLog log = read_block_log(content);
  if (log.records.empty())
    throw InputError(Location{file.path}, "holds no whole record", "is it damaged, or only begun?");
  warn_of_trouble(log, file.path, imported);
  WandbFile run;
  for (const std::string_view record : log.records) {
    run.add_record(record);
    if (run.outgrows(content.size()))
      throw InputError(Location{file.path}, "nearly every step has keys of its own",
                       "are steps part of the keys?");
  }
  imported.runs.push_back(std::move(run).run(file));
}

}  // namespace

Importer importer_wandb();
Importer importer_wandb() {
  return {"wandb", "offline runs of Weights & Biases (run-ID.wandb)", likeness, read};
}

}  // namespace rung
