#include "rung/report/data_sources.hpp"

#include <nlohmann/json.hpp>

namespace rung {

Document describe(const std::vector<FoundData>& found) {
  Document document;
  TextTable& table = document.rows;
  table.add_column("name");
  table.add_column("contents");
  table.add_column("licence");
  table.add_column("from", "address");
  table.add_column("here", "folder");
  Json results = Json::array();
  bool some_ship = false;
  for (const auto& [source, folder, ships, commit] : found) {
    some_ship = some_ship || ships;
    table.add_row({source->name, source->contents, source->licence, source->address, folder});
    results.push_back({{"name", source->name},
                       {"contents", source->contents},
                       {"paper", source->paper},
                       {"licence", source->licence},
                       {"address", source->address},
                       {"folder", folder},
                       {"ships", ships},
                       {"commit", json_label(commit)}});
  }
  document.add(table);
  if (some_ship)
    document.add(Paragraph{
        "published: tables of the measurements, which ship with rung. All files: rung data get "
        "NAME"});
  return document.set_results(std::move(results));
}

Document describe(const DataSource& source, const FetchedData& fetched) {
  const std::string folder = fetched.folder.string();
  Document document;
  for (const char* header : {"name", "folder", "commit"}) document.rows.add_column(header);
  document.rows.add_row({source.name, folder, fetched.commit});
  return document
      .add(Paragraph{source.name + (fetched.was_there ? " was in " : " is in ") + folder +
                     "\nLicence: " + source.licence + "; please cite " + source.paper + "."})
      .set_results({{{"name", source.name},
                     {"folder", folder},
                     {"commit", json_label(fetched.commit)},
                     {"was_there", fetched.was_there}}});
}

}  // namespace rung
