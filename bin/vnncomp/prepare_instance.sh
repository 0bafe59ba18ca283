#!/bin/sh
# VNN-COMP: prepare_instance.sh v1 CATEGORY ONNX VNNLIB. Nothing to convert: only whether the files and the tool are there. The files
# of a list of networks, [('f', 'a.onnx'), ('g', 'b.onnx')], are looked for when it is run.
set -eu
[ "${1:-}" = v1 ] || { echo "expected the version string v1, got '${1:-}'" >&2; exit 1; }
case "$3" in
  '['*) ;;
  *) [ -r "$3" ] || { echo "cannot read '$3'" >&2; exit 1; } ;;
esac
[ -r "$4" ] || { echo "cannot read '$4'" >&2; exit 1; }
exec node "$(dirname "$0")/../marauder.js" --version
