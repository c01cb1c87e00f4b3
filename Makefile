# Short names over the CMake presets. `make SETUP=: ...` leaves the installing of packages out.
SETUP ?= scripts/setup
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
FUZZ_LIMITS = -max_len=16384 -timeout=2 -rss_limit_mb=2048 -entropic=0
BUILD = cmake --build

.PHONY: build train demo test test-slow bench fuzz format tidy clean install setup-demo setup-test setup-train

# `demo` and `test` share a build folder; a configuration that is there is kept, tests and all.
build: setup-demo
	@test -f build/release/build.ninja || cmake --preset release
	@$(BUILD) build/release -j$(JOBS) --target rung_command

# Besides, rung-train, over libtorch: what `rung train` needs. A configuration from before libtorch was there is made anew.
train: setup-train
	@if test -f build/release/build.ninja; then cmake build/release; else cmake --preset release; fi
	@$(BUILD) build/release -j$(JOBS) --target rung_command rung_train

demo: build
	@build/release/rung demo

# The release tests, the checks, the sanitized unit tests and a short fuzz of each reader in one run of ctest, whose
# verdict is the verdict.
test: setup-test
	cmake --preset test
	$(BUILD) build/release -j$(JOBS)
	cmake --preset asan
	$(BUILD) build/asan -j$(JOBS)
	@echo 'subdirs(asan release)' >build/CTestTestfile.cmake
	ctest --test-dir build -j$(JOBS) --output-on-failure --no-tests=error -LE '^slow$$'

test-slow: setup-test
	cmake --preset test
	$(BUILD) build/release -j$(JOBS)
	ctest --test-dir build/release --output-on-failure -L '^slow$$'

bench: setup-test
	cmake --preset test
	$(BUILD) build/release -j$(JOBS) --target rung_bench rung_command
	build/release/rung_bench --benchmark_out=build/bench.json --benchmark_out_format=json
	@if test -f build/release/rung-train; then python3 bench/train_speed.py build/release/rung; fi

# Each tests/fuzz/NAME_fuzz.cpp for FUZZ_SECONDS without sanitizers, which take most of the time, beginning with
# tests/fuzz/corpus/NAME; what a run has learnt stays in build/fuzz/corpus and is then tried under the sanitizers.
fuzz: setup-test
	cmake --preset fuzz
	$(BUILD) build/fuzz -j$(JOBS) --target fuzz_programs
	cmake --preset asan
	$(BUILD) build/asan -j$(JOBS) --target fuzz_programs
	@set -e; for program in build/fuzz/*_fuzz; do \
	  name=$$(basename $$program _fuzz); learnt=build/fuzz/corpus/$$name; mkdir -p $$learnt; \
	  echo "== $$program"; \
	  $$program -max_total_time=$(FUZZ_SECONDS) $(FUZZ_LIMITS) -artifact_prefix=build/fuzz/ \
	    -print_final_stats=1 $$learnt $$(find tests/fuzz/corpus/$$name -maxdepth 0 2>/dev/null); \
	  build/asan/$${name}_fuzz -runs=0 -timeout=10 -artifact_prefix=build/asan/ $$learnt; \
	done

format:
	scripts/check_format --fix

tidy: setup-test
	cmake --preset tidy
	$(BUILD) build/tidy -j$(JOBS) -- -k 0

install: build
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build

setup-demo:
	@$(SETUP) demo

setup-test:
	@$(SETUP) test

setup-train:
	@$(SETUP) train
