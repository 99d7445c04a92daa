package import PortalHTML
package import PortalProtocol

/// « Mes Informations » (manual, 4.2.1 and 4.3).
package enum InformationPages {
    package static func information(_ layout: Layout, _ frame: Frame, _ page: InformationPage) -> HTML {
        layout.document(
            "Mes Informations",
            """
            <h1>Mes Informations</h1>
            \(each: frame.establishments, { establishment($0, page.addresses) })\
            <section>
            <h2>Mon compte</h2>
            <dl class="faits"><div><dt>Email</dt><dd>\(frame.email)</dd></div>\(if: frame.person != frame.email, "<div><dt>Nom</dt><dd><bdi>\(frame.person)</bdi></dd></div>")</dl>
            <p><a class="bouton secondaire" href="\(Route.changePassword)">Changer de mot de passe</a></p>
            </section>
            \(sftp(frame, page.sftp))\
            <section>
            <h2>Mes notifications de dépôt</h2>
            <form method="post" action="\(Route.notifications)">
            <p class="case"><input id="qualiopi" name="qualiopi" type="checkbox" value="oui"\(if: !page.isMuted, " checked")> <label for="qualiopi">QUALIOPI</label></p>
            <p class="aide">Un email est systématiquement envoyé à tous les utilisateurs de votre établissement qui ont un accès au COLLECTEUR. Pour ne plus recevoir de notifications, décochez « QUALIOPI ».</p>
            <p><button class="secondaire">Enregistrer</button></p>
            </form>
            </section>
            \(sessions(page.sessions))
            """)
    }

    private static func establishment(_ establishment: Establishment, _ addresses: [PostalAddress]) -> HTML {
        let address = addresses.first { $0.depositor == establishment.code }
        return """
            <section>
            <h2><bdi>\(establishment.name)</bdi></h2>
            <dl class="faits">
            <div><dt>Nom</dt><dd><bdi>\(establishment.name)</bdi></dd></div>
            <div><dt>SIRET</dt><dd>\(establishment.siret)</dd></div>
            \(with: address, { address in
                """
                \(if: !address.street.isEmpty, "<div><dt>Adresse</dt><dd><bdi>\(address.street)</bdi></dd></div>")
                \(if: !address.postalCode.isEmpty, "<div><dt>Code postal</dt><dd>\(address.postalCode)</dd></div>")
                \(if: !address.city.isEmpty, "<div><dt>Ville</dt><dd><bdi>\(address.city)</bdi></dd></div>")
                """
            })
            \(if: establishment.isTest, "<div><dt>Mode</dt><dd>Test</dd></div>")
            </dl>
            </section>

            """
    }

    private static func sftp(_ frame: Frame, _ access: SFTPAccess) -> HTML {
        """
        <section>
        <h2>Mon compte de dépôt SFTP</h2>
        <p>Afin d'automatiser vos dépôts, ou de déposer des fichiers de taille importante, vous pouvez déposer vos fichiers sur un serveur SFTP.</p>
        <dl class="faits">
        <div><dt>Adresse</dt><dd><code>\(access.host)</code></dd></div>
        <div><dt>Port</dt><dd><code>\(access.port)</code></dd></div>
        \(if: access.isOpen, "<div><dt>Identifiant</dt><dd><code>\(access.login)</code>\(if: access.isLocked, " (verrouillé : écrivez à l'assistance)")</dd></div>\n<div><dt>Mot de passe</dt><dd>••••••••</dd></div>")
        </dl>
        \(if: !access.isOpen, "<p>Vous pouvez demander la création d'un compte en cliquant sur le bouton ci-dessous.</p>\n<p class=\"actions\"><a class=\"bouton\" href=\"\(Route.sftpAccount)\">OBTENIR UN ACCES SFTP</a></p>")
        \(if: access.isOpen, "<p class=\"actions\"><a class=\"bouton\" href=\"\(Route.sftpAccount)\">REINITIALISER LE MOT DE PASSE</a></p>\n<h3>Commande pour un automate</h3>\n<p>Avec OpenSSH : <code>sftp -P \(access.port) \(access.login)@\(access.host)</code></p>\n<p>Avec curl : <code>curl -u \(access.login) -T liste.csv sftp://\(access.host):\(access.port)/\(frame.establishments.first?.code ?? "")/QUALIOPI/FICHIER_QUALIOPI/liste.csv</code></p>")
        \(if: !access.fingerprints.isEmpty, "<h3>Empreintes du serveur</h3>\n<ul>\(HTML(each: access.fingerprints) { "<li><code>\($0)</code></li>\n" })</ul>\n")\
        \(if: !frame.establishments.isEmpty, codes(frame))\
        </section>

        """
    }

    private static func codes(_ frame: Frame) -> HTML {
        """
        <h3>Codes des déposants sur le sftp</h3>
        <div class="defile" tabindex="0" role="region" aria-label="Codes des déposants sur le sftp">
        <table><caption class="invisible">Codes des déposants sur le sftp</caption>
        <thead><tr><th scope="col">Nom du déposant</th><th scope="col">Code sur le sftp</th><th scope="col">Répertoire</th></tr></thead>
        <tbody>
        \(each: frame.establishments, { one in
            "<tr><th scope=\"row\"><bdi>\(one.name)</bdi> (\(one.siret))</th><td><code>\(one.code)</code></td><td><code>\(one.code)/QUALIOPI/FICHIER_QUALIOPI</code></td></tr>\n"
        })</tbody></table>
        </div>

        """
    }

    /// « Création de compte SFTP » (manual, 4.2.1), and the same form for another password.
    package static func sftpAccount(_ layout: Layout, _ access: SFTPAccess, error: FormFault? = nil) -> HTML {
        let title = access.isOpen ? "Réinitialiser le mot de passe SFTP" : "Création de compte SFTP"
        return layout.document(
            error.title(title),
            """
            <div class="etroit">
            <h1>\(title)</h1>
            \(error.onTop)\
            \(if: !access.isOpen, "<p>Pour faire un dépôt via SFTP, veuillez activer votre compte.</p>\n")\
            \(if: access.isOpen, notice(.warning, "Les connexions SFTP en cours de ce compte prennent fin : votre automate doit recevoir le nouveau mot de passe."))\
            <p>Attention, ce mot de passe ne servira qu'à accéder au SFTP, il ne modifie pas votre compte d'accès au COLLECTEUR.</p>
            <form method="post" action="\(Route.sftpAccount)">
            <p>Identifiant : <code>\(access.login)</code></p>
            \(if: access.asksPassword, LoginPages.password("actuel", "Mot de passe du COLLECTEUR", autocomplete: "current-password", error: error))
            \(LoginPages.newPassword(error))
            <p class="actions"><button>VALIDER</button> <a class="bouton secondaire" href="\(Route.information)">ANNULER</a></p>
            </form>
            </div>
            """)
    }

    private static func sessions(_ sessions: [SessionRow]) -> HTML {
        """
        <section>
        <h2>Mes sessions</h2>
        <div class="defile" tabindex="0" role="region" aria-label="Mes sessions">
        <table><caption class="invisible">Mes sessions</caption>
        <thead><tr><th scope="col">Ouverte le</th><th scope="col">Dernière activité</th><th scope="col">Adresse</th><th scope="col">Navigateur</th><th scope="col">Action</th></tr></thead>
        <tbody>
        \(each: sessions, { row in
            """
            <tr><th scope="row">\(row.begun.dashed)</th><td>\(row.seen.dashed)</td><td>\(row.address.isEmpty ? "inconnue" : row.address)</td><td class="agent"><bdi>\(row.agent)</bdi></td>\
            <td>\(if: row.isThis, "Cette session")\(if: !row.isThis, """
                <form method="post" action="\(Route.sessions)"><button class="secondaire petit" name="session" value="\(row.id)">Terminer<span class="invisible"> la session ouverte le \(row.begun.dashed), \(row.id)</span></button></form>
                """)</td></tr>

            """
        })</tbody></table>
        </div>
        \(if: sessions.count > 1, """
            <form method="post" action="\(Route.sessions)"><p><button class="secondaire" name="session" value="autres">Terminer toutes les autres sessions</button></p></form>
            """)
        </section>

        """
    }
}
