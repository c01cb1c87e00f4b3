#include "rung/data/sources.hpp"

#include <cstdlib>
#include <random>
#include <system_error>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "rung/system/process.hpp"
#include "rung/system/published.hpp"

namespace rung {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProvenanceFile = "rung-source.txt";
constexpr std::string_view kCommitLabel = "commit: ";

fs::path environment_path(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// A path beside `target` that nobody else uses; what stands there is removed when this goes.
class TemporaryFolder {
 public:
  TemporaryFolder(const fs::path& target, const std::string& suffix)
      : path_(target.string() + suffix + std::to_string(std::random_device()())) {}
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::string> wanted_folders(const DataSource& source) {
  if (source.parts.empty()) return {source.folder};
  std::vector<std::string> folders;
  for (const std::string& part : source.parts) folders.push_back(source.folder + "/" + part);
  return folders;
}

std::string by_hand(const DataSource& source, const fs::path& target) {
  return "by hand: git clone --depth 1 " + source.address + " somewhere, then copy somewhere/" +
         source.folder + " to " + target.string() + ", or set RUNG_DATA=somewhere";
}

/// Runs git and returns its standard output. Never asks for a password; gives up on a connection
/// that stands still.
std::string git(const DataSource& source, const fs::path& target,
                const std::vector<std::string>& arguments) {
  // Through env, which exits with 127 when there is no git. A hook's GIT_DIR would send git
  // elsewhere.
  std::vector<std::string> words = {"-u",
                                    "GIT_DIR",
                                    "-u",
                                    "GIT_WORK_TREE",
                                    "-u",
                                    "GIT_INDEX_FILE",
                                    "GIT_TERMINAL_PROMPT=0",
                                    "git",
                                    "-c",
                                    "core.symlinks=false",  // a link is a file with its text
                                    "-c",
                                    "http.lowSpeedLimit=1000",
                                    "-c",
                                    "http.lowSpeedTime=30"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  constexpr int kNotFound = 127;
  const std::optional<ProcessResult> result = run_process("env", words);
  if (!result || result->exit_status == kNotFound) {
    throw InputError("git is needed to bring '" + source.name + "' here and was not found",
                     "install git; " + by_hand(source, target));
  }
  if (result->exit_status != 0) {
    throw InputError(
        "tried 'git " + join(arguments, " ") + "': " + std::string(trimmed(result->errors)),
        by_hand(source, target));
  }
  return std::string(trimmed(result->output));
}

/// A folder with those above it; those that are new go again, unless they are kept.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& folder) {
    for (fs::path at = fs::absolute(folder); !fs::exists(at); at = at.parent_path())
      made_.push_back(at);
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) return;
    made_.clear();
    throw InputError(Location{folder.string()}, "can't make the folder: " + error.message());
  }
  ~NewFolder() {
    std::error_code ignored;
    for (const fs::path& folder : made_) fs::remove(folder, ignored);  // where it is empty
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  void keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;  // inner before outer
};

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

/// A link in what was fetched could lead to any file of ours.
void refuse_links(const DataSource& source, const fs::path& target, const std::string& clone) {
  std::vector<Problem> problems;
  constexpr std::string_view kLinkMode = "120000 ";
  for (const std::string& entry :
       split(git(source, target, {"-C", clone, "ls-files", "--stage", "-z"}), '\0')) {
    const std::size_t tab = entry.find('\t');
    if (!entry.starts_with(kLinkMode) || tab == std::string::npos) continue;
    const std::string path = entry.substr(tab + 1);
    if (is_within(path, source.folder) || is_within(source.folder, path))
      problems.push_back({{path}, "is a link, which is not followed", ""});
  }
  if (problems.empty()) return;
  problems.back().hint = "is it the right repository?";
  throw InputError(std::move(problems));
}

/// Puts `fresh` in the place of `target`; what was there survives until the new one stands.
void put_in_place(const fs::path& fresh, const fs::path& target) {
  const TemporaryFolder old(target, ".old");
  std::error_code error;
  const bool had_old = fs::exists(target);
  if (had_old) fs::rename(target, old.path(), error);
  if (!error) fs::rename(fresh, target, error);
  if (!error) return;
  std::error_code ignored;
  if (had_old && !fs::exists(target)) fs::rename(old.path(), target, ignored);
  throw InputError(Location{target.string()}, "can't be put in place: " + error.message());
}

}  // namespace

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> kSources = {
      {"olmo-ladder",
       "OLMo 2 ladder, 190M to 3B, with 7B and 13B",
       "arXiv:2412.04403",
       "Apache-2.0",
       "https://github.com/allenai/OLMo-ladder.git",
       "src/scripts/paper",
       {"configs", "data"},
       "configs/final.json",
       "67a3f44"},
      {"obs-scaling",
       "benchmarks of public base and instruct models",
       "arXiv:2405.10938",
       "Apache-2.0",
       "https://github.com/ryoungj/ObsScaling.git",
       "eval_results",
       {},
       "base_llm_benchmark_eval.csv",
       "4d6e1e4"},
      {"over-training",
       "104 runs of up to 640 tokens per parameter",
       "arXiv:2403.08540",
       "MIT",
       "https://github.com/mlfoundations/scaling.git",
       "exp_data",
       {},
       "eval_metadata.csv",
       "a003c49"},
  };
  return kSources;
}

