#!/bin/sh
# Runs one step of `make test` under a heading and says how long it took.
set -eu
name=$1
shift
echo "== $name"
start=$(date +%s)
"$@"
echo "== $name: passed in $(($(date +%s) - start)) s"
