#pragma once
/// A public data set: what it is and where it comes from.

#include <filesystem>
#include <string>
#include <vector>

namespace rung {

struct DataSource {
  std::string name;      // "olmo-ladder"
  std::string contents;  // one line
  std::string paper;     // "arXiv:2412.04403"
  std::string licence;   // of the results, as an SPDX identifier
  std::string address;   // of the git repository
  std::string folder;    // in the repository, the one that holds the results: "src/scripts/paper"
  std::vector<std::string> parts;  // of `folder`, what is needed; empty: all of it
  std::string mark;                // a file under `folder` that is always there
  std::string shipped_commit;      // whose measurements ship with the library
};

struct FetchedData {
  std::filesystem::path folder;
  std::string commit;  // 40 hexadecimal digits; "" when it was there and says nothing
  bool was_there = false;
};

}  // namespace rung
