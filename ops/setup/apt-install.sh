#!/usr/bin/env bash
# Runs as root: apt-get install without starting a service (policy-rc.d says 101: forbidden), and a fresh index only when needed.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
kept=
[[ -e $policy ]] && { kept=$(mktemp); cp -p "$policy" "$kept"; }
restore() { rm -f "$policy"; [[ -z $kept ]] || mv "$kept" "$policy"; }
trap restore EXIT
trap 'exit 130' INT TERM
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

get() { apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"; }
# A missing or stale index shows as an unknown package or a file that is gone.
get install -y --no-install-recommends "$@" || { get update && get install -y --no-install-recommends "$@"; }
