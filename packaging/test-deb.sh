#!/bin/bash
# Installs a package into a clean Debian 12, under a systemd of its own, and makes a deposit there. Needs root and network.
#
# Usage: test-deb.sh PACKAGE.deb
#
# The base system is made once, in $CACHE (/var/cache/collecteur-test): 270 MB. KEEP=1 leaves the machine's folder.
set -euo pipefail

package=$(realpath "$1")
cache=${CACHE:-/var/cache/collecteur-test}
mirror=${MIRROR:-http://deb.debian.org/debian}
port=${PORT:-2222}
[ "$(id -u)" = 0 ] || { echo "test-deb: needs root" >&2; exit 1; }

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'test-deb: %s\n' "$*" >&2; exit 1; }

say "the package itself"
dpkg-deb --info "$package" | sed -n 's/^ \(Version\|Depends\|Installed-Size\)/\1/p'
dpkg-deb --info "$package" | grep 'libssh-4 (>= 0.10.6-0+deb12u3)' >/dev/null || fail "libssh's version is not asked for"
# Yams holds its libyaml, and who builds the package has no maintainer's address to give.
tags=embedded-library,bogus-mail-host,bogus-mail-host-in-debian-changelog,root-in-contact,initial-upload-closes-no-bugs
lintian --allow-root --fail-on error --suppress-tags "$tags" "$package" || fail "lintian"

base=$cache/bookworm
if [ ! -e "$base/.complete" ]; then
    say "a clean Debian 12 (once)"
    rm -rf "$base"
    mkdir -p "$cache"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$base" "$mirror"
    echo 'deb http://deb.debian.org/debian-security bookworm-security main' >"$base/etc/apt/sources.list.d/security.list"
    touch "$base/.complete"
fi

machine=$(mktemp -d "$cache/machine.XXXXXX")
nspawn=
init=
cleanup() {
    # The death of its init ends a machine; that of systemd-nspawn alone doesn't.
    if [ -n "$init" ]; then kill -KILL "$init" 2>/dev/null || true; fi
    if [ -n "$nspawn" ]; then wait "$nspawn" 2>/dev/null || true; fi
    [ -n "${KEEP:-}" ] || rm -rf "$machine"
}
trap cleanup EXIT
cp -a "$base/." "$machine/"
cp "$package" "$machine/root/collecteur.deb"

say "its systemd"
# It shares the network, and lets Landlock through as a machine would.
systemd-nspawn --quiet --directory="$machine" --register=no --keep-unit --console=pipe --resolv-conf=copy-host \
    --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' --boot \
    </dev/null >"$machine.log" 2>&1 &
nspawn=$!
for _ in $(seq 300); do
    init=$(pgrep -P "$nspawn" | head -1 || true)
    if [ -n "$init" ] && nsenter -t "$init" -a systemctl is-active -q multi-user.target 2>/dev/null; then break; fi
    sleep 0.2
done
[ -n "$init" ] || fail "systemd does not start: $(cat "$machine.log")"
rm -f "$machine.log"
inside() { nsenter -t "$init" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }

say "install"
inside apt-get -qq update
inside apt-get -qq install -y --no-install-recommends /root/collecteur.deb >/dev/null
# The first start makes host keys.
for _ in $(seq 150); do inside systemctl is-active -q collecteur.service && break; sleep 0.2; done
inside systemctl is-active collecteur.socket collecteur.service || { inside journalctl -u collecteur --no-pager; fail "not active"; }
inside systemctl is-enabled collecteur.socket collecteur.service
inside systemd-analyze verify collecteur.service collecteur.socket collecteur-reference.service collecteur-reference.timer
[ "$(inside systemctl is-enabled collecteur-reference.timer || true)" = disabled ] || fail "the timer is on by itself"
inside systemd-analyze security --no-pager collecteur.service | tail -1
inside test -e /usr/share/man/man1/collecteur.1.gz -a -e /usr/share/bash-completion/completions/collecteur

