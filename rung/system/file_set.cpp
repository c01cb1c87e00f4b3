#include "rung/system/file_set.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "rung/system/descriptor.hpp"
#include "rung/system/file_error.hpp"
#include "rung/system/streamed_file.hpp"

namespace rung {
namespace fs = std::filesystem;
namespace {

constexpr const char* kCantWrite = "can't write it";

/// A new file beside `target`. `mode`: 0 for that of any new file.
fs::path write_beside(const fs::path& target, std::string_view content, mode_t mode) {
  StreamedFile file(target, mode);
  file.write(content);
  return file.release();
}

/// Pipes and devices can't be renamed over; they are written as they stand.
void write_in_place(const fs::path& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open() || !write_all(file.number(), content) || !file.close())
    fail_at(path, kCantWrite, errno);
}

/// A second name for a file, or a new one where the file system has no second names.
fs::path named_anew(const fs::path& path) {
  fs::path other = unpredictable_name(path);
  if (::link(path.c_str(), other.c_str()) == 0) return other;
  if (::rename(path.c_str(), other.c_str()) != 0) fail_at(path, kCantWrite, errno);
  return other;
}

}  // namespace

FileSet::~FileSet() { take_back(); }

void FileSet::make_folders(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return;
  make_folders(folder.parent_path());
  if (fs::create_directory(folder, error)) made_folders_.push_back(folder);
  if (error) fail_at(folder, "can't make the folder", error.value());
}

void FileSet::add(const fs::path& path, std::string_view content) {
  make_folders(path.parent_path());
  Part part{path};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ELOOP) fail_at(path, kCantWrite, ELOOP);
    part.temporary = write_beside(path, content, 0);
  } else if (S_ISDIR(status.st_mode)) {
    fail_at(path, kCantWrite, EISDIR);
  } else if (!S_ISREG(status.st_mode)) {
    part.content = content;
  } else {
    if (::access(path.c_str(), W_OK) != 0) fail_at(path, kCantWrite, errno);
    // Through a link to the file itself, so that the link stays one.
    std::error_code error;
    part.target = fs::canonical(path, error);
    if (error) part.target = path;
    part.temporary = write_beside(part.target, content, status.st_mode & 07777);
  }
  parts_.push_back(std::move(part));
}

void FileSet::put_in_place(Part& part, bool keep_old) {
  if (part.in_place) return;
  if (part.temporary.empty()) {
    write_in_place(part.target, part.content);
    part.in_place = true;
    return;
  }
  std::error_code ignored;
  if (keep_old && fs::exists(part.target, ignored)) part.old = named_anew(part.target);
  if (::rename(part.temporary.c_str(), part.target.c_str()) != 0)
    fail_at(part.target, kCantWrite, errno);
  part.in_place = true;
}

void FileSet::place() {
  try {
    for (Part& part : parts_) put_in_place(part, true);
  } catch (...) {
    take_back();
    throw;
  }
}

void FileSet::commit() {
  try {
    // The last can fail only as a whole, and needs no way back.
    for (Part& part : parts_) put_in_place(part, &part != &parts_.back());
  } catch (...) {
    take_back();
    throw;
  }
  for (const Part& part : parts_) {
    if (!part.old.empty()) ::unlink(part.old.c_str());
  }
  parts_.clear();
  made_folders_.clear();
}

std::vector<fs::path> FileSet::new_folders() const {
  std::vector<fs::path> outermost;
  for (const fs::path& folder : made_folders_) {
    const auto is_above = [&](const fs::path& other) { return other == folder.parent_path(); };
    if (std::none_of(made_folders_.begin(), made_folders_.end(), is_above))
      outermost.push_back(folder);
  }
  return outermost;
}

void FileSet::take_back() {
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    const bool is_new = part->in_place && !part->temporary.empty() && part->old.empty();
    if (is_new) ::unlink(part->target.c_str());
    if (!part->old.empty()) ::rename(part->old.c_str(), part->target.c_str());
    if (!part->temporary.empty() && !part->in_place) ::unlink(part->temporary.c_str());
  }
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder)
    ::rmdir(folder->c_str());
  parts_.clear();
  made_folders_.clear();
}

}  // namespace rung
