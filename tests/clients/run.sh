#!/usr/bin/env bash
# Drives tenantsh's Graph with other people's clients, each installed from its registry into target/clients.
# A client that can't be installed is named as skipped; a client that answers otherwise than it should fails the run.
#   tests/clients/run.sh            all of them (about 1 GB, a few minutes the first time)
#   tests/clients/run.sh m365       one: m365, graph-client or msgraph-sdk
set -uo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked --quiet || exit 1
tenantsh=$PWD/target/debug/tenantsh here=$PWD/tests/clients place=$PWD/target/clients
mkdir -p "$place"
failed=0 skipped=0 passed=0

# Runs one client against the sample. Its last line must be "all as expected".
run() {
  local name=$1; shift
  if ! out=$(cd "$place" && timeout 300 "$tenantsh" --sample rehearse -- "$@" 2>&1); then
    failed=$((failed + 1)); printf '%s\nFAILED %s\n' "$out" "$name"; return
  fi
  if grep -q '^all as expected$' <<<"$out"; then
    passed=$((passed + 1)); echo "passed $name"
  else
    failed=$((failed + 1)); printf '%s\nFAILED %s\n' "$out" "$name"
  fi
}
skip() { skipped=$((skipped + 1)); echo "SKIPPED $1: $2"; }
wanted() { [ "${only:-$1}" = "$1" ]; }
only=${1:-}

if wanted m365 || wanted graph-client; then
  if ! command -v npm >/dev/null; then
    wanted m365 && skip m365 "npm is not installed"
    wanted graph-client && skip graph-client "npm is not installed"
  elif ! (cd "$place" && { [ -f package.json ] || npm init -y; } && npm install --ignore-scripts --no-fund --no-audit \
      @pnp/cli-microsoft365@11 @microsoft/microsoft-graph-client@3 @azure/identity@4) >"$place/npm.log" 2>&1; then
    wanted m365 && skip m365 "npm could not install it, see target/clients/npm.log"
    wanted graph-client && skip graph-client "npm could not install it, see target/clients/npm.log"
  else
    wanted m365 && run m365 bash "$here/m365.sh"
    wanted graph-client && run graph-client env NODE_PATH="$place/node_modules" node "$here/graph-client.js"
  fi
fi
if wanted msgraph-sdk; then
  if ! command -v python3 >/dev/null; then
    skip msgraph-sdk "python3 is not installed"
  elif ! { python3 -m venv "$place/venv" && "$place/venv/bin/pip" install -q msgraph-sdk azure-identity deprecated; } >"$place/pip.log" 2>&1; then
    skip msgraph-sdk "pip could not install it, see target/clients/pip.log"
  else
    run msgraph-sdk "$place/venv/bin/python" "$here/msgraph_sdk.py"
  fi
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