say "the first deposit"
inside bash -c 'printf "NDA;SIREN\n11755161475;343506333\n" >/root/of.csv'
inside collecteur reference import /root/of.csv
code=$(inside collecteur depositor add --siret 34350633300032 --name ARCHER)
inside collecteur user add archer@yopmail.com --depositor "$code"
readarray -t account < <(inside collecteur account create archer@yopmail.com --generate)
list=$(mktemp)
# The export has the deposit's own header.
{
    inside collecteur registry export | head -1 | tr -d '\r'
    echo "11755161475;343506333;OUI;NON;NON;NON;01/01/2026;31/12/$(($(date +%Y) + 1))"
} >"$list"
deposit() {
    SSHPASS=${account[1]} timeout 60 sshpass -e sftp -q -oBatchMode=no -oPort="$port" -oStrictHostKeyChecking=no \
        -oUserKnownHostsFile=/dev/null -oPubkeyAuthentication=no "${account[0]}@127.0.0.1" \
        <<<"put $list $code/QUALIOPI/FICHIER_QUALIOPI/$1" ||
        { inside journalctl -u collecteur --no-pager | tail -n 20; fail "the deposit fails"; }
}
treated() {
    for _ in $(seq 150); do
        if inside collecteur deposit list --json | grep "\"file\": \"$1\"" >/dev/null &&
            ! inside collecteur deposit list --json | grep enCours >/dev/null; then break; fi
        sleep 0.2
    done
    inside collecteur deposit list
    inside collecteur deposit list --json | grep '"state": "succes"' >/dev/null || { inside collecteur deposit report 1; fail "no success"; }
}
deposit liste.csv
treated liste.csv
inside collecteur status || [ $? = 1 ]
inside systemctl status --no-pager collecteur.service | sed -n '1,12p'
[ -z "$(inside find /var/lib/collecteur ! -user collecteur)" ] || fail "files with another owner"
inside journalctl -u collecteur.service -o json --no-pager | grep '"PRIORITY":"5"' >/dev/null || fail "no priorities in the journal"

strange=$(inside journalctl -o cat --no-pager _COMM=collecteur | grep -v '^event=' || true)
[ -z "$strange" ] || fail "lines without an event: $strange"

say "backup and restore"
inside collecteur backup /var/backups/collecteur/copy.sqlite
inside systemctl stop collecteur.socket collecteur.service
inside bash -c 'cd /var/lib/collecteur && rm -f collecteur.sqlite-wal collecteur.sqlite-shm &&
    install -m 0600 -o collecteur -g collecteur /var/backups/collecteur/copy.sqlite collecteur.sqlite'
inside systemctl start collecteur.socket collecteur.service
inside collecteur account list

say "reload, upgrade, removal, purge"
inside bash -c 'echo "nosuch: 1" >>/etc/collecteur/collecteur.yaml'
inside systemctl reload collecteur.service || true
for _ in $(seq 100); do inside journalctl -u collecteur --no-pager | grep settings.refused >/dev/null && break; sleep 0.1; done
inside journalctl -u collecteur --no-pager | grep settings.refused
inside sed -i '/nosuch/d' /etc/collecteur/collecteur.yaml
inside bash -c 'sed -i "s/^  level: info/  level: debug/" /etc/collecteur/collecteur.yaml'
pid=$(inside systemctl show -P MainPID collecteur.service)
inside apt-get -qq install -y --reinstall /root/collecteur.deb >/dev/null
[ "$(inside systemctl show -P MainPID collecteur.service)" != "$pid" ] || fail "the upgrade did not restart the service"
inside grep -q '^  level: debug' /etc/collecteur/collecteur.yaml || fail "the upgrade touched the settings"
deposit liste2.csv
treated liste2.csv
inside apt-get -qq remove -y collecteur >/dev/null
inside test -e /var/lib/collecteur/collecteur.sqlite -a -e /etc/collecteur/collecteur.yaml || fail "a removal must keep data and settings"
inside dpkg --purge collecteur >/dev/null
if inside ls /var/lib/collecteur /etc/collecteur /lib/systemd/system/collecteur.service 2>/dev/null; then fail "purge leaves files"; fi
inside test -e /var/backups/collecteur/copy.sqlite || fail "a purge must keep backups"

say "all good"
