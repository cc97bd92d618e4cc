#!/usr/bin/env bash
# Installs Chromium for the tests of the page, from the machine's own package sources. Does nothing when there is one.
# The tests are skipped, and say so, where this cannot be done.
set -euo pipefail

say() { printf 'chromium: %s\n' "$*" >&2; }

for path in "${CHIRPS_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  [ -n "$path" ] && [ -x "$path" ] && exit 0
done
command -v apt-get >/dev/null || { say "this script knows apt only; without Chromium the tests of the page are skipped"; exit 1; }

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { say "run as root, or install sudo"; exit 1; }
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive

# The lists are fetched only when those that are there do not know the package, or lead to files that are gone.
install() { "${root[@]}" apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null 2>&1; }
say "installing (about 100 MB)"
install || { "${root[@]}" apt-get update -qq || true; install; } || { say "apt-get could not install chromium"; exit 1; }
say "installed $(dpkg-query -W -f '${Version}' chromium)"
