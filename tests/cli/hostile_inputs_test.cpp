#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

using namespace std::string_literals;

const std::string kFitInput = "fit t.csv --formula E+A/x --x x=x --bootstrap 0";
const std::string kFitJson = "fit t.json --formula E+A/x --x x=x --bootstrap 0";

TEST(HostileInputs, Json) {
  HostileFolder().run(std::vector<Hostile>{
      {"JSON cut short", kFitJson, "t.json:1", 2, "[{\"x\": 1, \"loss\": 3}, {\"x\": 2", "t.json"},
      {"JSON with a comma too many", kFitJson, "t.json:1", 2, "[{\"x\": 1, \"loss\": 3},]",
       "t.json"},
      {"JSON that is a number", kFitJson, "t.json", 2, "3", "t.json"},
      {"JSON that is text", kFitJson, "t.json", 2, "\"runs\"", "t.json"},
      {"JSON that is null", kFitJson, "t.json", 2, "null", "t.json"},
      {"JSON that is empty list", kFitJson, "t.json", 2, "[]", "t.json"},
      {"JSON of an empty object", kFitJson, "t.json", 2, "{}", "t.json"},
      {"JSON of mixed rows", kFitJson, "t.json", 2, "[{\"x\": 1, \"loss\": 3}, 7]", "t.json"},
      {"JSON of lists in cells", kFitJson, "x", 2,
       "[{\"x\": [1,2], \"loss\": 3},{\"x\":2,\"loss\":2},{\"x\":3,\"loss\":2}]", "t.json"},
      {"JSON columns of unequal length", kFitJson, "loss", 2, "{\"x\": [1,2,3], \"loss\": [3,2]}",
       "t.json"},
      {"JSON text in a number column", kFitJson, "t.json", 2,
       "[{\"x\": 1, \"loss\": 3},\n{\"x\": 2, \"loss\": \"two\"},\n{\"x\": 3, \"loss\": 2}]",
       "t.json"},
      {"JSON Infinity", kFitJson, "t.json", 2,
       "[{\"x\": 1, \"loss\": 3},{\"x\": 2, \"loss\": Infinity},{\"x\": 3, \"loss\": 2},{\"x\": 4, "
       "\"loss\": 2}]",
       "t.json"},
      {"JSON too deep", kFitJson, "t.json", 2, repeated("[", 100'000), "t.json"},
      {"JSON objects too deep", kFitJson, "t.json", 2, repeated("{\"a\":", 100'000), "t.json"},
      {"JSON with invalid escapes", kFitJson, "t.json:1", 2, "[{\"x\\q\": 1}]", "t.json"},
      {"JSON with a half surrogate", kFitJson, "t.json", 2, "[{\"x\\ud800\": 1, \"loss\": 2}]",
       "t.json"},
      {"JSON of key twice", kFitJson, "x", 2,
       "[{\"x\": 1, \"x\": 2, \"loss\": 3},{\"x\":2,\"loss\":2.5},{\"x\":3,\"loss\":2.4}]",
       "t.json"},
      {"JSON number beyond doubles", kFitJson, "t.json", 2,
       "[{\"x\": 1e999, \"loss\": 3},{\"x\":2,\"loss\":2.5},{\"x\":3,\"loss\":2.4}]", "t.json"},
      {"JSON lines with a broken line", "fit t.jsonl --formula E+A/x --x x=x --bootstrap 0",
       "t.jsonl:2", 2, "{\"x\": 1, \"loss\": 3}\n{\"x\": 2, \"loss\"\n{\"x\": 3, \"loss\": 2}\n",
       "t.jsonl"},
      {"JSON lines of numbers", "fit t.jsonl --formula E+A/x --x x=x --bootstrap 0", "t.jsonl:1", 2,
       "1\n2\n3\n", "t.jsonl"},
  });
}

TEST(HostileInputs, SeveralTables) {
  HostileFolder().run(std::vector<Hostile>{
      {"join without the column",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --join b.csv --on model", "b.csv",
       2, "m,z\n1,2\n", "b.csv"},
      {"join with a key twice",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --join b.csv --on model", "b.csv:3",
       2, "model,z\nm1,2\nm1,3\n", "b.csv"},
      {"join without --on", "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --join b.csv",
       "--on", 2, "model,z\nm1,2\n", "b.csv"},
      {"rows to predict without inputs",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --predict b.csv", "b.csv", 2,
       "a,b\n1,2\n", "b.csv"},
      {"rows to predict are text",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --predict b.csv", "b.csv:2", 2,
       "N,D\n1e9,many\n", "b.csv"},
      {"rows to predict are zero",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --predict b.csv", "b.csv:2", 2,
       "N,D\n0,1e9\n", "b.csv"},
      {"no rows to predict",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 0 --predict b.csv", "b.csv", 2,
       "N,D\n", "b.csv"},
      {"backtest: text in a number",
       "backtest t.csv --law chinchilla,chinchilla-no-floor --x N=N,D=D", "t.csv:11", 2,
       "N,D,loss\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\nx,1e9,2\n"},
      {"backtest: infinity", "backtest t.csv --law chinchilla,chinchilla-no-floor --x N=N,D=D",
       "t.csv:2", 2,
       "N,D,loss\n1e8,inf,2\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\n"},
      {"backtest: two rows", "backtest t.csv --law chinchilla,chinchilla-no-floor --x N=N,D=D", "",
       2, "N,D,loss\n1e8,1e9,3\n2e8,4e9,2.5\n"},
      {"backtest: column missing",
       "backtest t.csv --law chinchilla,chinchilla-no-floor --x N=N,D=D", "D", 2,
       "N,loss\n1e8,3\n2e8,2.5\n"},
      {"plan: text in a number",
       "plan t.csv --law chinchilla --x N=N,D=D --at N=7e9,D=1e12 --grid N=1e8..1e9:3,D=20*N "
       "--budget 1e20",
       "t.csv:11", 2,
       "N,D,loss\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\nx,1e9,2\n"},
      {"plan: infinity",
       "plan t.csv --law chinchilla --x N=N,D=D --at N=7e9,D=1e12 --grid N=1e8..1e9:3,D=20*N "
       "--budget 1e20",
       "t.csv:2", 2,
       "N,D,loss\n1e8,inf,2\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\n"},
      {"plan: two rows",
       "plan t.csv --law chinchilla --x N=N,D=D --at N=7e9,D=1e12 --grid N=1e8..1e9:3,D=20*N "
       "--budget 1e20",
       "", 2, "N,D,loss\n1e8,1e9,3\n2e8,4e9,2.5\n"},
      {"plan: column missing",
       "plan t.csv --law chinchilla --x N=N,D=D --at N=7e9,D=1e12 --grid N=1e8..1e9:3,D=20*N "
       "--budget 1e20",
       "D", 2, "N,loss\n1e8,3\n2e8,2.5\n"},
      {"allocate: text in a number",
       "allocate t.csv --law chinchilla --x N=N,D=D --budget 1e21 --bootstrap 0", "t.csv:11", 2,
       "N,D,loss\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\nx,1e9,2\n"},
      {"allocate: infinity",
       "allocate t.csv --law chinchilla --x N=N,D=D --budget 1e21 --bootstrap 0", "t.csv:2", 2,
       "N,D,loss\n1e8,inf,2\n1e8,2e9,2.8\n1e8,4e9,2.6999999999999997\n1e8,8e9,2.5\n2e8,2e9,2."
       "6999999999999997\n2e8,4e9,2.5999999999999996\n2e8,8e9,2.4\n3e8,2e9,2.6\n3e8,4e9,2.5\n3e8,"
       "8e9,2.3000000000000003\n"},
      {"allocate: two rows",
       "allocate t.csv --law chinchilla --x N=N,D=D --budget 1e21 --bootstrap 0", "", 2,
       "N,D,loss\n1e8,1e9,3\n2e8,4e9,2.5\n"},
      {"allocate: column missing",
       "allocate t.csv --law chinchilla --x N=N,D=D --budget 1e21 --bootstrap 0", "D", 2,
       "N,loss\n1e8,3\n2e8,2.5\n"},
  });
}

TEST(HostileInputs, LogsToImport) {
  HostileFolder().run(std::vector<Hostile>{
      {"import: no series", "import t.csv -o out.csv", "t.csv", 2, "a,b\nc,d\n"},
      {"import: not the format named", "import t.csv --format tensorboard -o out.csv", "t.csv", 2,
       "x,loss\n1,2\n"},
      {"import: unknown format", "import t.csv --format tensorbord -o out.csv", "tensorbord", 2,
       "x,loss\n1,2\n"},
      {"import: broken regex", "import t.csv --runs '(' -o out.csv", "--runs", 2,
       "step,loss\n1,2\n"},
      {"import: a regex without end", "import t.csv --runs '(a+)+$' -o out.csv", "too long", 2,
       "model,step,loss\n" + repeated("a", 40) + "b,1,2\n"},
      {"import: a long name", "import t.csv --runs '.*b' -o out.csv", "nothing over", 2,
       "model,step,loss\n" + repeated("a", 200'000) + ",1,2\n"},
      {"import: no metric is left", "import t.csv --metrics zzz -o out.csv", "nothing over", 2,
       "step,loss\n1,2\n"},
      {"import: waiting for no server", "import t.csv --retry-wait 5 -o out.csv", "--retry-wait", 2,
       "step,loss\n1,2\n"},
      {"import: truncated event file", "import events.out.tfevents.1 -o out.csv",
       "events.out.tfevents.1", 2, "\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7fK"s,
       "events.out.tfevents.1"},
      {"import: random bytes as events", "import events.out.tfevents.1 -o out.csv",
       "events.out.tfevents.1", 2,
       "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf\xb0\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff"s,
       "events.out.tfevents.1"},
      {"import: event of 2^60 bytes", "import events.out.tfevents.1 -o out.csv",
       "events.out.tfevents.1", 2,
       "\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s,
       "events.out.tfevents.1"},
      {"import: trainer state without a log", "import trainer_state.json -o out.csv",
       "trainer_state.json", 2, "{\"global_step\": 3}", "trainer_state.json"},
      {"import: results are text", "import results_1.json -o out.csv", "results_1.json", 2,
       "{\"results\": \"none\"}", "results_1.json"},
      {"import: results without scores", "import results_1.json -o out.csv", "results_1.json", 2,
       "{\"results\": {}}", "results_1.json"},
  });
}

/// What is tokenized is checked before anything is written.
TEST(HostileInputs, TextsToTokenize) {
  const std::string tokenize = "tokenize t.txt --validation 0 --to new",
                    lines = "tokenize t.jsonl --validation 0 --to new";
  HostileFolder().run(std::vector<Hostile>{
      {"zip", tokenize, "zip", 2, "PK\x03\x04\x14\x00\x00\x00"s, "t.txt"},
      {"xz", tokenize, "xz", 2,
       "\xfd"
       "7zXZ\0\0\0"s,
       "t.txt"},
      {"Parquet", tokenize, "Parquet", 2, "PAR1\x15\x04\x15\x00"s, "t.txt"},
      {"tokens", tokenize, "no text", 2, "\x01\x00\x02\x00"s, "t.txt"},
      {"second line cut short", lines, "t.jsonl:2", 2, "{\"text\": \"a\"}\n{\"text\": \"b\n",
       "t.jsonl"},
      {"second line deep", lines, "t.jsonl:2", 2, "{\"text\": \"a\"}\n" + repeated("[", 100'000),
       "t.jsonl"},
      {"named twice", "tokenize t.txt t.txt --to new", "t.txt", 2, "a\n", "t.txt"},
      {"over the text", tokenize + " --json ./t.txt", "t.txt", 2, "a\n", "t.txt"},
      {"tokenizer without bytes", "tokenize runs.csv --validation 0 --to new --tokenizer t.json",
       "t.json", 2, R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})", "t.json"},
      {"learnt and given",
       "tokenize runs.csv --validation 0 --to new --tokenizer t.json --vocab-size 500",
       "--vocab-size", 2, "{}", "t.json"},
  });
}

TEST(HostileInputs, ScoresOfModels) {
  HostileFolder().run(std::vector<Hostile>{
      {"observe: no benchmark", "observe pca --data t.csv --models base", "t.csv", 2,
       "Model,a\nm1,b\nm2,c\n"},
      {"observe: text as a score", "observe pca --data t.csv --models base --metrics MMLU,ARC-C",
       "t.csv:3", 2,
       "Model,Model Family,FLOPs (1E21),Model Size "
       "(B),MMLU,ARC-C\nm1,f,1,1,0.3,0.4\nm2,f,2,2,lots,0.4\nm3,f,2,2,0.4,0.5\n"},
      {"observe: a model twice", "observe pca --data t.csv --models base --metrics MMLU,ARC-C",
       "m1", 2,
       "Model,Model Family,FLOPs (1E21),Model Size "
       "(B),MMLU,ARC-C\nm1,f,1,1,0.3,0.4\nm1,f,2,2,0.2,0.4\nm3,f,2,2,0.4,0.5\n"},
      {"observe place: none of mine", "observe place --mine t.csv", "t.csv", 2, "Model\n"},
      {"observe place: text as score", "observe place --mine t.csv", "t.csv:2", 2,
       "Model,MMLU\nme,good\n"},
      {"observe place: scores beyond 1", "observe place --mine t.csv", "percent", 0,
       "Model,MMLU,ARC-C\nme,63,50\n"},
      {"observe place: no benchmark", "observe place --mine t.csv", "t.csv", 2,
       "Model,colour\nme,red\n"},
  });
}

}  // namespace
}  // namespace rung::cli
