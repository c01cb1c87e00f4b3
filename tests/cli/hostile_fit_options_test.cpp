#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

const std::string kFit = "fit runs.csv --law chinchilla --bootstrap 0 --x N=N,D=D";

TEST(HostileFitOptions, Numbers) {
  const std::vector<std::string> no_count = {"-1", "1.5", "many", "nan", "''"};
  HostileFolder().run(std::vector<HostileValues>{
      {kFit + " --seed {}", no_count, "--seed"},
      {kFit + " --seed {}", {"18446744073709551616", "99999999999999999999999", "1e400"}, "--seed"},
      {kFit + " --threads {}", {"-1", "4097", "two", "1e9", "nan", "''"}, "--threads"},
      {kFit + " --bootstrap {}", {"-1", "10000001", "1.5", "nan", "-inf", "many"}, "--bootstrap"},
      {kFit + " --level {}", {"0", "1", "-0.5", "2", "95", "nan", "inf", "most"}, "--level"},
      {kFit + " --prior 'alpha ~ normal(0.3, 0.1)' --noise-sd {}",
       {"-1", "nan", "inf", "loud"},
       "--noise-sd"},
      {kFit + " --most-unpacked {}", {"nan", "0", "-1", "much"}, "--most-unpacked"},
  });
}

TEST(HostileFitOptions, WordsThatHaveAGrammar) {
  HostileFolder().run(std::vector<HostileValues>{
      {kFit + " --loss {}",
       {"huber:", "huber:0", "huber:-1", "huber:nan", "huber:inf", "huber:x", "l3", "squared:2"},
       "--loss"},
      {kFit + " --loss {}",
       {"quantile:0", "quantile:1", "quantile:nan", "asymmetric:0", "asymmetric:-1", "lad:1"},
       "--loss"},
      {kFit + " --residual {}", {"exp", "Log", "none"}, "--residual"},
      {kFit + " --param {}",
       {"alpha", "alpha=", "=1", "alpha=1..0", "alpha=nan..1", "alpha=0..1@2", "alpha=@inf"},
       "--param"},
      {kFit + " --param {}", {"gamma=0..1"}, "gamma"},
      {kFit + " --fix {}", {"alpha", "alpha=nan", "alpha=inf", "alpha=x"}, "alpha"},
      {kFit + " --fix {}", {"gamma=1"}, "gamma"},
      {kFit + " --tie {}", {"alpha", "alpha=alpha", "alpha=beta+"}, "--tie"},
      {kFit + " --tie {}", {"alpha=gamma"}, "gamma"},
      {kFit + " --prior '{}'",
       {"alpha", "alpha ~", "alpha ~ normal(0.3)", "alpha ~ normal(0.3, 0)", "alpha normal(0,1)"},
       "--prior"},
      {kFit + " --prior '{}'",
       {"alpha ~ normal(0.3, -1)", "alpha ~ normal(nan, 1)", "alpha ~ normal(0.3, inf)",
        "alpha ~ cauchy(0, 1)"},
       "--prior"},
      {kFit + " --prior '{}'", {"gamma ~ normal(0, 1)"}, "gamma"},
      {kFit + " --at '{}'",
       {"N=7e9", "N=0,D=1e12", "N=-1,D=1e12", "N=7e9,D=nan", "N=inf,D=1e12", "N=7e9,D="},
       "--at"},
      {kFit + " --at '{}'",
       {"N=7e9,D=4Q", "N=7e9;D=1e12", "7e9", "N=7e9,N=7e9,D=1e12", "N=1e999,D=1e12"},
       "--at"},
      {kFit + " --at '{}'", {"N=7e9,D=1e12,Q=1"}, "Q"},
      {kFit + " --where \"{}\"",
       {"loss <", "loss < 'a", "loss ! 4", "sin(", "(loss", "loss < 4)", "1/0 > 1 and",
        "loss = 4 = 5", "'a' < 4"},
       "--where"},
      {kFit + " --where \"{}\"", {"los < 4"}, "'los'"},
      {"fit runs.csv --formula '{}' --x N=N --bootstrap 0",
       {"E + ", "E + A/", "E ++", "(E", "E)", "A^^N", "2N", "E + A/N^alpha,", "foo(N)",
        "E + A/N al", "1e999*N + E", ".", "E=A"},
       "--formula"},
      {kFit + " --loss-unit {}", {"nat", "7"}, "loss unit"},
      {kFit + " --params {}", {"all"}, "parameter count"},
      {kFit + " --bootstrap-kind {}", {"jackknife", "cluster:"}, "--bootstrap-kind"},
      {kFit + " --covariance {}", {"robust", "cluster:"}, "--covariance"},
      {kFit + " --interval {}", {"wide"}, "--interval"},
      {kFit + " --format {}", {"xls"}, "--format"},
  });
}

