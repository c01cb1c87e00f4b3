#include <nlohmann/json.hpp>

#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;

TEST(HostileConfigurations, Ladder) {
  const std::string step1 = "ladder step1 -c t.json -k hellaswag_val_5shot";
  std::vector<Hostile> rows;
  const auto add = [&](const char* kind, const char* names, std::string text) {
    rows.push_back({kind, step1, names, 2, std::move(text), "t.json"});
  };
  add("no run", "t.json:1", R"({"S": {"paths": [], "mode": "train", "n": 1e8}})");
  add("runs that are not there", "a.csv",
      R"({"S": {"paths": ["a.csv"], "mode": "train", "n": 1}})");
  add("unknown mode", "'mode'", R"({"S": {"paths": ["runs.csv"], "mode": "try", "n": 1e8}})");
  add("size below 0", "'n'", R"({"S": {"paths": ["runs.csv"], "mode": "train", "n": -1}})");
  add("size that is text", "'n'", R"({"S": {"paths": ["runs.csv"], "mode": "train", "n": "1B"}})");
  add("entry that is a number", "'S'", R"({"S": 7})");
  add("list", "t.json:1", "[]");
  add("cut short", "t.json:1", R"({"S": {"paths": ["runs.csv"])");
  add("another table", "runs.csv:1",
      R"({"S": {"paths": ["runs.csv"], "mode": "train", "n": 1e8}})");
  add("no table", "fit.json", R"({"S": {"paths": ["fit.json"], "mode": "train", "n": 1e8}})");
  add("nested deep", "t.json:1", repeated("[", 100'000));
  add("key twice", "'S'", R"({"S": {"paths": ["runs.csv"], "mode": "train", "n": 1}, "S": {}})");
  // Found in a checkout of the published repository.
  rows.push_back({"checkout", "ladder compute-error", "src/scripts/paper/configs/final.json:1", 2,
                  "[]", "src/scripts/paper/configs/final.json"});
  HostileFolder().run(rows);
}

TEST(HostileConfigurations, Toml) {
  const std::string ladder =
      "ladder step1 -c published:olmo-ladder/configs/final.json -k t --tasks ";
  std::vector<Hostile> rows;
  const auto add = [&](const std::string& line, const char* names, const std::string& text) {
    rows.push_back({text.substr(0, 40), line, names, 2, text, "t.toml"});
  };
  const std::string fit = "[[step]]\ncommand = \"fit\"\ntable = \"runs.csv\"\n";
  add("study run t.toml", "t.toml:1:1", "schema = 1\n");
  add("study run t.toml", "t.toml:4:1", fit + "lawx = \"c\"\n");
  add("study run t.toml", "t.toml:2", "[[step]]\ncommand = \"fut\"\n");
  add("study run t.toml", "are tables called [[step]]", "[[steps]]\ncommand = \"fit\"\n");
  add("study run t.toml", "t.toml:2", "[[step]]\ncommand = \"study run\"\n");
  add("study run t.toml", "t.toml:2", "[[step]]\ncommand = 3\n");
  add("study run t.toml", "t.toml:1", "x = \n");
  add("study run t.toml", "t.toml:1", "\xff\xfe");
  add("study run t.toml", "t.toml:4", fit + "law = \"chinchila\"\n");
  add("study run t.toml", "t.toml:4", fit + "json = \"runs.csv\"\nlaw = \"chinchilla\"\n");
  add("study run t.toml", "t.toml:5", fit + "law = \"chinchilla\"\nbootstrap = -1\n");
  add("study run t.toml", "t.toml:5", fit + "law = \"chinchilla\"\nlaw = \"farseer\"\n");
  add("laws --check t.toml", "t.toml:1", "name = \"a\"\nformula = \"E+A/N\"\n");
  add("laws --laws t.toml", "t.toml:1", "name = \"../x\"\nformula = \"E+A/N\"\n");
  add("laws --laws t.toml", "t.toml:1", "\xff\xfe");
  add("hardware --hardware-table t.toml", "t.toml:2",
      "[accelerators.x]\npower_watts = -3\npeak_flops_per_second = { fp16 = 1e12 }\n");
  add("hardware --hardware-table t.toml", "t.toml", "[accelerator.x]\n");
  add(ladder + "t.toml", "'x'", "[tasks.t]\nrc_bpb = \"x\"\nrc_acc = \"y\"\n");
  add(ladder + "t.toml", "t.toml:2", "[tasks]\nrc_bpb = 3\n");
  for (const std::string& line :
       {std::string("study run t.toml"), std::string("laws --laws t.toml"), ladder + "t.toml",
        std::string("hardware --hardware-table t.toml"), std::string("observe pca --sets t.toml"),
        std::string("overtraining fit --study t.toml")}) {
    add(line, "t.toml:1", "a = " + repeated("[", 100'000));
    add(line, "t.toml:1", "a = 'text\n");
  }
  HostileFolder().run(rows);
}

/// Files of other kinds are named where TOML or JSON is read, too.
TEST(HostileConfigurations, FilesOfOtherKinds) {
  using namespace std::string_literals;
  const std::string zip = "PK\x03\x04\x14\x00\x00\x00"s, pickle = "\x80\x04\x95\x00\x00"s;
  std::vector<Hostile> rows;
  for (const char* line :
       {"study run t.bin", "laws --laws t.bin", "hardware --hardware-table t.bin",
        "ladder train t.bin --dry-run", "model list --models t.bin", "observe pca --sets t.bin",
        "train --data t.bin --dry-run", "predict t.bin --at N=7e9,D=1e12",
        "ladder step1 -k mmlu -c t.bin",
        "tokenize runs.csv --validation 0 --to new --tokenizer t.bin"}) {
    rows.push_back({"zip", line, "this is a zip archive, where", 2, zip, "t.bin"});
    rows.push_back({"pickle", line, "this is a Python pickle, where", 2, pickle, "t.bin"});
  }
  HostileFolder().run(rows);
}

/// Every key of a saved fit, taken away or made text, is named; the few that may be left out and
/// those that name things are told apart from the others.
TEST(HostileConfigurations, SavedFits) {
  const HostileFolder folder;
  const json whole = json::parse(read_file("fit.json"));
  const std::string line = "predict t.json --at N=7e9,D=1e12";
  const auto check = [&](const json::json_pointer& at, const json& spoilt) {
    folder.run(std::vector<Hostile>{{at.to_string(), line, at.back(), 2, spoilt.dump(), "t.json"}});
  };
  std::size_t n = 0;
  const std::vector<std::string> required = {"/schema_version",
                                             "/kind",
                                             "/request",
                                             "/groups",
                                             "/request/y",
                                             "/request/loss",
                                             "/request/residual",
                                             "/request/level",
                                             "/groups/0/parameters",
                                             "/groups/0/parameters/A",
                                             "/groups/0/parameters/beta",
                                             "/groups/0/status",
                                             "/groups/0/identified",
                                             "/groups/0/lowest",
                                             "/groups/0/highest",
                                             "/groups/0/residuals",
                                             "/groups/0/replicates",
                                             "/groups/0/covariance/coordinates",
                                             "/groups/0/covariance/matrix",
                                             "/groups/0/covariance/residual_variance",
                                             "/groups/0/covariance/dof"};
  for (const std::string& path : required) {
    const json::json_pointer at(path);
    json spoilt = whole;
    spoilt[at.parent_pointer()].erase(at.back());
    check(at, spoilt);
    spoilt = whole;
    spoilt[at] = json::object({{"other", 1}});
    check(at, spoilt);
    n += 2;
  }
  for (const char* path : {"/request/x", "/request/formula", "/groups/0/group", "/request/param",
                           "/groups/0/notes", "/groups/0/covariance", "/groups/0/conformal",
                           "/request/group_by", "/groups/0/interval", "/request/fix"}) {
    json spoilt = whole;
    spoilt[json::json_pointer(path)] = 7;
    check(json::json_pointer(path), spoilt);
    ++n;
  }
  for (const json& version : {json(2), json(0), json(1.5), json("1")}) {
    json spoilt = whole;
    spoilt["schema_version"] = version;
    check(json::json_pointer("/schema_version"), spoilt);
    ++n;
  }
  EXPECT_GE(n, 50u);
}

}  // namespace
}  // namespace rung::cli
