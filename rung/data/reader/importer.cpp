#include "rung/data/reader/importer.hpp"

#include <algorithm>
#include <filesystem>

#include "rung/core/error.hpp"
#include "rung/core/foreign.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/sql_table.hpp"
#include "rung/system/file.hpp"
#include "rung/system/gzip.hpp"

namespace rung {

#define RUNG_FORMAT(stem) Importer importer_##stem();
#include "rung/data/reader/importers.inc"
#undef RUNG_FORMAT

namespace {

namespace fs = std::filesystem;

/// Enough to know any kind by.
constexpr std::size_t kHead = std::size_t{1} << 16;

std::vector<std::string> importer_names() {
  std::vector<std::string> names;
  for (const Importer& importer : importers()) names.push_back(importer.name);
  return names;
}

/// The importer that a file looks like most; null where it looks like none.
const Importer* recognised(const ImportedFile& head, bool in_folder) {
  const Importer* best = nullptr;
  Likeness most = in_folder ? Likeness::possible : Likeness::none;
  for (const Importer& importer : importers()) {
    if (in_folder && !importer.in_folders) continue;
    const Likeness likeness = importer.likeness(head);
    if (likeness <= most) continue;
    best = &importer;
    most = likeness;
  }
  return best;
}

std::string unpacked(std::string content, const std::string& path, const ImportOptions& options) {
  if (!is_gzip(content)) return content;
  return gunzip(content, path, static_cast<std::size_t>(options.most_unpacked_bytes));
}

ImportedFile head_of(const std::string& path) {
  std::string head = read_head(path, kHead);
  if (is_gzip(head)) head = gunzip_head(head, kHead);
  return {path, std::move(head)};
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                        error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    std::error_code ignored;
    if (walk->is_regular_file(ignored)) files.push_back(walk->path().string());
  }
  if (error) throw InputError(Location{folder}, "can't read the folder: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

class FileImport {
 public:
  explicit FileImport(const ImportOptions& options)
      : options_(options),
        asked_(options.format.empty() ? nullptr : &find_importer(options.format)) {}

  void add(const std::string& source) {
    std::error_code ignored;
    if (!fs::is_directory(source, ignored)) {
      read(source, false);
      return;
    }
    const std::size_t n_before = files_.read.size();
    for (const std::string& file : files_in(source)) read(file, true);
    if (files_.read.size() == n_before && problems_.empty())
      problems_.push_back({{source},
                           "holds no runs or evaluations that are known here",
                           "rung help import lists what is read"});
  }

  ImportedFiles finish() {
    if (!problems_.empty()) throw InputError(std::move(problems_));
    return std::move(files_);
  }

 private:
  void read(const std::string& path, bool in_folder) {
    try {
      ImportedFile head = in_folder ? head_of(path) : whole(path);
      const Importer* importer = asked_;
      if (!importer || (in_folder && importer->likeness(head) == Likeness::none))
        importer = asked_ ? nullptr : recognised(head, in_folder);
      if (!importer && !in_folder) refuse(head);
      if (!importer) {
        files_.passed_over.push_back(path);
        return;
      }
      importer->read(in_folder ? whole(path) : head, files_.imported);
      files_.read.push_back(path);
    } catch (const InputError& error) {
      problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
    }
  }

  /// Parquet is read by its path, and only how it begins stands here.
  ImportedFile whole(const std::string& path) const {
    if (is_parquet_file(path)) return head_of(path);
    ImportedFile file{path, unpacked(read_file(path), path, options_)};
    const bool is_of_lines =
        file.content.find('\0') == std::string::npos && !file.name().ends_with(".json");
    if (options_.is_growing && is_of_lines) file.content.resize(file.content.rfind('\n') + 1);
    return file;
  }

  [[noreturn]] static void refuse(const ImportedFile& head) {
    refuse_foreign(head.content, head.path);
    throw InputError(Location{head.path}, "is of no kind that is imported here",
                     "--format forces one of " + join(importer_names(), ", "));
  }

  const ImportOptions& options_;
  const Importer* asked_;
  ImportedFiles files_;
  std::vector<Problem> problems_;
};

}  // namespace

std::string ImportedFile::name() const {
  std::string name = fs::path(path).filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

std::string ImportedFile::stem() const { return fs::path(name()).stem().string(); }

std::string ImportedFile::folder(int up) const {
  fs::path folder = fs::path(path).parent_path();
  for (; up > 0; --up) folder = folder.parent_path();
  return folder.filename().string();
}

std::span<const Importer> importers() {
  static const std::vector<Importer> kImporters = {
#define RUNG_FORMAT(stem) importer_##stem(),
#include "rung/data/reader/importers.inc"
#undef RUNG_FORMAT
  };
  return kImporters;
}

const Importer& find_importer(const std::string& name) {
  for (const Importer& importer : importers()) {
    if (importer.name == name) return importer;
  }
  const std::string near = did_you_mean(name, importer_names());
  throw InputError("nothing is imported as '" + name + "'",
                   near.empty() ? "there are " + join(importer_names(), ", ") : near);
}

Imported import_content(const Importer& importer, ImportedFile file) {
  Imported imported;
  importer.read(file, imported);
  return imported;
}

ImportedFiles import_files(std::span<const std::string> sources, const ImportOptions& options) {
  FileImport files(options);
  for (const std::string& source : sources) files.add(source);
  return files.finish();
}

}  // namespace rung
