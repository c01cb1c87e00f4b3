/// Logs, evaluations and jobs of training whose values can't be what they are called.

#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

using namespace std::string_literals;

TEST(HostileLogs, CountsThatAreNone) {
  HostileFolder().run(std::vector<Hostile>{
      {"a step below zero", "import t.csv -o out.csv", "t.csv:3", 2,
       "model,step,loss\na,1,2\na,-5,2\n"},
      {"letters in a step", "runs t.csv", "t.csv:3: error: column 'step'", 2,
       "model,step,loss\na,1,2\na,1O,2\n"},
      {"tokens below zero", "runs t.csv", "'tokens' must hold", 2,
       "model,step,tokens,loss\na,1,-3e9,2\n"},
      {"a size below zero", "import t.csv", "'n_params' must hold", 2,
       "model,step,n_params,loss\na,1,-7B,2\n"},
      {"a trainer's step below zero", "import trainer_state.json", "'step'", 2,
       R"({"log_history": [{"loss": 1, "step": -5}]})", "trainer_state.json"},
      {"a trainer's steps in words", "import trainer_state.json", "column 'step'", 2,
       R"({"log_history": [{"loss": 1, "step": "five"}, {"loss": 2, "step": "six"}]})",
       "trainer_state.json"},
      {"a word among losses", "import t.csv", "t.csv:3: error: column 'loss' holds text: 'n.d.'", 2,
       "model,step,loss\na,1,3\na,2,n.d.\na,3,2\n"},
      {"a share in percent", "import t.csv",
       "t.csv:3: error: column 'acc' holds text: '35.4%' (write 0.354, a share, without a percent",
       2, "model,step,acc\na,1,0.3\na,2,35.4%\na,3,0.4\n"},
      {"all shares in percent", "import t.csv", "t.csv:2: error: column 'acc' holds text: '35%'", 2,
       "model,step,acc\na,1,35%\na,2,36%\n"},
      {"tokens with commas", "import t.csv", "(write 1000000, without commas)", 2,
       "model,step,n_tokens,acc\na,1,\"1,000,000\",0.3\n"},
      {"numbers beyond doubles", "import t.csv", "t.csv:2: error: column 'acc' holds text: '1e400'",
       2, "model,step,acc\na,1,1e400\na,2,1e401\n"},
      {"words with commas", "import t.csv", "", 0, "model,step,betas,acc\na,1,\"0.9,0.95\",0.3\n"},
      {"runs without a name", "import t.csv",
       "t.csv: error: no column says which run a row is of, and its models have 2 sizes (rename "
       "'exp' to run)",
       2, "exp,Params,step,loss\na,1e8,1,3\na,1e8,2,2\nb,2e8,1,3\n"},
      {"rows in no order", "import t.csv", "its columns are exp, iters, loss", 2,
       "exp,iters,loss\na,1,3\na,2,2\n"},
      {"a step without end", "runs t.csv", "t.csv:3: error: column 'step' must hold", 2,
       "model,step,loss\na,1,2\na,inf,2\n"},
      {"a size of nothing", "ladder step1 t.csv --loss loss",
       "t.csv: error: run 'a' has a size of 0", 2,
       "model,n_params,n_tokens,loss\na,0,1e9,3\nb,1e8,2e9,2.9\n"},
      {"facts below zero", "import runs.csv --facts t.csv", "t.csv:2", 2,
       "model,n_params\nm1,-5\n"},
      {"facts that contradict", "import runs.csv --facts t.csv", "t.csv:3", 2,
       "model,n_params\nm1,5\nm1,6\n"},
      {"a fact in words", "import runs.csv --facts t.csv", "t.csv:3: error: 'n_params' must be", 2,
       "model,n_params\nm1,7B\nm2,seven\n"},
      {"facts in words alone", "import runs.csv --facts t.csv", "t.csv:2: error: 'flops_per_token'",
       2, "model,flops_per_token\nm1,many\n"},
      {"facts of no run", "import runs.csv --facts t.csv", "t.csv:3: error: names no run", 2,
       "model,n_params\nm1,5\n,6\n"},
      {"a blank row of facts", "import runs.csv --facts t.csv", "", 0, "model,n_params\nm1,5\n,\n"},
      {"facts of whom?", "import runs.csv --facts t.csv", "has no column 'model'", 2,
       "size,n_params\nm1,5\n"},
      {"a loss that is none", "ladder step1 t.csv --loss loss", "t.csv:4: error: run 'b' has loss",
       2, "model,n_params,n_tokens,loss\na,1e8,1e9,3\nb,2e8,1e9,2.9\nb,2e8,2e9,-1\n"},
      {"an accuracy that is none", "ladder step2 t.csv --loss loss --accuracy acc",
       "t.csv:3: error: run 'b' has acc 1.2", 2,
       "model,n_params,n_tokens,loss,acc\na,1e8,1e9,3,0.3\nb,2e8,1e9,2.9,1.2\n"},
      {"a target that is no run", "ladder step1 t.csv --loss loss --targets elsewhere",
       "there is no run 'elsewhere' (runs are a, b)", 2,
       "model,n_params,n_tokens,loss\na,1e8,1e9,3\nb,2e8,1e9,2.9\n"},
      {"the same fact twice", "import runs.csv --facts t.csv", "", 0,
       "model,n_params\nm1,5\nm1,5\n"},
      {"a size in words is a name", "import t.csv", "", 0,
       "model,model_size,step,loss\na,small,1,2\n"},
  });
}

