#pragma once
/// Several files that appear together or not at all.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

/// Each file is first written under a name that nobody can guess, beside its place, and put there
/// by commit(). Without that, whatever happens, nothing of it stays: what was there before stands
/// as it was, and folders made for it are gone.
class FileSet {
 public:
  FileSet() = default;
  ~FileSet();
  FileSet(const FileSet&) = delete;
  FileSet& operator=(const FileSet&) = delete;

  /// Prepares `path`, making its folder if need be. InputError where it can't be written. What is
  /// no plain file (a pipe, a device) is written by commit() as it stands.
  void add(const std::filesystem::path& path, std::string_view content);

  /// Puts them in place, so that they can be read; until commit() all is taken back all the same.
  /// InputError where that fails, and then none is.
  void place();

  /// The outermost of the folders that were made, until commit().
  std::vector<std::filesystem::path> new_folders() const;

  /// As if nothing had been added.
  void take_back();

  /// Puts all of them in place, to stay. InputError where that fails, and then none is.
  void commit();

 private:
  struct Part {
    std::filesystem::path target;
    std::filesystem::path temporary = {};  // holds the content until it is in place
    std::filesystem::path old = {};        // another name of what was in its place
    std::string content = {};              // for what is no plain file
    bool in_place = false;
  };

  void make_folders(const std::filesystem::path& folder);
  void put_in_place(Part& part, bool keep_old);

  std::vector<Part> parts_;
  std::vector<std::filesystem::path> made_folders_;  // outer before inner
};

}  // namespace rung
