#pragma once
/// A kind of other programs' files that holds runs or scores, and the list of them:
/// rung/data/reader/importers/NAME.cpp defines `Importer importer_NAME()`, and nothing else names
/// it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rung/data/imported.hpp"
#include "rung/data/reader/format.hpp"

namespace rung {

struct ImportedFile {
  std::string path;
  std::string content;  // unpacked

  /// "run.csv" of "logs/run.csv.gz".
  std::string name() const;
  /// The name without its last ending.
  std::string stem() const;
  /// The name of the folder that holds it, `up` levels further up; "" where the path doesn't say.
  std::string folder(int up = 0) const;
};

struct Importer {
  std::string name;         // of --format
  std::string description;  // "results of lm-evaluation-harness"
  /// How much a file looks like this kind. `head` is how its content begins; a path is always
  /// there.
  Likeness (*likeness)(const ImportedFile& head);
  void (*read)(const ImportedFile& file, Imported& imported);
  /// Is it told by what it holds or is called, so that it is looked for in folders too?
  bool in_folders = true;
};

/// Every importer, by name.
std::span<const Importer> importers();

/// InputError with the nearest names where there is none of that name.
const Importer& find_importer(const std::string& name);

struct ImportOptions {
  std::string format;  // an importer's name; "": recognised, file by file
  double most_unpacked_bytes = 1e9;
  bool is_growing = false;  // of lines: the last is left out while it has no end
};

/// Reads files and folders with all that they hold, in the order of their names; links to folders
/// are not followed. In a folder, files that no importer knows are passed over; a folder without
/// any that is known, and a file that is named but not known, are InputErrors. Problems of all
/// files come as one InputError.
struct ImportedFiles {
  Imported imported;
  std::vector<std::string> read, passed_over;
};
ImportedFiles import_files(std::span<const std::string> sources, const ImportOptions& options);

/// One content as an importer reads it; `path` counts for what is told by names.
Imported import_content(const Importer& importer, ImportedFile file);

}  // namespace rung
