#include "tests/cli/hostile.hpp"

namespace rung::cli {
namespace {

using namespace std::string_literals;

const std::string kFitTable = "fit t.csv --formula E+A/x --x x=x --bootstrap 0";

TEST(HostileTables, Csv) {
  HostileFolder().run(std::vector<Hostile>{
      {"only a line's end", kFitTable, "t.csv", 2, "\n"},
      {"only a byte order mark", kFitTable, "t.csv", 2, "\xef\xbb\xbf"},
      {"headings alone", kFitTable, "t.csv", 2, "x,loss\n"},
      {"headings twice", kFitTable, "x", 2, "x,loss,x\n1,3,2\n2,2,2\n"},
      {"too many cells", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n2,2.5,9\n3,2.3\n"},
      {"too few cells", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n2\n3,2.3\n"},
      {"quote left open", kFitTable, "t.csv:2", 2, "x,loss\n1,\"3\n2,2.5\n3,2.3\n"},
      {"text after a quote", kFitTable, "t.csv:2", 2, "x,loss\n1,\"3\"4\n2,2.5\n3,2.3\n"},
      {"text in an input", kFitTable, "t.csv:3", 2, "x,loss\n1,3\ntwo,2.5\n3,2.3\n4,2.2\n"},
      {"text in y", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n2,oops\n3,2.3\n4,2.2\n"},
      {"NaN in y", kFitTable, "(first: line 3) lack y", 0, "x,loss\n1,3\n2,nan\n3,2.3\n4,2.2\n"},
      {"infinity in y", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n2,inf\n3,2.3\n4,2.2\n"},
      {"minus infinity in y", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n2,-Infinity\n3,2.3\n4,2.2\n"},
      {"infinity in an input", kFitTable, "t.csv:3", 2, "x,loss\n1,3\ninf,2.5\n3,2.3\n4,2.2\n"},
      {"beyond doubles", kFitTable, "t.csv:3", 2, "x,loss\n1,3\n1e999,2.5\n3,2.3\n4,2.2\n"},
      {"309 digits", kFitTable, "t.csv:3", 2,
       "x,loss\n1,3\n" + repeated("9", 400) + ",2.5\n3,2.3\n4,2.2\n"},
      {"column that is not there", kFitTable, "loss", 2, "x,lost\n1,3\n2,2\n3,1\n"},
      {"input that is not there", kFitTable, "x", 2, "y,loss\n1,3\n2,2\n3,1\n"},
      {"all rows without y", kFitTable, "t.csv", 2, "x,loss\n1,\n2,\n3,\n"},
      {"one row", kFitTable, "1", 2, "x,loss\n1,3\n"},
      {"fewer rows than parameters", kFitTable, "t.csv", 2, "x,loss\n1,3\n"},
      {"negative losses under logarithms", kFitTable + " --residual log", "t.csv:2", 2,
       "x,loss\n1,-3\n2,-2\n3,-1\n4,-0.5\n"},
      {"zero losses under logarithms", kFitTable + " --residual log", "t.csv:3", 2,
       "x,loss\n1,3\n2,0\n3,1\n4,1\n"},
      {"accuracy of 1 under logits", kFitTable + " --residual logit", "t.csv:3", 2,
       "x,loss\n1,0.3\n2,1\n3,0.2\n4,0.2\n"},
      {"accuracies of percent under logits", kFitTable + " --residual logit", "t.csv:2", 2,
       "x,loss\n1,30\n2,10\n3,20\n4,20\n"},
      {"negative sizes", "fit t.csv --law chinchilla --x N=N,D=D --bootstrap 0", "t.csv:2", 2,
       "N,D,loss\n-1e8,1e9,3\n2e8,1e9,2.9\n3e8,2e9,2.8\n4e8,2e9,2.7\n5e8,2e9,2.6\n6e8,3e9,2.6\n"},
      {"zero sizes", "fit t.csv --law chinchilla --x N=N,D=D --bootstrap 0", "t.csv:3", 2,
       "N,D,loss\n1e8,1e9,3\n0,1e9,2.9\n3e8,2e9,2.8\n4e8,2e9,2.7\n5e8,2e9,2.6\n6e8,3e9,2.6\n"},
      {"all weights zero", kFitTable + " --weights w", "weight", 2,
       "x,loss,w\n1,3,0\n2,2.5,0\n3,2.3,0\n"},
      {"negative weight", kFitTable + " --weights w", "t.csv:3", 2,
       "x,loss,w\n1,3,1\n2,2.5,-1\n3,2.3,1\n4,2.2,1\n"},
      {"weight without end", kFitTable + " --weights 1/w", "t.csv:3", 2,
       "x,loss,w\n1,3,1\n2,2.5,0\n3,2.3,1\n4,2.2,1\n"},
      {"text as weight", kFitTable + " --weights w", "t.csv:3", 2,
       "x,loss,w\n1,3,1\n2,2.5,many\n3,2.3,1\n4,2.2,1\n"},
      {"weight missing", kFitTable + " --weights w", "lack y", 0,
       "x,loss,w\n1,3,1\n2,2.5,\n3,2.3,1\n4,2.2,1\n"},
      {"bytes that are not UTF-8", kFitTable, "t.csv:3", 2,
       "x,loss\n1,3\n2,\xff\xfe"
       "2.5\n3,2.3\n4,2.2\n"},
      {"TSV with commas", "fit t.tsv --formula E+A/x --x x=x --bootstrap 0", "'x'", 2,
       "x,loss\n1,3\n2,2.5\n3,2.33\n4,2.25\n", "t.tsv"},
  });
}

TEST(HostileTables, FilesOfOtherKinds) {
  HostileFolder().run(std::vector<Hostile>{
      {"UTF-16", kFitTable, "UTF-16", 2,
       "\xff\xfex\x00,\x00l\x00o\x00s\x00s\x00\n\x00"
       "1\x00,\x00"
       "3\x00\n\x00"
       "2\x00,\x00"
       "2\x00.\x00"
       "5\x00\n\x00"s},
      {"NUL bytes", kFitTable, "t.csv", 2,
       "x,loss\n1,3\n2,\x00"
       "2\n3,2.3\n"s},
      {"Parquet", kFitTable, "Parquet", 2,
       "PAR1\x15\x04\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00PAR1"s},
      {"Parquet cut short", "fit t.parquet --formula E+A/x --x x=x --bootstrap 0",
       "no whole Parquet file", 2, "PAR1\x15\x04\x15\x00\x00"s, "t.parquet"},
      {"a zip or xlsx", kFitTable, "zip", 2,
       "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s},
      {"xlsx", kFitTable, "Excel", 2,
       "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml xl/workbook.xml"s},
      {"pickle", kFitTable, "pickle", 2, "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}q\x00."s},
      {"SQLite", kFitTable, "SQLite", 2,
       "SQLite format 3\x00\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01\x10\x00\x01\x01"s},
      {"xz", kFitTable, "xz", 2,
       "\xfd"
       "7zXZ\x00\x00\x04"s},
      {"bzip2", kFitTable, "bz", 2, "BZh91AY&SY\x00\x00"s},
      {"zstd", kFitTable, "zst", 2, "(\xb5/\xfd\x04\x00\x00\x00"s},
      {"PDF", kFitTable, "PDF", 2, "%PDF-1.7\n%\xe2\xe3\n"},
      {"PNG", kFitTable, "PNG", 2, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"s},
      {"HDF5", kFitTable, "HDF5", 2, "\x89HDF\r\n\x1a\n\x00\x00"s},
      {"NumPy array", kFitTable, "NumPy", 2, "\x93NUMPY\x01\x00v\x00{'descr': '<f8'"s},
      {"Arrow", kFitTable, "Arrow", 2, "ARROW1\x00\x00\x00\x00\x00\x00"s},
      {"ELF program", kFitTable, "", 2,
       "\x7f"
       "ELF\x02\x01\x01\x00\x00\x00"s},
      {"HTML page", kFitTable, "web page", 2, "<!DOCTYPE html>\n<html><body>404</body></html>\n"},
      {"gzip cut short", kFitTable, "gzip", 2, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"s},
      {"gzip of nothing known", kFitTable, "gzip", 2, "\x1f\x8b\xff\xff\xff\xff"},
      {"git conflict", kFitTable, "t.csv:2", 2,
       "x,loss\n<<<<<<< HEAD\n1,3\n=======\n2,3\n>>>>>>> b\n"},
      {"Git LFS pointer", kFitTable, "LFS", 2,
       "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"},
  });
}

TEST(HostileTables, Empty) {
  const HostileFolder folder;
  folder.write("t.csv", "");
  for (const char* line :
       {"fit t.csv --law chinchilla", "backtest t.csv --law chinchilla", "import t.csv -o out.csv",
        "plan t.csv --law chinchilla --at N=7e9,D=1e12 --grid N=1e8|1e9,D=20*N --budget 1e20",
        "allocate t.csv --law chinchilla --budget 1e21", "observe pca --data t.csv",
        "observe place --mine t.csv", "fit runs.csv --law chinchilla --predict t.csv",
        "fit runs.csv --law chinchilla --join t.csv --on model", "predict t.csv --at N=1e9,D=1e10",
        "study run t.csv", "ladder step1 -k hellaswag_val_5shot -c t.csv", "laws --laws t.csv"})
    folder.run(std::vector<Hostile>{{"empty", line, "t.csv"}});
}

}  // namespace
}  // namespace rung::cli
