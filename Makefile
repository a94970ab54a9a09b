# Two commands for a newcomer: `make run` and `make test`. Everything else is `cargo xtask`.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
LOCKED := --workspace --locked

.PHONY: run test test-all setup toolchain

# Starts the example web service; Ctrl-C or SIGTERM ends it.
run: setup
	$(CARGO) build --release --locked --package crust
	cd examples/elements && "$(abspath $(TARGET))/release/crust" src/main.ts

# Formatting, tidy, lints and every test, cheapest first. One profile serves them all.
test: setup
	@sh xtask/step.sh "formatting" $(CARGO) fmt --all --check
	@sh xtask/step.sh "tidy" $(CARGO) xtask tidy
	@sh xtask/step.sh "lints" $(CARGO) clippy $(LOCKED) --all-targets -- -D warnings
	@sh xtask/step.sh "tests" sh xtask/test.sh $(LOCKED)
	@sh xtask/step.sh "JavaScript on the portable engine" env CRUST_ENGINE=portable sh xtask/test.sh $(LOCKED) --test spec

# Also the slow ones: every case at its full size.
test-all: test
	@sh xtask/step.sh "slow tests" env CRUST_TEST_SLOW=1 sh xtask/test.sh $(LOCKED) --test spec

setup: toolchain
	@$(CARGO) xtask setup

toolchain:
	@sh xtask/toolchain.sh
