#!/bin/sh
# VNN-COMP: install_tool.sh v1. Needs Node.js 20.19 or newer and the network, once.
set -eu
[ "${1:-}" = v1 ] || { echo "expected the version string v1, got '${1:-}'" >&2; exit 1; }
cd "$(dirname "$0")/../.."
npm ci
npm run build
