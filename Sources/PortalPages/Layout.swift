import PortalAssets
package import PortalHTML
package import PortalProtocol

/// What stands around every page.
package struct Layout {
    package var settings: SiteSettings
    /// Nil for somebody who isn't logged in.
    package var frame: Frame?
    /// The menu's entry that is shown as the one people are at.
    package var current: Route?

    package init(settings: SiteSettings, frame: Frame?, current: Route?) {
        self.settings = settings
        self.frame = frame
        self.current = current
    }

    private static let menu: [(route: Route, label: StaticString)] = [
        (.home, "Accueil"), (.deposit, "Déposer un fichier"), (.deposits, "Mes dépôts"), (.periods, "Périodes"),
        (.organisations, "Organismes certifiés"), (.information, "Mes Informations"),
    ]

    private static let footer: [(route: Route, label: StaticString)] = [
        (.siteMap, "Plan du site"), (.help, "Aide"), (.legal, "Mentions légales"),
        (.privacy, "Données personnelles et gestion des cookies"),
    ]

    /// - title: of the page alone; the service's name follows it.
    package func document(_ title: String, _ content: HTML) -> HTML {
        let assets = settings.assets
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="fr">
            <head>
            <meta charset="utf-8">
            <title>\(title) – \(settings.name)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <link rel="icon" type="image/svg+xml" href="\(Assets.icon.route)">
            <link rel="stylesheet" href="\(Assets.stylesheet.route)">
            \(with: assets.operatorStylesheet, stylesheetLink)\
            <script src="\(Assets.script.route)" defer></script>
            </head>
            <body>
            <a class="evitement" href="#contenu">Aller au contenu</a>
            \(header)
            \(with: frame, session)
            <main id="contenu" tabindex="-1">
            \(content)
            </main>
            \(foot)
            </body>
            </html>

            """
        return page.withNoBreakSpaces()
    }

    private func stylesheetLink(_ asset: Assets.Asset) -> HTML {
        "<link rel=\"stylesheet\" href=\"\(asset.route)\">\n"
    }

    private var header: HTML {
        """
        <header class="entete">
        <div class="large">
        <p class="service"><a href="\(Route.home)">\(settings.name)</a> <span>Dépôt de la liste des organismes de formation certifiés</span></p>
        \(with: frame, person)
        </div>
        </header>
        \(with: frame, menu)
        """
    }

    private func person(_ frame: Frame) -> HTML {
        """
        <div class="personne">
        <p><bdi>\(frame.person)</bdi></p>
        <form method="post" action="\(Route.logout)"><button class="discret">Se déconnecter</button></form>
        </div>
        """
    }

    private func menu(_ frame: Frame) -> HTML {
        """
        <nav class="menu" aria-label="Menu principal">
        <ul class="large">
        \(each: Layout.menu, { entry in
            "<li><a href=\"\(entry.route)\"\(if: entry.route == current, " aria-current=\"page\"")>\(HTML(stringLiteral: entry.label))</a></li>\n"
        })</ul>
        </nav>
        """
    }

    /// Hidden until the script shows it two minutes before the session ends.
    private func session(_ frame: Frame) -> HTML {
        """
        <div class="large" id="session" data-inactivite="\(frame.idleSeconds)" data-fin="\(frame.absoluteSeconds)">
        <p role="status"></p>
        <form method="post" action="\(Route.extend)" hidden><button>Prolonger</button></form>
        </div>
        """
    }

    private var foot: HTML {
        """
        <footer>
        <div class="large">
        \(with: settings.texts.assistance.isEmpty ? nil : settings.texts.assistance, { address in
            "<p>Assistance : <a href=\"mailto:\(percentEncodedMail(address))\">\(address)</a></p>\n"
        })<ul>
        <li><a href="\(Route.accessibility)">Accessibilité : \(settings.texts.accessibility.word) conforme</a></li>
        \(each: Layout.footer, { "<li><a href=\"\($0.route)\">\(HTML(stringLiteral: $0.label))</a></li>\n" })</ul>
        </div>
        </footer>
        """
    }
}

extension Accessibility {
    var word: String {
        switch self {
        case .non: "non"
        case .partiellement: "partiellement"
        case .totalement: "totalement"
        }
    }
}

/// An e-mail within a `mailto:` (RFC 6068): only what can stand there as it is does.
package func percentEncodedMail(_ address: String) -> String {
    address.split(separator: "@", omittingEmptySubsequences: false).map { percentEncoded(String($0)) }
        .joined(separator: "@")
}
