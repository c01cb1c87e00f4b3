"""A trainer of ten lines: which character follows the ones before, counted in a row of 256 cells each."""
import math, sys, zlib
n_rows, n_tokens, text = int(sys.argv[1]) // 256, int(float(sys.argv[2])), open(sys.argv[3], "rb").read()
counts, log = [[0] * 256 for _ in range(n_rows)], open(sys.argv[4] + "/log.csv", "w")
rows = lambda i: [counts[zlib.crc32(text[i - k:i]) % n_rows] for k in range(4)]  # after 0 to 3 characters
share = lambda i, k: (rows(i)[k][text[i]] + 8 * (share(i, k - 1) if k else 1 / 256)) / (sum(rows(i)[k]) + 8)
print("step,n_tokens,loss", file=log)
for i in range(4, n_tokens + 1):
    for row in rows(i): row[text[i]] += 1
    if i % (n_tokens // 4) == 0:
        print(i, i, -sum(math.log(share(j, 3)) for j in range(len(text) - 5000, len(text))) / 5000, sep=",", file=log)
