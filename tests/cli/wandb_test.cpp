// Runs from Weights & Biases' server, whose place tests/support/wandb_server.py takes.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "rung/core/text.hpp"
#include "rung/data/reader/csv.hpp"
#include "rung/system/file.hpp"
#include "rung/system/http.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "0123456789abcdef0123456789abcdef01234567";

class WandbServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::optional<Process> server = Process::start(
        {.program = "python3",
         .arguments = {RUNG_SOURCE_DIR "/tests/support/wandb_server.py", file("requests")},
         .on_output = [this](std::string_view text) { port_ += text; }});
    ASSERT_TRUE(server);
    server_.emplace(std::move(*server));
    for (int i = 0; i < 3000 && port_.find('\n') == std::string::npos; ++i) {
      if (server_->wait_for(std::chrono::milliseconds(10))) break;
    }
    ASSERT_FALSE(port_.empty()) << "the server did not start";
    url_.emplace("WANDB_BASE_URL", "http://127.0.0.1:" + std::string(trimmed(port_)));
  }

  /// What becomes of the next requests, in words; those before are forgotten.
  void expect_faults(const std::string& faults) const {
    write_file(file("requests"), "");
    const std::string url = std::getenv("WANDB_BASE_URL");
    ASSERT_EQ(http_post({.url = url + "/faults", .headers = {}, .body = faults}).status, 200);
  }

  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }

  /// `rung import SOURCE -o runs.csv --json runs.json MORE…`
  Ran import(const std::string& source, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"import",         source,         "-o",
                                      file("runs.csv"), "--retry-wait", "0"};
    for (const char* word : {"--json"}) words.insert(words.end(), {word, file("runs.json")});
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run_rung(words);
    expect_no_key(ran);
    return ran;
  }

  /// In no output, and in no file that was written.
  void expect_no_key(const Ran& ran) const {
    EXPECT_THAT(ran.out, Not(HasSubstr(kKey)));
    EXPECT_THAT(ran.err, Not(HasSubstr(kKey)));
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      EXPECT_THAT(read_file(entry.path()), Not(HasSubstr(kKey))) << entry.path();
    }
  }

  std::vector<json> requests() const {
    std::vector<json> requests;
    for (const std::string& line : split(read_file(file("requests")), '\n')) {
      if (!line.empty()) requests.push_back(json::parse(line));
    }
    return requests;
  }

  TempFolder folder_;
  std::string port_;
  std::optional<Process> server_;
  std::optional<EnvironmentValue> url_;
  EnvironmentValue key_{"WANDB_API_KEY", kKey};
};

constexpr std::size_t kRows = 2501 + 91 + 6;

TEST_F(WandbServerTest, FetchesAProject) {
  const Ran ran = import("wandb:team/ladder");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const Table table = parse_csv(read_file(file("runs.csv")), "runs.csv", {});
  ASSERT_EQ(table.n_rows(), kRows);
  EXPECT_EQ(table.numbers("step")[2500], 25000);
  EXPECT_EQ(table.numbers("n_tokens")[2500], 25000.0 * 64 * 2048);
  EXPECT_EQ(table.numbers("seconds")[2], 10);
  EXPECT_EQ(table.numbers("config.learning_rate_peak")[0], 0.004);
  EXPECT_EQ(table.numbers("config.batch_size_in_tokens")[0], 64 * 2048);
  EXPECT_FALSE(table.has("picture.path"));
  EXPECT_THAT(ran.out, HasSubstr("190M-1xC"));
  EXPECT_FALSE(table.has("config.run_id"));
  EXPECT_EQ(requests().front()["path"], "/graphql");
}

TEST_F(WandbServerTest, FaultsLoseNoRowAndDoubleNone) {
  ASSERT_EQ(import("wandb:team/ladder").status, 0);
  const std::string whole = read_file(file("runs.csv"));
  for (const char* fault : {"429", "500", "503", "broken", "half", "short", "close"}) {
    // The list's second page, a page of rows between others, and a last one.
    const std::string f = std::string(" ") + fault;
    expect_faults("ok" + f + " ok" + f + " ok" + f + f + " ok");
    const Ran ran = import("wandb:team/ladder");
    ASSERT_EQ(ran.status, 0) << fault << ran.err;
    EXPECT_EQ(read_file(file("runs.csv")), whole) << fault;
    EXPECT_THAT(ran.err, Not(HasSubstr("rows came"))) << fault;
  }
}

