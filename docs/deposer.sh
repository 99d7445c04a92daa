#!/bin/sh
# Dépose un fichier QUALIOPI puis attend son rapport.
#
# Usage : deposer.sh FICHIER IDENTIFIANT CODE HOTE [PORT]
#   deposer.sh liste.csv archer_yopmail.com E34350633300032 collecteur.example.fr 2222
#
# La clé SSH est celle de l'agent ou de ~/.ssh ; OPTIONS_SFTP ajoute des options à sftp (« -i cle » par exemple).
# Code de retour : 0 intégré sans rejet, 1 intégré en partie (lignes rejetées), 2 refusé, 3 pas de rapport, 4 envoi impossible.
set -eu

[ $# -ge 4 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 64; }
fichier=$1 identifiant=$2 code=$3 hote=$4 port=${5:-2222}
nom=$(basename "$fichier")
dossier=/$code/QUALIOPI/FICHIER_QUALIOPI
attente=${ATTENTE:-300}

session() { # shellcheck disable=SC2086
    sftp -q -b - ${OPTIONS_SFTP:-} -P "$port" "$identifiant@$hote"; }
rapports() { echo "ls -1 $dossier" | session | sed -n "s|^.*/\($nom\.[^/]*\.rapport\.json\)\$|\1|p"; }

travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT

rapports | sort >"$travail/avant" || exit 4
printf 'put "%s" "%s/%s"\n' "$fichier" "$dossier" "$nom" | session >/dev/null || { echo "envoi impossible" >&2; exit 4; }
echo "$nom : envoyé, en attente du rapport"

fin=$(($(date +%s) + attente))
nouveau=
while [ -z "$nouveau" ]; do
    [ "$(date +%s)" -lt "$fin" ] || { echo "pas de rapport après $attente s" >&2; exit 3; }
    sleep 3
    rapports | sort >"$travail/apres" || continue
    nouveau=$(comm -13 "$travail/avant" "$travail/apres" | tail -n 1)
done

# Le rapport pour machines donne l'état ; celui pour lecteurs est affiché.
printf 'get "%s/%s" "%s/rapport.json"\nget "%s/%s" "%s/rapport.txt"\n' "$dossier" "$nouveau" "$travail" \
    "$dossier" "${nouveau%.json}.txt" "$travail" | session >/dev/null || exit 3
cat "$travail/rapport.txt"
case $(sed -n 's/^ *"etat" *: *"\([A-Za-z]*\)".*/\1/p' "$travail/rapport.json" | head -n 1) in
succes | succesAvecAlertes) exit 0 ;;
succesPartiel*) exit 1 ;;
*) exit 2 ;;
esac
