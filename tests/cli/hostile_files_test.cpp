#include "tests/cli/hostile.hpp"
#include "tests/support/git_repository.hpp"

namespace rung::cli {
namespace {

const std::string kFitRuns = "$RUNG fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0";

/// Rows whose line is one of bash, in the folder; "$F" is a fit of runs.csv.
void run_in_bash(const HostileFolder& folder, const std::vector<Hostile>& rows) {
  for (const Hostile& row : rows) {
    folder.check(row, [&] {
      const std::string fit = "F='" RUNG_COMMAND
                              "'; fit() { \"$F\" fit runs.csv --law chinchilla "
                              "--x N=N,D=D --bootstrap 0 \"$@\"; }; ";
      return run_shell(fit + row.line);
    });
  }
}

TEST(HostileFiles, OutputsThatAreInputsOrEachOther) {
  const HostileFolder folder;
  folder.write("other.csv", "N,D\n1e9,2e10\n");
  folder.write("keep.json", "precious\n");
  std::filesystem::create_symlink("runs.csv", "link.csv");
  std::filesystem::create_hard_link("runs.csv", "hard.csv");
  std::filesystem::create_symlink("b", "a");
  std::filesystem::create_symlink("a", "b");
  folder.write("study.toml",
               "[[step]]\ncommand = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
               "x = \"N=N, D=D\"\nsave-fit = \"study.toml\"\n");
  folder.write("steps.toml",
               "[[step]]\ncommand = \"fit\"\ntable = \"runs.csv\"\nlaw = \"chinchilla\"\n"
               "x = \"N=N, D=D\"\nsave-fit = \"keep.json\"\noutput-path = \"new/fit.svg\"\n"
               "[[step]]\ncommand = \"fit\"\ntable = \"missing.csv\"\nlaw = \"chinchilla\"\n");
  const std::string fit = "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0";
  folder.run(std::vector<Hostile>{
      {"JSON over the table", fit + " --json runs.csv", "runs.csv"},
      {"by another path", fit + " --json ./runs.csv", "runs.csv"},
      {"by a link", fit + " --csv link.csv", "link.csv"},
      {"by a second name", fit + " --csv hard.csv", "hard.csv"},
      {"CSV over the table", fit + " --csv runs.csv", "runs.csv"},
      {"saved fit over the table", fit + " --save-fit runs.csv", "runs.csv"},
      {"over the table to predict", fit + " --predict other.csv --csv other.csv", "other.csv"},
      {"saved fit and JSON", fit + " --json s.json --save-fit s.json", "s.json"},
      {"the same by another path", fit + " --json s.json --save-fit ./s.json", "s.json"},
      {"JSON and CSV", fit + " --json s.json --csv s.json", "s.json"},
      {"JSON and CSV by another path", fit + " --json s.json --csv ./s.json", "s.json"},
      {"over the saved fit", "predict fit.json --at N=7e9,D=1e12 --json fit.json", "fit.json"},
      {"over the study", "study run study.toml --bootstrap 0", "study.toml"},
      {"a later step fails", "study run steps.toml --bootstrap 0", "missing.csv"},
      {"into a loop of links", fit + " --json a", "a"},
      {"out of a loop of links", "fit a --law chinchilla", "a"},
      {"into a folder", fit + " --json .", "."},
      {"below a file", fit + " --json runs.csv/x.json", "runs.csv"},
      {"a folder as table", "fit . --law chinchilla", "."},
      {"saved fit to standard output", fit + " --save-fit -", "'-' is standard output"},
      {"table to standard output", "import runs.csv -o -", "'-' is standard output"},
      {"import over its source", "import runs.csv -o runs.csv", "runs.csv"},
  });
}

TEST(HostileFiles, StreamsThatAreClosedOrFull) {
  const HostileFolder folder;
  folder.write("keep.json", "precious\n");
  run_in_bash(folder,
              {
                  {"no output", "fit >&-", "standard output"},
                  {"no output, one file", "fit --json keep.json >&-", "standard output"},
                  {"full output", "fit >/dev/full", "standard output"},
                  {"full output, three files",
                   "fit --json j.json --save-fit keep.json -o f.svg >/dev/full", "standard output"},
                  {"full file", "fit --json /dev/full", "/dev/full"},
                  {"full file among others",
                   "fit --json keep.json --csv /dev/full --save-fit new.json", "/dev/full"},
                  {"full file beside tokens",
                   "$RUNG tokenize runs.csv --validation 0 --to new --json /dev/full", "/dev/full"},
                  {"no errors", "$RUNG dactor 2>&-", ""},
                  {"full errors", "$RUNG dactor 2>/dev/full", ""},
                  {"reader of errors gone",
                   "set -o pipefail; (sleep 0.1; exec $RUNG dactor) 2>&1 | true", ""},
                  {"no input", "$RUNG fit - --law chinchilla <&-", "can't read"},
                  {"nothing at all", "fit <&- >&- 2>&-", ""},
                  {"study to a full output",
                   "printf "
                   "'[[step]]\\ncommand=\"fit\"\\ntable=\"runs.csv\"\\nlaw=\"chinchilla\"\\nx=\"N="
                   "N,D=D\"\\n"
                   "save-fit=\"keep.json\"\\n' > s.toml; $RUNG study run s.toml --bootstrap 0 > "
                   "/dev/full; s=$?; "
                   "rm s.toml; exit $s",
                   "standard output"},
                  {"help to a full output", "$RUNG --help >/dev/full", "standard output"},
              });
}

TEST(HostileFiles, LimitsOfTheSystem) {
  const HostileFolder folder;
  run_in_bash(folder, {
                          {"small stack", "ulimit -s 64; fit", "stack", 1},
                          {"small stack for a deep formula",
                           "ulimit -s 256; fit --param alpha=0..1", "stack", 1},
                          {"no large file", "ulimit -f 0; fit --json j.json", "j.json"},
                      });
}

/// Read once, and its hash is of what was read.
TEST(HostileFiles, Pipes) {
  const HostileFolder folder;
  const std::string words = " --law chinchilla --x N=N,D=D --bootstrap 0 --json -";
  const Ran file = run_shell("$RUNG fit runs.csv" + words);
  const Ran pipe = run_shell("$RUNG fit <(cat runs.csv)" + words);
  ASSERT_EQ(pipe.status, 0) << pipe.err;
  const auto hash_of = [](const std::string& json) {
    return json.substr(json.find("\"sha256\""), 78);
  };
  EXPECT_EQ(hash_of(pipe.out), hash_of(file.out));
  for (const char* line :
       {"$RUNG predict <(cat fit.json) --at N=7e9,D=1e12 --json -",
        "$RUNG fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --predict <(cat runs.csv)",
        "$RUNG study run <(printf '[[step]]\\ncommand=\"doctor\"\\n') --json -",
        "$RUNG hardware --hardware-table <($RUNG hardware --toml) --json -",
        "$RUNG laws --laws <(cat '" RUNG_SOURCE_DIR "/rung/law/catalogue/m1.toml' | sed s/m1/mm1/) "
        "--json -"}) {
    const Ran ran = run_shell(line);
    EXPECT_EQ(ran.status, 0) << line << ran.err;
  }
}

TEST(HostileFiles, UnpackedOnlySoFar) {
  const HostileFolder folder;
  ASSERT_EQ(run_shell("(echo x,loss; yes 1,2 | head -n 3000000) | gzip > bomb.csv.gz").status, 0);
  folder.run(std::vector<Hostile>{
      {"gzip", "fit bomb.csv.gz --formula E+A/x --x x=x --most-unpacked 1M", "--most-unpacked"},
      {"gzip to import", "import bomb.csv.gz -o out.csv --most-unpacked 1M", "--most-unpacked"},
      {"gzip to tokenize", "tokenize bomb.csv.gz --to new --validation 0 --most-unpacked 1M",
       "--most-unpacked"},
  });
}

/// Nothing that was fetched is followed out of its folder.
TEST(HostileFiles, LinksInAFetchedRepository) {
  const TempFolder place;
  place.write("user/precious", "mine\n");
  const std::string precious = (place.path() / "user/precious").string();
  const std::string folder_of_user = (place.path() / "user").string();
  const std::string mark = "base_llm_benchmark_eval.csv";
  struct Link {
    const char* at;
    std::string to;
  };
  for (const Link& link :
       {Link{"eval_results/rung-source.txt", precious}, Link{"eval_results/folder", folder_of_user},
        Link{"eval_results/inside", mark}}) {
    const TempFolder source;
    std::filesystem::create_directories(source.path() / "repository/eval_results");
    std::filesystem::create_symlink(link.to, source.path() / "repository" / link.at);
    const std::string address =
        make_git_repository(source, {{"eval_results/" + mark, "Model\nm\n"}});
    const HostileFolder folder;
    folder.run(std::vector<Hostile>{
        {"link", "data get obs-scaling --to here --from " + address, link.at}});
    EXPECT_EQ(read_file(precious), "mine\n");
  }
  // The folder itself is a link.
  const TempFolder source;
  std::filesystem::create_directories(source.path() / "repository");
  std::filesystem::create_directory_symlink(folder_of_user,
                                            source.path() / "repository/eval_results");
  const std::string address = make_git_repository(source, {{"README", "x\n"}});
  HostileFolder().run(std::vector<Hostile>{
      {"link", "data get obs-scaling --to here --from " + address, "eval_results"}});
}

}  // namespace
}  // namespace rung::cli
