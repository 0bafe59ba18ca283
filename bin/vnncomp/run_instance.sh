#!/bin/sh
# VNN-COMP: run_instance.sh v1 CATEGORY ONNX VNNLIB RESULTS TIMEOUT. The category decides nothing; ONNX is a file, or a list of
# networks: [('f', 'a.onnx'), ('g', 'b.onnx')]. Leaves a second before the time is over, so that "timeout" is written; exits with 0
# whenever a result is.
set -u
[ "${1:-}" = v1 ] || { echo "expected the version string v1, got '${1:-}'" >&2; exit 1; }
seconds=$(awk -v all="$6" 'BEGIN { print (all > 4 ? all - 1 : all * 0.75) }')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case "$3" in
  '['*) networks=--network ;;
  *) networks= ;;
esac
# Node would read all certificates of that file before it starts.
unset NODE_EXTRA_CA_CERTS
node "$(dirname "$0")/../marauder.js" prove ${networks:+"$networks"} "$3" "$4" --vnncomp "$5" --timeout "${seconds}s" --output-dir "$work"
code=$?
[ "$code" -le 1 ] && exit 0
exit "$code"
