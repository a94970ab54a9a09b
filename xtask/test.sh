#!/bin/sh
# Every test of the workspace: nextest where it is installed, because it runs binaries side by side.
set -eu
if command -v cargo-nextest >/dev/null 2>&1; then
  exec cargo nextest run --no-fail-fast "$@"
fi
exec cargo test --no-fail-fast "$@"
