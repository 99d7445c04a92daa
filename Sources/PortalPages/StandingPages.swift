package import PortalHTML
import PortalProtocol

/// The pages that the law or RGAA asks for, and help. What the settings don't say is « à compléter ».
package enum StandingPages {
    package static func siteMap(_ layout: Layout) -> HTML {
        layout.document(
            "Plan du site",
            """
            <h1>Plan du site</h1>
            <ul>
            <li><a href="\(Route.home)">Accueil</a></li>
            <li><a href="\(Route.login)">Se connecter</a>
            <ul><li><a href="\(Route.lostPassword)">Mot de passe oublié</a></li>
            <li><a href="\(Route.register)">Se créer un compte</a></li></ul></li>
            <li><a href="\(Route.deposit)">Déposer un fichier</a></li>
            <li><a href="\(Route.deposits)">Mes dépôts</a></li>
            <li><a href="\(Route.periods)">Périodes</a></li>
            <li><a href="\(Route.organisations)">Organismes certifiés</a></li>
            <li><a href="\(Route.information)">Mes Informations</a>
            <ul><li><a href="\(Route.join)">Accéder à un établissement</a></li>
            <li><a href="\(Route.changePassword)">Changer de mot de passe</a></li>
            <li><a href="\(Route.sftpAccount)">Mot de passe du compte SFTP</a></li></ul></li>
            <li><a href="\(Route.help)">Aide</a></li>
            <li><a href="\(Route.accessibility)">Accessibilité</a></li>
            <li><a href="\(Route.legal)">Mentions légales</a></li>
            <li><a href="\(Route.privacy)">Données personnelles et gestion des cookies</a></li>
            </ul>
            """)
    }

    package static func help(_ layout: Layout) -> HTML {
        let states: [ShownState] = ShownState.allCases
        return layout.document(
            "Aide",
            """
            <h1>Aide</h1>
            <h2>Le fichier à transmettre</h2>
            <p>Le fichier transmis doit contenir à chaque dépôt la liste complète des organismes de formation certifiés. Attention, tout OF non présent dans le fichier voit sa certification instantanément retirée de la liste publique des OFs.</p>
            <p>CSV, avec séparateur « ; ». Les données peuvent être encadrées de doubles-guillemets. Si vous préférez maintenir manuellement le fichier, vous pouvez utiliser un tableur (Excel par exemple), et effectuer un « Enregistrer sous » en choisissant le format « CSV ».</p>
            <p>1<sup>ère</sup> ligne du fichier :</p>
            <pre class="defile" tabindex="0"><code>NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif</code></pre>
            <h2>Les différents états de traitement de votre fichier par le COLLECTEUR</h2>
            <div class="defile" tabindex="0" role="region" aria-label="Etats">
            <table><caption class="invisible">Les états et leur description</caption>
            <thead><tr><th scope="col">Etat du traitement</th><th scope="col">Description</th></tr></thead>
            <tbody>
            \(each: states, { "<tr><th scope=\"row\">\(badge($0))</th><td>\($0.sentence)</td></tr>\n" })</tbody></table>
            </div>
            <p>Si l'état du traitement de votre fichier n'est pas « Succès », nous vous invitons à consulter le « Rapport » afin d'identifier les éléments à corriger.</p>
            <h2>Assistance</h2>
            <p>\(layout.settings.texts.assistance.isEmpty ? "à compléter" : layout.settings.texts.assistance)</p>
            """)
    }

    package static func legal(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        let rows: [(label: StaticString, value: String)] = [
            ("Éditeur", texts.publisher), ("Adresse", texts.publisherAddress), ("Téléphone", texts.publisherPhone),
            ("Directeur de la publication", texts.director), ("Hébergeur", texts.host),
        ]
        return layout.document(
            "Mentions légales",
            """
            <h1>Mentions légales</h1>
            <dl class="faits">
            \(each: rows, { "<div><dt>\($0.label.html)</dt><dd>\(filled($0.value))</dd></div>\n" })</dl>
            """)
    }

    package static func privacy(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        return layout.document(
            "Données personnelles et gestion des cookies",
            """
            <h1>Données personnelles et gestion des cookies</h1>
            <h2>Données personnelles</h2>
            <p>Le service enregistre l'email, le nom et le prénom de ses utilisateurs, leurs connexions et leurs dépôts, afin que les organismes certificateurs transmettent au Ministère du travail la liste des organismes de formation certifiés. Il relève d'une mission d'intérêt public. Ces données ne sont communiquées à personne d'autre que les utilisateurs de l'établissement et les agents chargés du service.</p>
            <p>Responsable : \(filled(texts.publisher)). Vous pouvez demander à consulter, corriger ou effacer vos données auprès du délégué à la protection des données : \(filled(texts.dpo)). Vous pouvez aussi saisir la CNIL.</p>
            <h2>Gestion des cookies</h2>
            <p>Un seul cookie est déposé, après votre connexion : il vous reconnaît d'une page à l'autre et prend fin avec la session. Il ne demande pas de consentement. Rien n'est chargé d'un autre site et aucune mesure d'audience n'est faite.</p>
            """)
    }

    package static func accessibility(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        return layout.document(
            "Accessibilité : \(texts.accessibility.word) conforme",
            """
            <h1>Déclaration d'accessibilité</h1>
            <p>\(filled(texts.publisher)) s'engage à rendre ce service accessible, conformément à l'article 47 de la loi n° 2005-102 du 11 février 2005.</p>
            <h2>État de conformité</h2>
            <p>\(layout.settings.name) est <strong>\(texts.accessibility.word) conforme</strong> avec le référentiel général d'amélioration de l'accessibilité (RGAA), version 4.1\(if: texts.accessibility == .non, " : aucun audit de conformité n'a encore été fait").</p>
            <h2>Retour d'information et contact</h2>
            <p>Si vous n'arrivez pas à accéder à un contenu ou à un service, contactez : \(filled(texts.assistance)).</p>
            <h2>Voies de recours</h2>
            <p>Si vous avez signalé un défaut d'accessibilité qui vous empêche d'accéder à un contenu ou à un service et que vous n'avez pas obtenu de réponse satisfaisante, vous pouvez écrire au Défenseur des droits, contacter son délégué dans votre région, ou lui envoyer un courrier (gratuit, sans timbre) : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.</p>
            """)
    }

    private static func filled(_ text: String) -> String { text.isEmpty ? "à compléter" : text }
}
