package import PortalHTML
import PortalProtocol

/// How a file is made and sent, in the words of the manual (3.1, 4.1), and with what reports say again and again.
package enum HelpPage {
    /// What the report finds, and what to do about it: the words are those of its messages.
    private static let remedies: [(found: HTML, remedy: HTML)] = [
        (
            "« est un classeur de tableur (.xlsx ou .ods) »",
            "Enregistrez-le au format CSV, comme indiqué ci-dessus, et déposez ce fichier-là."
        ),
        (
            "« est séparé par des virgules »",
            "Sous Windows : Paramètres, Heure et langue, Région, Paramètres supplémentaires, « Séparateur de liste » : « ; ». Puis enregistrez de nouveau."
        ),
        (
            "« est encodé en UTF-16 (« Texte Unicode » d'Excel) »",
            "Choisissez le type « CSV UTF-8 », et non « Texte Unicode »."
        ),
        (
            "« est précédé de « sep=; », propre à Excel »",
            "Supprimez cette ligne : les noms des colonnes sont à la première."
        ),
        (
            "Un NDA ou un SIREN a perdu ses zéros, ou est écrit <code>1,17E+10</code>",
            "Donnez aux colonnes A et B le format « Texte » avant de saisir ou de coller, et n'ouvrez pas le fichier CSV par un double clic."
        ),
        (
            "« contient un guillemet qui n'est pas refermé »",
            "Cherchez le guillemet seul à la ligne indiquée, et ôtez-le ou refermez-le."
        ),
        (
            "L'OF doit être présent dans la liste OF",
            "Vérifiez le NDA auprès de l'organisme : un ancien numéro n'est pas accepté."
        ),
    ]

    package static func page(_ layout: Layout) -> HTML {
        let welcome = layout.settings.welcome
        let states: [ShownState] = ShownState.allCases
        return layout.document(
            "Aide",
            """
            <h1>Aide</h1>
            <nav aria-label="Sur cette page"><ul>
            <li><a href="#fichier">Le fichier à transmettre</a></li>
            <li><a href="#excel">Faire le fichier avec Excel</a></li>
            <li><a href="#libreoffice">Faire le fichier avec LibreOffice</a></li>
            <li><a href="#deposer">Le déposer</a></li>
            <li><a href="#etats">Les états de traitement</a></li>
            <li><a href="#corriger">Ce que dit le rapport, et que faire</a></li>
            <li><a href="#assistance">Assistance</a></li>
            </ul></nav>
            <h2 id="fichier">Le fichier à transmettre</h2>
            <p>Le fichier transmis doit contenir à chaque dépôt la liste complète des organismes de formation certifiés. Attention, tout OF non présent dans le fichier voit sa certification instantanément retirée de la liste publique des OFs.</p>
            <p>CSV, avec séparateur « ; ». Les données peuvent être encadrées de doubles-guillemets. Son nom a \(welcome.maxFileNameLength) caractères au plus, extension comprise, et il a moins de \(French.size(welcome.maxFileBytes)). Si vous préférez maintenir manuellement le fichier, vous pouvez utiliser un tableur (Excel par exemple), et effectuer un « Enregistrer sous » en choisissant le format « CSV ».</p>
            <p>1<sup>ère</sup> ligne du fichier :</p>
            <pre class="defile" tabindex="0" role="region" aria-label="1ère ligne du fichier"><code>NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif</code></pre>
            <p>Une ligne, par exemple :</p>
            <pre class="defile" tabindex="0" role="region" aria-label="Exemple de ligne"><code>11755555555;552100554;OUI;NON;NON;NON;15/03/2024;14/03/2027</code></pre>
            <p>Les quatre catégories d'actions valent OUI ou NON, en majuscules, l'une au moins OUI ; les dates sont de la forme jj/mm/aaaa ; un NDA ne figure qu'une fois.</p>
            <h2 id="excel">Faire le fichier avec Excel</h2>
            <ol>
            <li>Dans un classeur vide, sélectionnez les colonnes A et B et donnez-leur le format « Texte » : sinon Excel retire les zéros du début et écrit <code>1,17E+10</code>. Donnez aux colonnes G et H le format de date <code>jj/mm/aaaa</code>.</li>
            <li>Écrivez dans la première ligne les huit noms de colonnes ci-dessus, un par cellule, puis un organisme par ligne, sans ligne vide ni titre au-dessus.</li>
            <li>Fichier, « Enregistrer sous », type « CSV UTF-8 (délimité par des virgules) (*.csv) ». En français, Excel sépare malgré ce nom par des « ; ». Répondez « Oui » s'il dit que des fonctionnalités seront perdues.</li>
            <li>Fermez Excel, puis déposez le fichier. « Contrôler sans déposer » dit d'abord ce que le rapport en dirait.</li>
            <li>Pour modifier le fichier plus tard, gardez aussi le classeur (.xlsx). Sans lui, n'ouvrez pas le fichier CSV par un double clic, qui perd les zéros du début : « Données », « À partir d'un fichier texte/CSV », type « Texte » pour NDA et SIREN.</li>
            </ol>
            <h2 id="libreoffice">Faire le fichier avec LibreOffice</h2>
            <ol>
            <li>Dans un classeur vide, sélectionnez les colonnes A et B : Format, Cellules, « Texte ». Pour les colonnes G et H, le format de date <code>JJ/MM/AAAA</code>.</li>
            <li>Écrivez dans la première ligne les huit noms de colonnes ci-dessus, un par cellule, puis un organisme par ligne.</li>
            <li>Fichier, « Enregistrer sous », type « Texte CSV (.csv) », en cochant « Éditer les paramètres du filtre ».</li>
            <li>Dans la fenêtre qui suit : jeu de caractères « Unicode (UTF-8) », séparateur de champs « ; », et « Enregistrer le contenu de la cellule comme affiché » coché.</li>
            <li>Pour rouvrir le fichier : jeu de caractères « Unicode (UTF-8) », séparateur « Point-virgule » seul, et le type « Texte » pour les deux premières colonnes.</li>
            </ol>
            <h2 id="deposer">Le déposer</h2>
            <ol>
            <li>Ouvrez « <a href="\(Route.deposit)">Déposer un fichier</a> », choisissez le fichier ou faites-le glisser dans la page.</li>
            <li>« Contrôler sans déposer » montre le rapport sans rien enregistrer ; « DEPOSER » dépose.</li>
            <li>Si des organismes seraient retirés ou des lignes rejetées, la page le montre et demande confirmation : sans elle, aucun dépôt n'est fait.</li>
            <li>Le rapport est affiché, reste dans « <a href="\(Route.deposits)">Mes dépôts</a> », et un courriel est envoyé aux personnes de l'établissement.</li>
            </ol>
            <p>Si la connexion est perdue pendant l'envoi, regardez « Mes dépôts », ou envoyez de nouveau le même formulaire : il n'est jamais déposé deux fois.</p>
            <h2 id="etats">Les différents états de traitement de votre fichier par le COLLECTEUR</h2>
            <div class="defile" tabindex="0" role="region" aria-label="Etats">
            <table><caption class="invisible">Les états et leur description</caption>
            <thead><tr><th scope="col">Etat du traitement</th><th scope="col">Description</th></tr></thead>
            <tbody>
            \(each: states, { "<tr><th scope=\"row\">\(badge($0))</th><td>\($0.sentence)</td></tr>\n" })</tbody></table>
            </div>
            <p>Si l'état du traitement de votre fichier n'est pas « Succès », nous vous invitons à consulter le « Rapport » afin d'identifier les éléments à corriger.</p>
            <h2 id="corriger">Ce que dit le rapport, et que faire</h2>
            <p>Le rapport commence par les causes, chacune avec le nombre de ses lignes ; « Rapport Lignes » et « Rapport Champs » les détaillent. Corrigez le fichier entier et déposez-le de nouveau en entier : un fichier des seules lignes corrigées retirerait toutes les autres.</p>
            <div class="defile" tabindex="0" role="region" aria-label="Messages fréquents">
            <table><caption class="invisible">Messages fréquents et ce qu'il faut faire</caption>
            <thead><tr><th scope="col">Message</th><th scope="col">Que faire</th></tr></thead>
            <tbody>
            \(each: remedies, { "<tr><th scope=\"row\">\($0.found)</th><td>\($0.remedy)</td></tr>\n" })</tbody></table>
            </div>
            <h2 id="assistance">Assistance</h2>
            <p>\(StandingPages.filled(layout.settings.texts.assistance))</p>
            """)
    }
}
