#include "rung/data/reader/wandb_api.hpp"

#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rung/core/counted.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/wandb_pages.hpp"
#include "rung/data/reader/wandb_server.hpp"
#include "rung/data/reader/wandb_values.hpp"

namespace rung {
namespace {

using ApiJson = nlohmann::ordered_json;

constexpr const char* kRunFields = "name displayName state config historyLineCount historyKeys";

/// What the server says of a run, without its rows.
struct ListedRun {
  std::string id, name;
  Run about;  // settings
  double n_rows = 0;
  std::optional<double> last_step;
};

const ApiJson& member_of(const ApiJson& object, const char* key) {
  static const ApiJson kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::string text_of(const ApiJson& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// A JSON value that comes as such, or as its text.
Value value_of(const ApiJson& json, const std::string& source) {
  const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
  return parse_json_cells(text.empty() ? "null" : text, source);
}

/// Settings stand under their names as {"value": …, "desc": …}.
void add_settings(const Value& config, Run& run) {
  const Value::Table* members = config.table();
  if (!members) return;
  for (const Member& member : *members) {
    const Value* value = member.value.find("value");
    put_wandb_setting(member.key, value ? *value : member.value, run);
  }
}

/// It becomes part of a file's name and of requests.
void check_identifier(const std::string& id) {
  const bool is_plain = !id.empty() && id.find_first_not_of(
                                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789-_.") == std::string::npos;
  if (!is_plain || id.starts_with('.'))
    throw InputError("'" + id + "' is no identifier of Weights & Biases",
                     "letters, digits, '-', '_' and '.'");
}

ListedRun listed_run(const ApiJson& node) {
  ListedRun run{.id = text_of(member_of(node, "name")),
                .name = text_of(member_of(node, "displayName"))};
  check_identifier(run.id);
  const std::string source = "the configuration of run " + run.id;
  add_settings(value_of(member_of(node, "config"), source), run.about);
  const ApiJson& n_rows = member_of(node, "historyLineCount");
  if (n_rows.is_number()) run.n_rows = n_rows.get<double>();
  const Value keys = value_of(member_of(node, "historyKeys"), source);
  if (const Value* last = keys.find("lastStep")) run.last_step = last->number();
  constexpr double kMostSteps = 1e12;
  if (run.last_step && !(*run.last_step <= kMostSteps))
    throw InputError("run " + run.id + " says that its last step is " + shortest(*run.last_step));
  return run;
}

class WandbFetch {
 public:
  WandbFetch(const WandbPath& path, const WandbServer& server, const WandbRequest& request,
             const WandbConnection& connection)
      : path_(path), request_(request), client_(server, request, connection) {
    check_identifier(path.entity);
    check_identifier(path.project);
  }

  void fetch(Imported& imported) {
    const std::vector<ListedRun> runs = list();
    if (runs.empty())
      throw InputError(
          "there is no " +
              (path_.run.empty() ? std::string("run that is meant") : "run '" + path_.run + "'") +
              " in " + path_.entity + "/" + path_.project,
          "--runs REGEX finds names");
    std::size_t n = 0;
    for (const ListedRun& run : runs) {
      client_.say("run " + std::to_string(++n) + " of " + std::to_string(runs.size()) + ": " +
                  (run.name.empty() ? run.id : run.name));
      imported.runs.push_back(fetch_run(run, imported.warnings));
    }
  }

 private:
  /// The runs that are meant. One that is named is sought by its identifier first.
  std::vector<ListedRun> list() {
    std::vector<ListedRun> found;
    if (!path_.run.empty()) {
      const ApiJson data = client_.ask(
          "query Run($entity: String!, $project: String!, $run: String!) { project(name: $project, "
          "entityName: $entity) { run(name: $run) { " +
              std::string(kRunFields) + " } } }",
          variables({{"run", path_.run}}), "run " + path_.run);
      const ApiJson& run = member_of(project_of(data), "run");
      if (run.is_object()) return {listed_run(run)};
    }
    ApiJson cursor;
    do {
      const ApiJson page = list_page(cursor);
      const ApiJson& edges = member_of(page, "edges");
      for (const ApiJson& edge : edges.is_array() ? edges : ApiJson::array()) {
        ListedRun run = listed_run(member_of(edge, "node"));
        if (is_meant(run)) found.push_back(std::move(run));
      }
      const ApiJson& info = member_of(page, "pageInfo");
      const ApiJson& more = member_of(info, "hasNextPage");
      const ApiJson next =
          more.is_boolean() && more.get<bool>() ? member_of(info, "endCursor") : ApiJson();
      // A cursor that stays where it is would lead round for ever.
      cursor = next == cursor ? ApiJson() : next;
    } while (!cursor.is_null());
    return found;
  }

  ApiJson list_page(const ApiJson& cursor) const {
    constexpr int kRunsAPage = 50;
    const ApiJson data = client_.ask(
        "query Runs($entity: String!, $project: String!, $cursor: String, $perPage: Int!) { "
        "project(name: $project, entityName: $entity) { runs(after: $cursor, first: $perPage, "
        "order: \"+created_at\") { edges { node { " +
            std::string(kRunFields) + " } cursor } pageInfo { endCursor hasNextPage } } } }",
        variables({{"cursor", cursor}, {"perPage", kRunsAPage}}), "the list of runs");
    return member_of(project_of(data), "runs");
  }

  bool is_meant(const ListedRun& run) const {
    if (!path_.run.empty()) return run.name == path_.run;
    return !request_.keeps || request_.keeps(run.id) ||
           (!run.name.empty() && request_.keeps(run.name));
  }

  Run fetch_run(const ListedRun& listed, std::vector<std::string>& warnings) const {
    HistoryRows rows(pages_file(listed.id));
    fetch_rows(listed, request_.steps_a_page, rows);
    // A server that gives part of a page gives more of smaller ones.
    constexpr std::size_t kSmaller = 10;
    const auto lacks = [&] { return static_cast<double>(rows.size()) < listed.n_rows; };
    if (lacks() && request_.steps_a_page > kSmaller)
      fetch_rows(listed, request_.steps_a_page / kSmaller, rows, true);
    if (lacks())
      warnings.push_back("run '" + (listed.name.empty() ? listed.id : listed.name) +
                         "': " + std::to_string(rows.size()) + " of " + shortest(listed.n_rows) +
                         " rows came");
    LoggedRows logged;
    for (const auto& [step, row] : rows.rows()) {
      logged.begin_row();
      put_wandb_value("", row, logged);
    }
    Run run = std::move(logged).run();
    run.settings.insert(listed.about.settings.begin(), listed.about.settings.end());
    run.descriptions = listed.about.descriptions;
    run.model = run.descriptions[kRunId] = listed.id;
    run.label = listed.name;
    run.file = "wandb:" + path_.entity + "/" + path_.project + "/" + listed.id;
    derive_settings(run);
    return run;
  }

  void fetch_rows(const ListedRun& run, std::size_t steps_a_page, HistoryRows& rows,
                  bool again = false) const {
    const auto n_steps = static_cast<double>(steps_a_page);
    for (double begin = 0;; begin += n_steps) {
      const bool is_known = run.last_step.has_value();
      if (is_known ? begin > *run.last_step : static_cast<double>(rows.size()) >= run.n_rows)
        return;
      // The last page of a run under way grows.
      const bool is_whole = is_known && begin + n_steps <= *run.last_step;
      if (!again && is_whole && rows.has(begin, begin + n_steps)) continue;
      const HistoryPage page = fetch_page(run, begin, begin + n_steps, steps_a_page);
      rows.add(page);
      if (!is_known && page.rows.empty()) return;
    }
  }

  HistoryPage fetch_page(const ListedRun& run, double begin, double end, std::size_t n) const {
    const ApiJson data = client_.ask(
        "query HistoryPage($entity: String!, $project: String!, $run: String!, $minStep: Int64!, "
        "$maxStep: Int64!, $pageSize: Int!) { project(name: $project, entityName: $entity) { "
        "run(name: $run) { history(minStep: $minStep, maxStep: $maxStep, samples: $pageSize) } } }",
        variables({{"run", run.id},
                   {"minStep", static_cast<std::int64_t>(begin)},
                   {"maxStep", static_cast<std::int64_t>(end)},
                   {"pageSize", n}}),
        "rows of run " + run.id + " from step " + shortest(begin));
    HistoryPage page{begin, end, {}};
    const ApiJson& rows = member_of(member_of(project_of(data), "run"), "history");
    for (const ApiJson& row : rows.is_array() ? rows : ApiJson::array())
      page.rows.push_back(row.is_string() ? row.get<std::string>() : row.dump());
    return page;
  }

  ApiJson variables(ApiJson more) const {
    more["entity"] = path_.entity;
    more["project"] = path_.project;
    return more;
  }

  const ApiJson& project_of(const ApiJson& data) const {
    const ApiJson& project = member_of(data, "project");
    if (project.is_object()) return project;
    throw InputError(
        "there is no project " + path_.entity + "/" + path_.project + " that may be read",
        "private ones need their key in WANDB_API_KEY");
  }

  std::filesystem::path pages_file(const std::string& id) const {
    if (request_.pages_folder.empty()) return {};
    return request_.pages_folder / path_.entity / path_.project / (id + ".jsonl");
  }

  const WandbPath& path_;
  const WandbRequest& request_;
  WandbClient client_;
};

std::string host_of(std::string_view url) {
  const std::size_t at = url.find("://");
  if (at != url.npos) url.remove_prefix(at + 3);
  std::string host(url.substr(0, url.find('/')));
  return host.starts_with("api.") ? host.substr(4) : host;
}

}  // namespace

std::optional<WandbPath> parse_wandb_path(const std::string& source, const std::string& base_url) {
  constexpr std::string_view kScheme = "wandb:";
  const bool is_url = source.starts_with("https://") || source.starts_with("http://");
  if (!is_url && !source.starts_with(kScheme)) return std::nullopt;
  std::string path = source.substr(is_url ? source.find("://") + 3 : kScheme.size());
  if (is_url) {
    if (host_of(source) != host_of(base_url))
      throw InputError("'" + source + "' is on another server than " + base_url,
                       "WANDB_BASE_URL says which server has the runs");
    path = path.substr(std::min(path.find('/'), path.size() - 1) + 1);
  }
  path = path.substr(0, path.find_first_of("?#"));
  std::vector<std::string> parts = split(path, '/');
  std::erase(parts, "");
  // "ENTITY/PROJECT/runs/RUN/overview", "ENTITY/PROJECT/workspace"
  if (parts.size() > 2 && parts[2] == "runs") parts.erase(parts.begin() + 2);
  if (is_url && parts.size() > 2 && source.find("/runs/") == std::string::npos) parts.resize(2);
  if (is_url && parts.size() > 3) parts.resize(3);
  if (parts.size() < 2 || parts.size() > 3)
    throw InputError("'" + source + "' names no project of Weights & Biases",
                     "wandb:ENTITY/PROJECT or wandb:ENTITY/PROJECT/RUN");
  return WandbPath{parts[0], parts[1], parts.size() > 2 ? parts[2] : ""};
}

WandbServer WandbServer::of_environment() {
  WandbServer server;
  if (const char* url = std::getenv("WANDB_BASE_URL"); url && *url) server.base_url = url;
  while (server.base_url.ends_with('/')) server.base_url.pop_back();
  if (const char* key = std::getenv("WANDB_API_KEY")) server.key = trimmed(key);
  return server;
}

void fetch_wandb(const WandbPath& path, const WandbServer& server, const WandbRequest& request,
                 const WandbConnection& connection, Imported& imported) {
  WandbFetch(path, server, request, connection).fetch(imported);
}

}  // namespace rung
