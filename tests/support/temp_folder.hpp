#pragma once
/// A folder of a test's own, gone when the test ends. It stands alone in another, so that a path
/// like `../shared` leads nowhere from it, whatever else lies beside temporary files.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace rung {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rung-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::filesystem::filesystem_error(name, {});
    alone_in_ = name;
    path_ = alone_in_ / "folder";
    std::filesystem::create_directory(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(alone_in_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file, with the folders above it, and says where it stands.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  std::filesystem::path alone_in_, path_;
};

}  // namespace rung