const DataSource& data_source(const std::string& name) {
  std::vector<std::string> known;
  for (const DataSource& source : data_sources()) {
    if (source.name == name) return source;
    known.push_back(source.name);
  }
  const std::string hint = did_you_mean(name, known);
  throw InputError("there is no data set '" + name + "'",
                   hint.empty() ? "there are " + join(known, ", ") : hint);
}

DataPlaces data_places_of_environment() {
  DataPlaces places;
  places.chosen = environment_path("RUNG_DATA");
  const fs::path cache_home = environment_path("XDG_CACHE_HOME");
  const fs::path home = environment_path("HOME");
  // The XDG specification has relative paths ignored.
  if (cache_home.is_absolute()) {
    places.cache = cache_home / "rung";
  } else if (!home.empty()) {
    places.cache = home / ".cache" / "rung";
  }
  return places;
}

std::optional<fs::path> data_within(const DataSource& source, const fs::path& place) {
  if (place.empty()) return std::nullopt;
  for (const fs::path& base : {place, place / source.name}) {
    for (const fs::path& folder : {base, base / source.folder}) {
      if (path_exists(folder / source.mark)) return folder;
    }
  }
  return std::nullopt;
}

std::optional<fs::path> find_data(const DataSource& source, const DataPlaces& places) {
  for (const fs::path& place : {places.chosen, places.cache, places.beside}) {
    if (std::optional<fs::path> folder = data_within(source, place)) return folder;
  }
  return std::nullopt;
}

fs::path shipped_data(const DataSource& source) { return "published:" + source.name; }

fs::path data_folder(const DataSource& source, const DataPlaces& places) {
  const std::optional<fs::path> found = find_data(source, places);
  return found ? *found : shipped_data(source);
}

std::string place_text(const fs::path& folder) {
  return folder.string() + (is_published(folder) ? ", which ships with rung" : "");
}

FetchedData fetch_data(const DataSource& source, const fs::path& to, const FetchOptions& options) {
  const fs::path target = to / source.name;
  if (fs::exists(target) && !options.replace) {
    if (fs::exists(target / source.mark)) return {target, fetched_commit(target), true};
    throw InputError(Location{target.string()}, "is there already, without " + source.mark,
                     "take another folder, or --force to replace it");
  }
  const auto progress = [&](const std::string& step) {
    if (options.progress) options.progress(step);
  };
  const std::string& address = options.address.empty() ? source.address : options.address;
  progress("git clone " + address);
  NewFolder folder(to);
  const TemporaryFolder clone(target, ".part");
  const std::string clone_path = clone.path().string();
  git(source, target,
      {"clone", "--quiet", "--depth", "1", "--filter=blob:none", "--sparse", "--", address,
       clone_path});

  const std::vector<std::string> folders = wanted_folders(source);
  progress("files of " + join(folders, ", "));
  std::vector<std::string> select = {"-C", clone_path, "sparse-checkout", "set"};
  select.insert(select.end(), folders.begin(), folders.end());
  git(source, target, select);
  refuse_links(source, target, clone_path);
  const std::string commit = git(source, target, {"-C", clone_path, "rev-parse", "HEAD"});

  const fs::path results = clone.path() / source.folder;
  if (!fs::exists(results / source.mark)) {
    throw InputError(Location{address},
                     "holds no " + source.folder + "/" + source.mark + " (commit " + commit + ")",
                     "is it the right repository?");
  }
  write_file(results / kProvenanceFile, "address: " + address + "\n" + std::string(kCommitLabel) +
                                            commit + "\nlicence: " + source.licence +
                                            "\npaper: " + source.paper + "\n");
  progress("to " + target.string());
  put_in_place(results, target);
  folder.keep();
  return {target, commit, false};
}

std::string fetched_commit(const fs::path& folder) {
  const fs::path provenance = folder / kProvenanceFile;
  if (!fs::exists(provenance)) return "";
  for (const std::string& line : split(read_file(provenance), '\n')) {
    if (line.starts_with(kCommitLabel))
      return std::string(trimmed(line).substr(kCommitLabel.size()));
  }
  return "";
}

}  // namespace rung
