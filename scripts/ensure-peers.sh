#!/usr/bin/env bash
# Installs the real programs that tests talk to, where that is possible without asking: Debian packages as root, and other
# runtimes from the npm registry into .peers/. What cannot be had is named; with CI=true that is a failure.
# Says nothing where nothing is to do.
set -euo pipefail
cd "$(dirname "$0")/.."

# command:package
debian_peers=(
  prometheus:prometheus
  promtool:prometheus
  prometheus-alertmanager:prometheus-alertmanager
  docker-compose:docker-compose
  chromium:chromium
  wrk:wrk
  aiosmtpd:python3-aiosmtpd
)

node_platform="$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')"
# What the EVM node runs on: npm leaves it out where it is itself run by a Node older than 22, whatever runs the tests.
case $node_platform in
  linux-*) evm_platform=$node_platform-gnu ;;
  *) evm_platform=$node_platform ;;
esac

# name:version:file, the file below .peers/node_modules. Node 20 is the oldest that our packages run on.
npm_peers=(
  bun:1.4.5:.bin/bun
  deno:2.9.6:.bin/deno
  "node-$node_platform:20.20.2:node-$node_platform/bin/node"
  "@nomicfoundation/edr-$evm_platform:0.20.0:@nomicfoundation/edr-$evm_platform/edr.$evm_platform.node"
)

# The services that the Debian packages bring, as far as init started them: never a test's own.
running_services() {
  pgrep -P 1 -x 'prometheus.*' || true
}

# Packages that bring a service would start it, and it would hold its port: refused for as long as we install.
policy=/usr/sbin/policy-rc.d
saved_policy=$policy.before-haltwatch

forbid_services() {
  [ ! -e "$policy" ] || mv "$policy" "$saved_policy"
  trap restore_policy EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
}

restore_policy() {
  rm -f "$policy"
  [ ! -e "$saved_policy" ] || mv "$saved_policy" "$policy"
  trap - EXIT
}

install_debian() {
  local before started unit
  # Without what is only recommended: docker-compose would bring a whole container service.
  local apt=(apt-get -y -qq -o APT::Install-Recommends=false -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=30)
  export DEBIAN_FRONTEND=noninteractive
  before=$(running_services)
  forbid_services
  "${apt[@]}" install "$@" >/dev/null 2>&1 || { "${apt[@]}" update && "${apt[@]}" install "$@"; } >/dev/null 2>&1 || true
  restore_policy
  # For a package that starts its service all the same.
  for started in $(comm -13 <(sort <<<"$before") <(running_services | sort)); do
    unit=$(ps -o unit= -p "$started" 2>/dev/null | tr -d ' ') || true
    if [ -d /run/systemd/system ] && [[ $unit == *.service ]]; then
      systemctl stop "$unit" || true
    else
      kill "$started" || true
    fi
  done
}

install_npm() {
  local peer optional=''
  for peer in "${npm_peers[@]}"; do
    IFS=: read -r name version _ <<<"$peer"
    optional+="${optional:+, }\"$name\": \"$version\""
  done
  mkdir -p .peers
  # Optional: one that is not to be had does not keep the others away. bun and deno put their binary in place by a script.
  printf '{ "private": true, "allowScripts": { "bun": true, "deno": true }, "optionalDependencies": { %s } }\n' \
    "$optional" >.peers/package.json
  npm install --prefix .peers --no-package-lock --ignore-scripts=false --include=optional --no-audit --no-fund \
    --fetch-retries=1 --loglevel=error >&2 || true
}

npm_peer_is_here() {
  IFS=: read -r name version file <<<"$1"
  [ -e ".peers/node_modules/$file" ] && grep -q "\"version\": \"$version\"" ".peers/node_modules/$name/package.json"
}

wanted=()
for peer in "${debian_peers[@]}"; do
  command -v "${peer%%:*}" >/dev/null || wanted+=("${peer##*:}")
done
if [ "${#wanted[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  mapfile -t packages < <(printf '%s\n' "${wanted[@]}" | sort -u)
  echo "installing ${packages[*]} for the tests" >&2
  install_debian "${packages[@]}"
fi

for peer in "${npm_peers[@]}"; do
  if ! npm_peer_is_here "$peer"; then
    echo "installing other runtimes for the tests into .peers/" >&2
    install_npm
    break
  fi
done

missing=()
for peer in "${debian_peers[@]}"; do
  command -v "${peer%%:*}" >/dev/null || missing+=("${peer%%:*}")
done
for peer in "${npm_peers[@]}"; do
  npm_peer_is_here "$peer" || missing+=("${peer%%:*}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "${CI:-}" = true ]; then
    echo "missing, and wanted by tests: ${missing[*]}. Install as root on Debian, with a network" >&2
    exit 1
  fi
  printf 'tests are skipped for want of %s\n' "${missing[@]}" >&2
fi
