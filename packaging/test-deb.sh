#!/bin/bash
# Installs a package into a clean Debian or Ubuntu, under a systemd of its own, and makes deposits there with that system's
# own clients. Needs root and network.
#
# Usage: test-deb.sh PACKAGE.deb [SUITE]     SUITE: bookworm (Debian 12; what is taken when none is given), trixie (Debian 13),
#                                            noble (Ubuntu 24.04)
#
# The base system is made once, in $CACHE (.build-debian here, which make clean removes): 300 MB. KEEP=1 leaves the machine's folder.
set -euo pipefail

package=$(realpath "$1")
suite=${2:-bookworm}
cache=${CACHE:-$PWD/.build-debian}
debian=${MIRROR:-http://deb.debian.org/debian}
ubuntu=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
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

# Makes the base system of a suite in $cache, unless it is there.
make_base() {
    local suite=$1 base=$cache/$1 options=()
    [ ! -e "$base/.complete" ] || return 0
    say "a clean $suite (once)"
    rm -rf "$base"
    mkdir -p "$cache"
    case $suite in
    bookworm | trixie)
        local mirror=$debian
        local more=("http://deb.debian.org/debian-security $suite-security main") ;;
    noble)
        local mirror=$ubuntu
        local more=("$ubuntu noble main universe" "$ubuntu noble-updates main universe" "$ubuntu noble-security main universe")
        local keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
        if [ ! -e "$keys" ]; then
            # Debian 12 has no package of Ubuntu's keys; Debian 13 has one, and apt verifies it.
            make_base trixie
            keys=$cache/trixie$keys
            [ -e "$keys" ] || chroot "$cache/trixie" apt-get -qq install -y --no-install-recommends ubuntu-archive-keyring >/dev/null
        fi
        options=("--keyring=$keys") ;;
    *) fail "no such suite: $suite (bookworm, trixie, noble)" ;;
    esac
    # Ubuntu's suites have one script, of whatever name.
    local script=/usr/share/debootstrap/scripts/$suite
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/gutsy
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates "${options[@]}" "$suite" "$base" \
        "$mirror" "$script"
    printf 'deb %s\n' "${more[@]}" >"$base/etc/apt/sources.list.d/more.list"
    touch "$base/.complete"
}
make_base "$suite"
base=$cache/$suite

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

say "install, on $(inside sed -n 's/^PRETTY_NAME=//p' /etc/os-release)"
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
# The states of the deposits of a name, one a line.
states() {
    inside collecteur deposit list --json |
        python3 -c 'import json, sys; [print(d["state"]) for d in json.load(sys.stdin) if d["file"] == sys.argv[1]]' "$1"
}
# That there is one deposit of a name, and that it is a success.
treated() {
    local state=
    for _ in $(seq 150); do
        state=$(states "$1")
        case $state in '' | enCours) sleep 0.2 ;; *) break ;; esac
    done
    [ "$state" = succes ] || { inside collecteur deposit list; fail "$1: ${state:-no deposit}"; }
    printf '%s: %s\n' "$1" "$state"
}
deposit liste.csv
treated liste.csv
inside collecteur status || [ $? = 1 ]
inside systemctl status --no-pager collecteur.service | sed -n '1,12p'
[ -z "$(inside find /var/lib/collecteur ! -user collecteur)" ] || fail "files with another owner"
inside journalctl -u collecteur.service -o json --no-pager | grep '"PRIORITY":"5"' >/dev/null || fail "no priorities in the journal"

strange=$(inside journalctl -o cat --no-pager _COMM=collecteur | grep -v '^event=' || true)
[ -z "$strange" ] || fail "lines without an event: $strange"

say "that system's clients"
inside apt-get -qq install -y --no-install-recommends openssh-client sshpass curl lftp putty-tools rclone python3-paramiko >/dev/null
cp "$list" "$machine/root/liste.csv"
# Each as somebody there would run it: the login, the password, the folder and a file's name are given. A key where it can.
cat >"$machine/root/client.sh" <<'CLIENT'
set -euo pipefail
login=$1 password=$2 folder=$3 port=$4 client=$5
export SSHPASS=$password
name=$client.csv
cd /root && cp liste.csv "$name"
ssh=(-oPort="$port" -oBatchMode=yes -i /root/key)
case $client in
sftp-key) sftp -q "${ssh[@]}" "$login@127.0.0.1" <<<"put $name $folder/" ;;
sftp-part) printf 'put -p %s %s/%s.part\nrename %s/%s.part %s/%s\n' "$name" "$folder" "$name" "$folder" "$name" "$folder" "$name" |
    sftp -q "${ssh[@]}" "$login@127.0.0.1" ;;