/// Two recipes at four sizes; one cell of the row of recipe a, 530M, step 5000, is another.
std::string decided(const std::string& primary, const std::string& bpb, const std::string& step) {
  std::string csv = "recipe,size,task,step,primary_metric,bpb\n";
  for (const char* recipe : {"a", "b"}) {
    for (const char* size : {"150M", "300M", "530M", "750M"}) {
      for (int i = 1; i <= 5; ++i) {
        const bool is_it = recipe[0] == 'a' && size == "530M"s && i == 5;
        const double score = 0.3 + 0.01 * i + (recipe[0] == 'a' ? 0.02 : 0);
        csv += fmt::format(
            "{},{},arc,{},{},{}\n", recipe, size, is_it ? step : std::to_string(1000 * i),
            is_it ? primary : std::to_string(score), is_it ? bpb : std::to_string(1 - 0.01 * i));
      }
    }
  }
  return csv;
}

TEST(HostileLogs, EvaluationsOfRecipes) {
  HostileFolder().run(std::vector<Hostile>{
      {"as they should be", "decide t.csv", "", 0, decided("0.37", "0.95", "5000")},
      {"an infinite score", "decide t.csv", "t.csv:16: error: column 'primary_metric'", 2,
       decided("inf", "0.95", "5000")},
      {"a score of words", "decide t.csv", "'OOM'", 2, decided("OOM", "0.95", "5000")},
      {"another score of words", "decide t.csv", "t.csv:16: error: column 'bpb'", 2,
       decided("0.37", "n.d.", "5000")},
      {"a step below zero", "decide t.csv", "-5000", 2, decided("0.37", "0.95", "-5000")},
      {"a step of words", "decide t.csv", "column 'step'", 2, decided("0.37", "0.95", "last")},
      {"but rows that are left out", "decide t.csv --where 'step != 5000'", "", 0,
       decided("inf", "0.95", "5000")},
  });
}

TEST(HostileLogs, PipesAreReadOnce) {
  const HostileFolder folder;
  folder.write("d.csv", decided("0.37", "0.95", "5000"));
  const Ran file = run_shell("$RUNG decide d.csv");
  const Ran pipe = run_shell("$RUNG decide <(cat d.csv)");
  EXPECT_EQ(pipe.status, 0) << pipe.err;
  EXPECT_EQ(pipe.out, file.out);
}

TEST(HostileLogs, TablesToWriteAndFilesOfParquet) {
  HostileFolder().run(std::vector<Hostile>{
      {"a workbook", "import runs.csv -o x.xlsx", "'.xlsx'"},
      {"compressed", "import runs.csv -o x.csv.gz", "'.gz'"},
      {"JSON as CSV", "doctor --csv x.JSON", "'.json'"},
      {"Parquet cut off", "fit t.parquet --law chinchilla", "cut off", 2, "PAR1", "t.parquet"},
      {"Parquet to import cut off", "import t.parquet",
       "error: Invalid Input Error: File too small", 2, "PAR1", "t.parquet"},
      {"Parquet encrypted", "fit t.parquet --law chinchilla", "encrypted", 2,
       "PARE\x01\x02\x05\x00\x00\x00PARE"s, "t.parquet"},
  });
}

TEST(HostileLogs, ModelsThatCantBe) {
  HostileFolder().run(std::vector<Hostile>{
      {"an infinite score", "observe place --mine t.csv", "t.csv:2: error: column 'MMLU'", 2,
       "Model,MMLU,ARC-C\nme,inf,.5\n"},
      {"FLOPs below zero", "observe place --mine t.csv", "t.csv:2", 2,
       "Model,MMLU,ARC-C,FLOPs (1E21)\nme,.5,.5,-3\n"},
      {"a size of zero", "observe place --mine t.csv", "t.csv:2", 2,
       "Model,MMLU,ARC-C,Model Size (B)\nme,.5,.5,0\n"},
  });
  const std::string fit =
      "observe fit --downstream emergent --y word_unscrambling_2_exact_match --bootstrap 0 ";
  HostileFolder().run(std::vector<Hostile>{
      {"an infinite cutoff", fit + "--cutoff 1e400", "--cutoff"},
      {"a cutoff of no split", fit + "--split rank --cutoff 5", "--cutoff has no effect", 0},
      {"a test that is no share", fit + "--test 0.5", "--test has no effect", 0},
      {"a width of no sigmoid", fit + "--form identity --width 0.3", "--width has no effect", 0},
      {"none held out", fit + "--test-held-out", "--test-held-out has no effect", 0},
      {"components of no predictor", fit + "--x flops --sparse",
       "--sparse has no effect on --x flops", 0},
      {"none to highlight", fit + "--highlight zz", "'zz' is not among", 0},
  });
}

TEST(HostileLogs, WeightsOfOtherKinds) {
  HostileFolder().run(std::vector<Hostile>{
      {"safetensors", "generate --checkpoint w.safetensors --input-text a", "a safetensors file", 2,
       "\x02\0\0\0\0\0\0\0{}"s, "w.safetensors"},
      {"text as weights", "generate --checkpoint w.pt --input-text a", "no PyTorch file", 2,
       "N,loss\n1,2\n", "w.pt"},
  });
}

TEST(HostileLogs, Jobs) {
  HostileFolder().run(std::vector<Hostile>{
      {"a command after an option", "launch slurm t.toml --dry-run --sbatch '--mem=1G\nrm x'",
       "--sbatch", 2, "name = \"x\"\n", "t.toml"},
      {"a command after the partition", "launch slurm t.toml --dry-run --partition 'gpu\nrm x'",
       "--partition", 2, "name = \"x\"\n", "t.toml"},
      {"two things at once", "launch local t.toml --dry-run --status", "--status", 2,
       "name = \"x\"\n", "t.toml"},
      {"a table beside Rung's own", "hardware --toml --hardware-table runs.csv", "--toml"},
  });
}

}  // namespace
}  // namespace rung::cli
