#!/bin/sh
# Makes sure that cargo and a C linker exist, which `cargo xtask` itself needs. On Debian and Ubuntu
# it installs what is missing from the distribution; elsewhere it says what to install.
set -eu

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
has() { command -v "$1" >/dev/null 2>&1; }

missing=
has cc || missing="$missing gcc libc6-dev"
has cargo || missing="$missing rustup"
[ -z "$missing" ] && exit 0

if has apt-get; then
  as_root apt-get update
  # shellcheck disable=SC2086 # a list of words
  as_root apt-get install -y --no-install-recommends $missing && { has cargo || has rustup; } && exit 0
fi
cat >&2 <<'TEXT'
Crust is built with a C compiler (cc) and Rust. Install gcc or clang from your system's packages and
rustup from https://rustup.rs, then run the command again. rustup picks the pinned version by itself.
TEXT
exit 1