scp) scp -q -p "${ssh[@]}" "$name" "$login@127.0.0.1:$folder/" ;;
curl) curl -sS --insecure -u "$login:$password" -T "$name" "sftp://127.0.0.1:$port/$folder/" ;;
lftp) lftp -u "$login,$password" -e "set cmd:fail-exit yes; put -O $folder $name; bye" "sftp://127.0.0.1:$port" ;;
psftp) printf 'cd %s\nput %s\n' "$folder" "$name" | psftp -batch -hostkey "$HOSTKEY" -P "$port" -pw "$password" "$login@127.0.0.1" ;;
rclone) rclone copyto "$name" ":sftp,host=127.0.0.1,port=$port,user=$login,pass=$(rclone obscure "$password"):$folder/$name" ;;
paramiko) python3 - "$login" "$password" "$folder/$name" "$port" "$name" <<'PYTHON'
import sys, paramiko
login, password, path, port, name = sys.argv[1:]
client = paramiko.SSHClient()
client.load_host_keys("/root/.ssh/known_hosts")
client.connect("127.0.0.1", int(port), login, password, look_for_keys=False, allow_agent=False)
client.open_sftp().put(name, path)
client.close()
PYTHON
    ;;
esac
CLIENT
inside bash -c 'ssh-keygen -q -t ed25519 -N "" -f /root/key && collecteur account add-key "$0" /root/key.pub' "${account[0]}"
inside bash -c 'mkdir -p /root/.ssh && ssh-keyscan -p "$0" 127.0.0.1 >/root/.ssh/known_hosts 2>/dev/null' "$port"
hostkey=$(inside ssh-keygen -lf /root/.ssh/known_hosts | sed -n 's/.* \(SHA256:[^ ]*\) .*(ED25519)/\1/p')
inside bash -c 'ssh -v -oPort="$0" -oBatchMode=yes -i /root/key "$1@127.0.0.1" -s nosuch 2>&1 </dev/null | grep -E "^OpenSSH|remote software|kex: algorithm|post-quantum|store now"' "$port" "${account[0]}"
for client in sftp-key sftp-part scp curl lftp psftp rclone paramiko; do
    inside env HOSTKEY="$hostkey" timeout 120 bash /root/client.sh "${account[@]}" "$code/QUALIOPI/FICHIER_QUALIOPI" "$port" "$client" ||
        { inside journalctl -u collecteur --no-pager | tail -n 20; fail "$client fails"; }
    treated "$client.csv"
done

say "the sandbox"
# A live session, and the template that sessions are copied from where there is one at the time: each has given up more than
# what the unit takes from the daemon.
daemon=$(inside systemctl show -P MainPID collecteur.service)
coproc SESSION { inside sftp -q -oPort="$port" -oBatchMode=yes -i /root/key "${account[0]}@127.0.0.1"; }
printf 'ls\n' >&"${SESSION[1]}"
read -r -t 60 _ <&"${SESSION[0]}" || fail "no session"
inside bash -c 'set -eu
    filters() { sed -n "s/^Seccomp_filters:\t//p" <<<"$1"; }
    own=$(filters "$(cat "/proc/$0/status")")
    sessions=0
    for process in $(pgrep -P "$0"); do
        # The session of the client before may end at any time.
        status=$(cat "/proc/$process/status" 2>/dev/null) || continue
        grep -q "^NoNewPrivs:.1" <<<"$status"
        grep -q "^Seccomp:.2" <<<"$status"
        [ "$(filters "$status")" -gt "$own" ]
        name=$(sed -n "s/^Name:\t//p" <<<"$status")
        printf "%s: %s filters, the daemon %s\n" "$name" "$(filters "$status")" "$own"
        [ "$name" != collecteur-sess ] || sessions=$((sessions + 1))
    done
    [ "$sessions" -ge 1 ]' "$daemon" || fail "a process that is not confined"
printf 'bye\n' >&"${SESSION[1]}"
wait "$SESSION_PID" || true
crashed=$(inside journalctl -u collecteur -o cat --no-pager -g session.crashed || true)
[ -z "$crashed" ] || [[ $crashed == *"No entries"* ]] || fail "crashed: $crashed"

