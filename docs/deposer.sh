#!/bin/sh
# Dépose un fichier QUALIOPI puis attend son rapport.
#
# Usage : deposer.sh FICHIER IDENTIFIANT CODE HOTE [PORT]
#   deposer.sh liste.csv archer_yopmail.com E34350633300032 collecteur.example.fr 2222
#
# La clé SSH est celle de l'agent ou de ~/.ssh ; OPTIONS_SFTP ajoute des options à sftp (« -i cle » par exemple). La clé
# du serveur doit être dans known_hosts : voir deposants.md. ATTENTE : secondes à attendre le rapport, 300 par défaut.
# Code de retour : 0 intégré sans rejet, 1 intégré en partie (lignes rejetées), 2 refusé, 3 pas de rapport, 4 envoi impossible,
# 5 intégré sans rejet mais avec une alerte, 6 intégré en partie avec une alerte.
set -eu

[ $# -ge 4 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 64; }
fichier=$1 identifiant=$2 code=$3 hote=$4 port=${5:-2222}
[ -f "$fichier" ] || { echo "$fichier : fichier introuvable" >&2; exit 4; }
nom=${fichier##*/}
attente=${ATTENTE:-300}

# Un mot pour sftp : entre guillemets il ne lit ni blanc, ni [ * ?, mais bien \ et ".
mot() { printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; }
case $nom in *"
"*) echo "le nom du fichier contient un saut de ligne : renommez-le" >&2; exit 4 ;; esac
cible=$(mot "/$code/QUALIOPI/FICHIER_QUALIOPI/$nom")

travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT

# Exécute les commandes lues sur l'entrée ; ce que dit ssh reste dans un fichier, montré si la connexion échoue.
session() { # shellcheck disable=SC2086
    sftp -b - ${OPTIONS_SFTP:-} -P "$port" "$identifiant@$hote" 2>"$travail/erreurs"; }
# La fin des noms des rapports du fichier : « .2026-11-28T101502.rapport.json ». Le début peut s'afficher autrement
# qu'il ne s'écrit.
rapports() {
    printf -- '-ls -1 %s.[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*.rapport.json\n' "$cible" | session >"$travail/liste" &&
        sed -n 's/^.*\(\.[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9]\{6\}[-0-9]*\.rapport\.json\)$/\1/p' "$travail/liste" | sort
}
echec() { cat "$travail/erreurs" >&2; echo "$1" >&2; exit "$2"; }

rapports >"$travail/avant" || echec "connexion impossible" 4
printf 'put %s %s\n' "$(mot "$fichier")" "$cible" | session >/dev/null || echec "envoi impossible" 4
printf '%s\n' "$nom : envoyé, en attente du rapport"

fin=$(($(date +%s) + attente))
nouveau=
while [ -z "$nouveau" ]; do
    [ "$(date +%s)" -lt "$fin" ] || echec "pas de rapport après $attente s" 3
    sleep 3
    rapports >"$travail/apres" || continue
    nouveau=$(comm -13 "$travail/avant" "$travail/apres" | tail -n 1)
done

# Le rapport pour machines donne l'état ; celui pour lecteurs est affiché.
printf 'get %s%s %s\nget %s%s %s\n' "$cible" "$nouveau" "$(mot "$travail/rapport.json")" \
    "$cible" "${nouveau%.json}.txt" "$(mot "$travail/rapport.txt")" | session >/dev/null || echec "rapport illisible" 3
cat "$travail/rapport.txt"
case $(sed -n 's/^ *"etat" *: *"\([A-Za-z]*\)".*/\1/p' "$travail/rapport.json" | head -n 1) in
succes) exit 0 ;;
succesPartiel) exit 1 ;;
echec) exit 2 ;;
succesAvecAlertes) exit 5 ;;
succesPartielAvecAlertes) exit 6 ;;
*) echo "rapport illisible" >&2; exit 3 ;;
esac
