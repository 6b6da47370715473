# Installs Debian packages quietly, only those that are missing, and starts no service.

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# install_packages WHAT-FOR PACKAGE…
install_packages() {
  local purpose=$1 missing=() package
  shift
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "Missing for $purpose: ${missing[*]}" "This system has no apt-get: install what these Debian packages hold by its own means."
  local as=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; } || fail "Missing for $purpose: ${missing[*]}" \
      "Run as root: apt-get install --no-install-recommends ${missing[*]}" "and then this command again."
    as=(sudo)
  fi
  say "  installing ${#missing[@]} Debian packages for $purpose: ${missing[*]}"
  step "downloading and installing" "${as[@]}" bash "$TRIAGE_ROOT/ops/setup/apt-install.sh" "${missing[@]}"
}