TEST_F(WandbServerTest, ACallGoesOnWhereTheLastOneEnded) {
  ASSERT_EQ(import("wandb:team/ladder").status, 0);
  const std::string whole = read_file(file("runs.csv"));
  // Two of the list and two pages of rows come.
  expect_faults("ok ok ok ok 500 500 500 500 500 500 500 500");
  const std::vector<std::string> kept = {"--pages", file("pages")};
  const Ran broken = import("wandb:team/ladder", kept);
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.err, HasSubstr("status 500, 8 times"));
  const fs::path pages = folder_.path() / "pages/team/ladder/r1.jsonl";
  // As if the program had been ended while it wrote.
  write_file(pages, read_file(pages) + "{\"begin\": 20000, \"rows\": [\"{");
  expect_faults("");
  ASSERT_EQ(import("wandb:team/ladder", kept).status, 0);
  EXPECT_EQ(read_file(file("runs.csv")), whole);
  std::vector<double> begins;
  for (const json& request : requests()) {
    if (request["variables"].value("run", "") == "r1")
      begins.push_back(request["variables"]["minStep"].get<double>());
  }
  EXPECT_THAT(begins, ::testing::ElementsAre(20000));
}

TEST_F(WandbServerTest, FindsRunsByPathAddressAndExpression) {
  const auto n_rows = [&](const std::string& source, const std::vector<std::string>& more = {}) {
    const Ran ran = import(source, more);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return parse_csv(read_file(file("runs.csv")), "runs.csv", {}).n_rows();
  };
  EXPECT_EQ(n_rows("wandb:team/ladder/r2"), 91u);
  EXPECT_EQ(n_rows("wandb:team/ladder/370M-1xC"), 91u);  // by its name
  EXPECT_EQ(n_rows("wandb:team/ladder", {"--runs", "^[0-9]+M"}), 2501u + 91u);
  const std::string url = std::getenv("WANDB_BASE_URL");
  EXPECT_EQ(n_rows(url + "/team/ladder/runs/r3/overview?nw=x"), 6u);
  EXPECT_EQ(n_rows(url + "/team/ladder/workspace"), kRows);
  const Ran runs = run_rung({"runs", "wandb:team/ladder/r2"});
  EXPECT_EQ(runs.status, 0) << runs.err;
  EXPECT_THAT(runs.out, HasSubstr("370M-1xC"));
}

TEST_F(WandbServerTest, TakesGroupsOfMetrics) {
  ASSERT_EQ(import("wandb:team/ladder/r2", {"--group", "train"}).status, 0);
  const Table table = parse_csv(read_file(file("runs.csv")), "runs.csv", {});
  EXPECT_TRUE(table.has("train/loss"));
  EXPECT_FALSE(table.has("eval/acc"));
}

TEST_F(WandbServerTest, AsksNoneTwiceThatIsNoServer) {
  for (const char* url : {"file:///etc", "ftp://127.0.0.1", "nonsense", "http://", "http://a b"}) {
    url_.reset();
    url_.emplace("WANDB_BASE_URL", url);
    const Ran ran = import("wandb:team/ladder");
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("is no address of a server"));
    EXPECT_THAT(ran.err, Not(HasSubstr("again")));
  }
  url_.reset();
  url_.emplace("WANDB_BASE_URL", "http://127.0.0.1:1");
  write_file(file("taken"), "x");
  const Ran ran = import("wandb:team/ladder", {"--pages", file("taken")});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("is no folder"));
}

TEST_F(WandbServerTest, SaysWhatItMayNot) {
  expect_faults("denied");
  EXPECT_THAT(import("wandb:team/ladder").err, HasSubstr("permission denied for api:***"));
  EXPECT_THAT(import("wandb:team/other").err, HasSubstr("no project team/other"));
  EXPECT_THAT(import("wandb:team/ladder/nobody").err, HasSubstr("there is no run 'nobody'"));
  EXPECT_THAT(import("wandb:team").err, HasSubstr("names no project"));
  EXPECT_THAT(import("https://elsewhere.org/team/ladder").err, HasSubstr("on another server"));
  EXPECT_THAT(import("wandb:../x/ladder").err, HasSubstr("no identifier"));
  const EnvironmentValue none("WANDB_API_KEY", std::nullopt);
  const Ran refused = import("wandb:team/ladder");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("WANDB_API_KEY is the key"));
  url_.reset();
  url_.emplace("WANDB_BASE_URL", "http://127.0.0.1:1");
  const Ran closed = import("wandb:team/ladder");
  EXPECT_EQ(closed.status, 2);
  EXPECT_THAT(closed.err, HasSubstr("8 times"));
}

}  // namespace
}  // namespace rung::cli
