#!/bin/sh
# VNN-COMP: prepare_instance.sh v1 CATEGORY ONNX VNNLIB. Nothing to convert: only whether the files and the tool are there.
set -eu
[ "${1:-}" = v1 ] || { echo "expected the version string v1, got '${1:-}'" >&2; exit 1; }
[ -r "$3" ] && [ -r "$4" ] || { echo "cannot read '$3' or '$4'" >&2; exit 1; }
exec node "$(dirname "$0")/../marauder.js" --version
