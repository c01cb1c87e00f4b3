#pragma once
/// Public repositories whose result files Rung reads: what they are, where they lie here, how to
/// bring them.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rung/data/source.hpp"

namespace rung {

const std::vector<DataSource>& data_sources();

/// InputError with the nearest names when there is none of that name.
const DataSource& data_source(const std::string& name);

/// Folders in which results may lie.
struct DataPlaces {
  std::filesystem::path chosen;  // $RUNG_DATA; may be empty
  std::filesystem::path cache;   // $XDG_CACHE_HOME/rung, else ~/.cache/rung; may be empty
  std::filesystem::path beside = "../shared/data";
};
DataPlaces data_places_of_environment();

/// The folder that holds the source's results, with `mark` in it: `place` itself, place/NAME, or
/// either as a clone of the repository. Absent when they are not there.
std::optional<std::filesystem::path> data_within(const DataSource& source,
                                                 const std::filesystem::path& place);

/// The same in the first of the places that has them: chosen, cache, beside.
std::optional<std::filesystem::path> find_data(const DataSource& source, const DataPlaces& places);

/// The tables of the source's measurements that ship with the library ("published:NAME").
std::filesystem::path shipped_data(const DataSource& source);

/// Where the source's results are read from: find_data's folder, else what ships.
std::filesystem::path data_folder(const DataSource& source, const DataPlaces& places);

/// The folder for people: "published:olmo-ladder, which ships with rung".
std::string place_text(const std::filesystem::path& folder);

struct FetchOptions {
  std::string address;   // instead of the source's own; empty: that one
  bool replace = false;  // fetch again what is there
  std::function<void(const std::string&)>
      progress;  // told each step before it starts; may throw to stop
};

/// Brings the source's results into the folder to/NAME with a shallow, sparse git clone, beside a
/// file "rung-source.txt" that says where they came from. All or nothing: the folder appears, or
/// changes, only when everything is there. InputError when git or the network is missing, with what
/// was tried and how to do it by hand.
FetchedData fetch_data(const DataSource& source, const std::filesystem::path& to,
                       const FetchOptions& options);

/// The commit that fetch_data wrote down in `folder`; "" when it wrote none there.
std::string fetched_commit(const std::filesystem::path& folder);

}  // namespace rung
