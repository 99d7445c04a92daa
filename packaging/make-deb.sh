#!/bin/bash
# Makes a Debian package of an installed tree.
#
# Usage: make-deb.sh TREE DIRECTORY     TREE: what `make install DESTDIR=TREE PREFIX=/usr UNITDIR=/lib/systemd/system` left
#
# Prints the package's path. The version is the program's; set REVISION for another than 1.
set -euo pipefail

tree=$(realpath "$1")
output=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
program=$tree/usr/bin/collecteur
session=$tree/usr/libexec/collecteur/collecteur-session
portal=$tree/usr/libexec/collecteur/collecteur-portal

version=$("$program" --version)-${REVISION:-1}
architecture=$(dpkg --print-architecture)

# What the programs link, with the least versions that Debian's symbol files ask for.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/debian"
printf 'Source: collecteur\n\nPackage: collecteur\nArchitecture: any\n' >"$scratch/debian/control"
depends=$(cd "$scratch" && dpkg-shlibdeps -O --ignore-missing-info "$program" "$session" "$portal" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
# Earlier builds of libssh 0.10 don't verify the tags of AES-GCM.
depends=$(sed 's/libssh-4 ([^)]*)/libssh-4 (>= 0.10.6-0+deb12u3)/' <<<"$depends")
grep -q 'libssh-4 (>= 0.10.6-0+deb12u3)' <<<"$depends"
# The unit reloads with /bin/kill, which is in procps.
depends="$depends, systemd, procps, tzdata, ca-certificates"

install -D -m 0644 "$here/debian/copyright" "$tree/usr/share/doc/collecteur/copyright"
printf 'collecteur (%s) unstable; urgency=medium\n\n  * See the README.\n\n -- collecteur maintainers <root@localhost>  %s\n' \
    "$version" "$(date -R -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")" | gzip -9n >"$tree/usr/share/doc/collecteur/changelog.Debian.gz"
chmod 0644 "$tree/usr/share/doc/collecteur/changelog.Debian.gz"

control=$tree/DEBIAN
rm -rf "$control"
install -d -m 0755 "$control"
size=$(du -sk --exclude=DEBIAN "$tree" | cut -f1)
sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@SIZE@|$size|" -e "s|@DEPENDS@|$depends|" \
    "$here/debian/control" >"$control/control"
echo /etc/collecteur/collecteur.yaml >"$control/conffiles"
for script in postinst prerm postrm; do install -m 0755 "$here/debian/$script" "$control/$script"; done
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$control/md5sums"

package=$output/collecteur_${version}_${architecture}.deb
dpkg-deb --root-owner-group -Zxz -z3 --build "$tree" "$package" >/dev/null
echo "$package"