TEST(HostileFitOptions, NestedDeep) {
  const std::string begin = "fit runs.csv --x N=N --bootstrap 0 --formula ";
  HostileFolder().run(std::vector<Hostile>{
      {"brackets", begin + "'" + repeated("(", 20'000) + "N" + repeated(")", 20'000) + "'",
       "--formula"},
      {"minus signs", begin + "'E" + repeated("-", 20'000) + "N'", "--formula"},
      {"powers", begin + "'E" + repeated("^N", 20'000) + "'", "--formula"},
      {"brackets of a condition",
       kFit + " --where '" + repeated("(", 20'000) + "N > 1" + repeated(")", 20'000) + "'",
       "--where"},
      {"more parameters than rows",
       begin + "p" +
           [] {
             std::string sum = "0";
             for (int i = 0; i < 300; ++i) sum += "+p" + std::to_string(i);
             return sum;
           }(),
       "rows"},
  });
}

TEST(HostileFitOptions, WithoutEffectOrInContradiction) {
  HostileFolder().run(std::vector<Hostile>{
      {"picture that nobody asked for", kFit + " --figure residuals", "--figure"},
      {"unknown picture", kFit + " --figure pie -o out.svg", "--figure"},
      {"ending of no picture", kFit + " -o out.bmp", "out.bmp"},
      {"best of sweep alone", kFit + " --best-of-sweep", "--best-of-sweep"},
      {"sweep of no column", kFit + " --sweep lr", "lr"},
      {"sweep's picture alone", kFit + " --figure sweep -o out.svg", "--sweep"},
      {"input that the law lacks", kFit + ",Q=C", "Q", 0},
      {"input said twice", kFit + ",N=C", "N"},
      {"input left out", "fit runs.csv --law kaplan-joint --x N=N,Q=D --bootstrap 0", "Q", 0},
      {"no law", "fit runs.csv --x N=N,D=D --bootstrap 0", "--law"},
      {"law and formula", kFit + " --formula E+A/N", "--formula"},
      {"unknown law", "fit runs.csv --law chinchila --x N=N,D=D", "chinchilla"},
      {"formula without inputs", "fit runs.csv --formula E+A/N", "--x"},
      {"formula of nothing", "fit runs.csv --formula '' --x N=N", "--formula"},
      {"formula without parameters", "fit runs.csv --formula '2*N' --x N=N", "parameter"},
      {"formula without a value", "fit runs.csv --formula 'E + log(-1-N)' --x N=N --bootstrap 0",
       "", 1},
      {"bound that no law has", kFit + " --fix alpha=-1 --fix beta", "beta"},
      {"shared without groups", kFit + " --share alpha", "--group-by"},
      {"multiplier without groups", kFit + " --multiplier N", "--group-by"},
      {"shared by none", kFit + " --group-by model --share gamma", "gamma"},
      {"groups by no column", kFit + " --group-by data", "data"},
      {"clusters by no column",
       "fit runs.csv --law chinchilla --x N=N,D=D --bootstrap 20"
       " --bootstrap-kind cluster:data",
       "data"},
      {"two clusterings", kFit + " --bootstrap-kind cluster:model --covariance cluster:w",
       "clusters"},
      {"conversion from nothing", kFit + " --fit-loss-unit nats", "--loss-unit"},
      {"bits per byte of nothing", kFit + " --loss-unit bpb --fit-loss-unit nats", "bytes"},
      {"no bytes a token", kFit + " --loss-unit bpb --fit-loss-unit nats --bytes-per-token 0",
       "bytes"},
      {"bytes without a conversion", kFit + " --bytes-per-token 4", "--fit-loss-unit"},
      {"embedding without a conversion", kFit + " --embedding 1e6", "--fit-params"},
      {"idle without a conversion", kFit + " --inactive 1e6", "--fit-params"},
      {"conversion from no convention", kFit + " --fit-params total", "--params"},
      {"condition that keeps nothing", kFit + " --where 'loss < 0'", "--where"},
      {"partner column without a table", kFit + " --on model", "--join"},
      {"another command's option", kFit + " --budget 1e21", "--budget"},
      {"law twice", kFit + " --law farseer", "--law"},
      {"value missing", "fit runs.csv --law", "--law"},
      {"no table", "fit --law chinchilla", "TABLE"},
      {"two tables", "fit runs.csv runs.csv --law chinchilla", "runs.csv"},
      {"three arguments", "predict fit.json runs.csv third.csv", "third.csv"},
      {"no place to predict", "predict fit.json", "--at"},
  });
}

}  // namespace
}  // namespace rung::cli
