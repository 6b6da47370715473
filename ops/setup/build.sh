# Builds what a verb needs, once: a stamp holds the fingerprint of every file the build reads, so a second start only compares.

# fingerprint FOLDER…: names, sizes and times of all sources; build output is not a source.
fingerprint() {
  cd "$TRIAGE_ROOT"
  { find "$@" Directory.* BannedSymbols.txt global.json package-lock.json .editorconfig \
    \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -type f -printf '%p %s %T@\n' || true; } 2>/dev/null | sort | sha1sum
}

# ensure_built NAME PROJECT OUTPUT [FOLDER…]: returns at once when nothing changed since the last build of NAME.
ensure_built() {
  local name=$1 project=$2 output=$3 stamp="$TRIAGE_ROOT/artifacts/setup/$1.stamp" print
  case "$project" in src/*) print=$(fingerprint src onnx migrations) ;; *) print=$(fingerprint src onnx migrations tests) ;; esac
  [[ -f "$stamp" && -f "$TRIAGE_ROOT/$output" && $(<"$stamp") == "$print" ]] && return
  . "$TRIAGE_ROOT/ops/setup/tools.sh"
  [[ -w "$TRIAGE_ROOT" ]] || fail "TriageWorker is not built yet, and $TRIAGE_ROOT is not writable for $(id -un)." \
    "Run it once as the owner of that folder, or copy the folder to a place of your own."
  mkdir -p "$TRIAGE_ROOT/artifacts/setup"
  (
    flock -n 9 || { say "Waiting for another set-up of this folder to end …"; flock 9; }
    [[ -f "$stamp" && -f "$TRIAGE_ROOT/$output" && $(<"$stamp") == "$print" ]] && exit 0 # the other one did it
    cd "$TRIAGE_ROOT"
    say "Setting up TriageWorker ($name)"
    check_tools
    ensure_node_packages
    ensure_native_libraries
    step "restoring .NET packages" dotnet restore "$project" --nologo -v q
    build "$project"
    printf '%s\n' "$print" >"$stamp"
  ) 9>"$TRIAGE_ROOT/artifacts/setup/lock" || exit $?
}

# One line per finished project; the whole output only when it fails.
build() {
  local log="$TRIAGE_ROOT/artifacts/setup/build.log" began=$SECONDS count=0 analyzers=false
  # The rules of the house are checked where tests are built; somebody who wants to run the product need not wait for them.
  [[ $1 == src/* ]] || analyzers=true
  [[ -t 2 ]] || say "  building … (a minute or two the first time)"
  # A compiler that stays warm halves the time; it is one of our own, under a name of its own, and ends with the build.
  local compiler=triage-setup-$$
  if ! dotnet build "$1" -c Release --no-restore --nologo -v m -tl:off -clp:NoSummary -nodeReuse:false \
    -p:SharedCompilationId=$compiler -p:RunAnalyzersDuringBuild=$analyzers 2>&1 |
    tee "$log" | while IFS= read -r line; do
      [[ $line == *" -> "* ]] || continue
      count=$((count + 1)); line=${line%% -> *}
      progress "  building … $count projects, ${line##* } ($((SECONDS - began)) s)"
    done; then
    progress_end
    stop_compiler "$compiler"
    grep -E 'error|warning' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
    fail "The build failed." "The whole output is in artifacts/setup/build.log."
  fi
  progress_end
  stop_compiler "$compiler"
  say "  built in $((SECONDS - began)) s"
}

# A line that overwrites itself on a terminal, and stays quiet elsewhere.
progress() { if [[ -t 2 ]]; then printf '\r\033[K%s' "$1" >&2; fi; }
progress_end() { if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi; }

stop_compiler() {
  local version; version=$(dotnet --version)
  dotnet exec "$(dotnet --list-sdks | sed -n "s/^$version \[\(.*\)\]$/\1/p")/$version/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$1" >/dev/null 2>&1 || true
}
