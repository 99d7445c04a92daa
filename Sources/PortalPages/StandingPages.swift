package import PortalHTML
import PortalProtocol

/// The pages that say who runs the service and where everything is. What the settings don't say is « à compléter ».
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
            <li><a href="\(Route.sftpAccount)">Mot de passe du compte SFTP</a></li>
            <li><a href="\(Route.keys)">Clés publiques du compte SFTP</a></li>
            <li><a href="\(Route.notifications)">Mes notifications de dépôt</a></li></ul></li>
            <li><a href="\(Route.help)">Aide</a></li>
            <li><a href="\(Route.accessibility)">Accessibilité</a></li>
            <li><a href="\(Route.legal)">Mentions légales</a></li>
            <li><a href="\(Route.privacy)">Données personnelles et gestion des cookies</a></li>
            </ul>
            """)
    }

    package static func legal(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        let rows: [(label: StaticString, value: String)] = [
            ("Éditeur", texts.publisher), ("Adresse", texts.publisherAddress), ("Téléphone", texts.publisherPhone),
            ("Directeur de la publication", texts.director), ("Hébergeur (nom, adresse, téléphone)", texts.host),
            ("Contact", texts.assistance),
        ]
        return layout.document(
            "Mentions légales",
            """
            <h1>Mentions légales</h1>
            <dl class="faits">
            \(each: rows, { "<div><dt>\($0.label.html)</dt><dd>\(filled($0.value))</dd></div>\n" })</dl>
            <p>Voir aussi : <a href="\(Route.privacy)">Données personnelles et gestion des cookies</a>, <a href="\(Route.accessibility)">Déclaration d'accessibilité</a>.</p>
            """)
    }

    static func filled(_ text: String) -> String { text.isEmpty ? "à compléter" : text }
}
