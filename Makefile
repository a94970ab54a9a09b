# Two commands for a newcomer: `make run` and `make test`. Everything else is `cargo xtask`.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: run test test-all setup

# Starts the example web service; Ctrl-C or SIGTERM ends it.
run: setup
	$(CARGO) build --release --locked --package crust
	cd examples/elements && exec "$(abspath $(TARGET))/release/crust" src/main.ts

# Formatting, tidy, lints and every test, also on the portable engine.
test: setup
	@$(CARGO) xtask ready

# Also the slow ones: sources of 100 MB.
test-all: setup
	@$(CARGO) xtask ready --slow

# The toolchain that cargo needs, then the system library that Crust needs.
setup:
	@sh xtask/toolchain.sh
	@$(CARGO) xtask setup
