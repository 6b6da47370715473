# How set-up speaks: one line per step on the error stream, so that a verb's own output stays clean for pipes.

say() { printf '%s\n' "$*" >&2; }

# Ends set-up: what is missing, and what to do about it.
fail() { printf '\ntriage: %s\n' "$1" >&2; shift; for line in "$@"; do printf '        %s\n' "$line" >&2; done; exit 69; } # EX_UNAVAILABLE

# step TITLE COMMAND…: runs quietly, says how long it took; shows the end of the output only when it fails.
step() {
  local title=$1 log="$TRIAGE_ROOT/artifacts/setup/step.log" began=$SECONDS
  shift
  mkdir -p "${log%/*}" # a step may be the first thing that ever happens in a clone
  printf '  %s … ' "$title" >&2
  if "$@" >"$log" 2>&1; then printf '%s s\n' $((SECONDS - began)) >&2; return; fi
  printf 'failed\n\n' >&2
  tail -n 40 "$log" >&2
  fail "$title failed." "The whole output is in artifacts/setup/step.log."
}
