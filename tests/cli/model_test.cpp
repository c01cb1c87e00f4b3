/// rung model: what scripts read from it.

#include <nlohmann/json.hpp>

#include "rung/system/file.hpp"
#include "tests/cli/run_command.hpp"
#include "tests/support/temp_folder.hpp"

namespace rung::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Model, SizeAndFlopsAsLines) {
  EXPECT_EQ(run_rung({"model", "size", "--model", "190M"}).out, "267424512\n190354176\n");
  EXPECT_EQ(run_rung({"model", "flops", "--model", "190M"}).out, "1903391232\n");
  EXPECT_EQ(run_rung({"model", "flops", "--model", "190M", "--length", "10B"}).out,
            "1903391232\n1.903391232e+19\n");
}

TEST(Model, SizeAsJson) {
  const Ran ran = run_rung({"model", "size", "--model", "7B", "--json", "-"});
  const json result = json::parse(ran.out)["results"][0];
  EXPECT_EQ(result["model"], "7B");
  EXPECT_EQ(result["n_params_non_embedding"], 6887575552);
  EXPECT_EQ(result["n_params_total"], 7298617344);
  EXPECT_EQ(result["flops_per_token"], 49412071424);
}

TEST(Model, ListsEveryFamilyAndShowsOne) {
  const json listed = json::parse(run_rung({"model", "list", "--json", "-"}).out)["results"];
  EXPECT_EQ(listed.size(), 8u + 14u + 6u + 7u);
  EXPECT_THAT(run_rung({"model", "show", "--model", "open_lm_1b"}).out, HasSubstr("layer_norm"));
}

TEST(Model, NodeCountsShareTheBatch) {
  const Ran ran = run_rung({"model", "nodecounts", "--model", "1B", "--batch_size_divisor", "64"});
  EXPECT_THAT(ran.out, HasSubstr("1 2 3 6\n"));
  const Ran none = run_rung({"model", "nodecounts", "--model", "1B", "--batch_size", "63"});
  EXPECT_EQ(none.status, 1);
}

TEST(Model, OnesOwnFile) {
  const TempFolder folder;
  const std::string path = (folder.path() / "mine.toml").string();
  write_file(path, "[models.mine]\nfamily = 'tiny'\nd_model = 24\nn_heads = 2\nn_layers = 3\n");
  EXPECT_EQ(run_rung({"model", "size", "--model", "mine", "--models", path}).out, "77112\n52536\n");
  const Ran unknown = run_rung({"model", "size", "--model", "191M"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("190M"));
}

}  // namespace
}  // namespace rung::cli
