#!/usr/bin/env bash
# Installs the native QUIC libraries (ngtcp2 with its GnuTLS helper) from the machine's own package sources.
# On a Debian release whose own version is too old, the release's backports suite is derived from the
# existing package source. Does nothing when the libraries are there. Needs root, or sudo.
set -euo pipefail

readonly minimum=1.9 # the first ngtcp2 with the interface Chirps binds; what is installed is checked again at load
readonly stem=libngtcp2-crypto-gnutls

# A plain user has no ldconfig on the path.
PATH=$PATH:/usr/sbin:/sbin

say() { printf 'native libraries: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The whole list first: a reader that stops early would make the writer fail, and with it the answer.
installed() {
  local libraries
  libraries=$(ldconfig -p)
  [[ $libraries == *'libngtcp2.so.16 '* && $libraries == *'libngtcp2_crypto_gnutls.so.8 '* ]]
}

installed && exit 0
command -v apt-get >/dev/null || fail "this script knows apt only; install ngtcp2 >= 1.11 with its GnuTLS helper (libngtcp2.so.16, libngtcp2_crypto_gnutls.so.8), or use Chirps:Backends:Quic:Provider=System where .NET has QUIC"

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "run as root, or install sudo"
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive

# shellcheck source=/dev/null
. /etc/os-release

update() { "${root[@]}" apt-get update -qq || say "apt-get update reported a problem; going on with what is known"; }

# The newest name of the helper library, its so-version included; empty when there is none.
name() { apt-cache pkgnames "$stem" | grep -E "^${stem}[0-9]+$" | sort -V | tail -n 1; }

recent() {
  local candidate
  [ -n "$1" ] || return 1
  candidate=$(apt-cache policy "$1" | awk '/Candidate:/ { print $2 }')
  [ -n "$candidate" ] && [ "$candidate" != '(none)' ] && dpkg --compare-versions "$candidate" ge "$minimum"
}

# Writes a source for the backports suite, copied from the stanza (or line) that serves the release itself.
enable_backports() {
  local suite="${VERSION_CODENAME}-backports" file stanza line
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    stanza=$(awk -v code="$VERSION_CODENAME" -v suite="$suite" '
      BEGIN { RS = ""; FS = "\n" }
      {
        found = 0; out = ""
        for (i = 1; i <= NF; i++) {
          if ($i ~ /^#/) continue
          if ($i ~ /^Suites:/) {
            n = split($i, words, /[ \t]+/)
            for (j = 2; j <= n; j++) if (words[j] == code) found = 1
            $i = "Suites: " suite
          }
          out = out $i "\n"
        }
        if (found) { print out; exit }
      }' "$file")
    if [ -n "$stanza" ]; then
      printf '%s\n' "$stanza" | "${root[@]}" tee /etc/apt/sources.list.d/chirps-backports.sources >/dev/null
      return 0
    fi
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    line=$(awk -v code="$VERSION_CODENAME" -v suite="$suite" '
      $1 == "deb" { for (i = 2; i <= NF; i++) if ($i == code) { $i = suite; print; exit } }' "$file")
    if [ -n "$line" ]; then
      printf '%s\n' "$line" | "${root[@]}" tee /etc/apt/sources.list.d/chirps-backports.list >/dev/null
      return 0
    fi
  done
  return 1
}

say "installing (about ten seconds)"
update
package=$(name || true)
if ! recent "$package" && [ "${ID:-}" = debian ]; then
  say "this release carries ${package:-none of it}; adding ${VERSION_CODENAME}-backports"
  enable_backports || fail "no package source of Debian $VERSION_CODENAME to derive backports from; add ${VERSION_CODENAME}-backports to the apt sources and try again"
  update
  # Backports have a low priority: their newer name is visible, but must be asked for.
  package=$(name || true)
fi
[ -n "$package" ] || fail "${PRETTY_NAME:-this system} carries no $stem; use a newer release, or use Chirps:Backends:Quic:Provider=System where .NET has QUIC"

# The target release keeps old and new parts of ngtcp2 from mixing whenever backports are enabled.
target=()
policy=$(apt-cache policy)
if [ "${ID:-}" = debian ] && [[ $policy == *"n=${VERSION_CODENAME}-backports"* ]]; then
  target=(-t "${VERSION_CODENAME}-backports")
fi
"${root[@]}" apt-get install -y -qq --no-install-recommends "${target[@]}" "$package" >/dev/null
installed || fail "$package was installed, but libngtcp2.so.16 and libngtcp2_crypto_gnutls.so.8 are not there; this needs ngtcp2 1.11 or newer"
say "installed $package $(dpkg-query -W -f '${Version}' "$package")"