say "the portal"
inside sed -i 's|^portal_url: .*|portal_url: http://127.0.0.1:8480|; s|^  listen: \[\]|  listen: ["127.0.0.1:8480"]|' /etc/collecteur/collecteur.yaml
inside collecteur config check
inside systemctl restart collecteur.service
healthy=
for _ in $(seq 100); do
    healthy=$(inside curl -sS http://127.0.0.1:8480/sante 2>&1) && [ "$healthy" = ok ] && break
    sleep 0.2
done
[ "$healthy" = ok ] || { inside journalctl -u collecteur --no-pager | tail -n 20; fail "the portal: $healthy"; }
inside curl -sSf http://127.0.0.1:8480/connexion | grep -q mot_de_passe || fail "no page to log in"
inside bash -c 'grep -q "^NoNewPrivs:.1" "/proc/$0/status" && grep -q "^Seccomp:.2" "/proc/$0/status"' \
    "$(inside pgrep -f collecteur-portal)" || fail "the portal is not confined"

say "the portal by its socket unit, behind nginx with the example's settings"
inside apt-get -qq install -y --no-install-recommends nginx-light openssl >/dev/null
inside sed -i 's|^portal_url: .*|portal_url: https://depot.example.fr|; s|^  listen: \["127.0.0.1:8480"\]|  listen: []|' /etc/collecteur/collecteur.yaml
inside openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=depot.example.fr -keyout /etc/ssl/private/depot.example.fr.key \
    -out /etc/ssl/depot.example.fr.pem 2>/dev/null
# Other ports than a web server's: the network is the host's.
inside bash -c 'rm -f /etc/nginx/sites-enabled/default
    sed -e "s/listen 443/listen 127.0.0.1:8443/" -e "/listen \[::\]/d" -e "s/listen 80;/listen 127.0.0.1:8480;/" \
        /usr/share/doc/collecteur/examples/nginx-portal.conf >/etc/nginx/sites-enabled/collecteur.conf'
[ "$(inside systemctl is-enabled collecteur-portal.socket || true)" = disabled ] || fail "the portal's socket is on by itself"
# systemd gives no socket to a service that runs.
inside systemctl stop -q collecteur.service
inside systemctl enable -q --now collecteur-portal.socket
inside systemctl start collecteur.service
inside nginx -t
inside systemctl restart nginx.service
web() {
    inside curl -sSk --max-time 60 --resolve depot.example.fr:8443:127.0.0.1 -b /root/jar -c /root/jar \
        -H 'Origin: https://depot.example.fr' "$@"
}
at=https://depot.example.fr:8443
healthy=
for _ in $(seq 100); do
    healthy=$(web "$at/sante" 2>&1) && [ "$healthy" = ok ] && break
    sleep 0.2
done
[ "$healthy" = ok ] || { inside journalctl -u collecteur --no-pager | tail -n 20; fail "the portal behind nginx: $healthy"; }
[ "$(inside stat -c '%U:%G %a' /run/collecteur-portal.sock)" = "root:www-data 660" ] || fail "the socket file's rights"
# It exits with 1 while the law's pages are to be filled in.
status=$(inside collecteur status || true)
grep "socket file" <<<"$status" >/dev/null || fail "status does not tell of the portal: $status"
inside collecteur user reset-password archer@yopmail.com >/dev/null
link=
for _ in $(seq 100); do
    link=$(inside bash -c "cat /var/lib/collecteur/mail/*.eml | tr -d '\r' | sed -z 's/=\n//g' | grep -o '/mot-de-passe/[A-Za-z0-9_-]*' | tail -1" || true)
    [ -z "$link" ] || break
    sleep 0.2
done
web -o /dev/null -d mot_de_passe=Portail-2026 -d confirmation=Portail-2026 "$at$link"
web -o /dev/null -d email=archer@yopmail.com -d mot_de_passe=Portail-2026 "$at/connexion"
drop() {
    local key
    key=$(web "$at/deposer" | sed -n 's/.*name="cle" value="\([0-9a-f]*\)".*/\1/p')
    [ -n "$key" ] || fail "not logged in"
    cp "$list" "$machine/root/$1"
    web -o /dev/null -F "cle=$key" -F "fichier=@/root/$1" "$at/deposer"
    treated "$1"
}
drop page.csv

say "backup and restore"
inside collecteur backup /var/backups/collecteur/copy.sqlite
inside systemctl stop collecteur.socket collecteur-portal.socket collecteur.service
inside bash -c 'cd /var/lib/collecteur && rm -f collecteur.sqlite-wal collecteur.sqlite-shm &&
    install -m 0600 -o collecteur -g collecteur /var/backups/collecteur/copy.sqlite collecteur.sqlite'
inside systemctl start collecteur.socket collecteur-portal.socket collecteur.service
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
# Who was logged in at the page still is.
for _ in $(seq 100); do [ "$(web "$at/sante" 2>&1)" = ok ] && break; sleep 0.2; done
drop page2.csv
inside apt-get -qq remove -y collecteur >/dev/null
inside test -e /var/lib/collecteur/collecteur.sqlite -a -e /etc/collecteur/collecteur.yaml || fail "a removal must keep data and settings"
inside dpkg --purge collecteur >/dev/null
if inside ls /var/lib/collecteur /etc/collecteur /lib/systemd/system/collecteur.service 2>/dev/null; then fail "purge leaves files"; fi
inside test -e /var/backups/collecteur/copy.sqlite || fail "a purge must keep backups"

say "all good"
