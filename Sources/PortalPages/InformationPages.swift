package import PortalHTML
package import PortalProtocol

/// « Mes Informations » (manual, 4.2.1 and 4.3).
package enum InformationPages {
    package static func information(_ layout: Layout, _ frame: Frame, _ page: InformationPage) -> HTML {
        layout.document(
            "Mes Informations",
            """
            <h1>Mes Informations</h1>
            \(establishmentsBeyond(frame))\
            \(each: frame.establishments, { establishment($0, page.addresses) })\
            \(AccessPages.colleagues(frame, page.colleagues, more: page.moreColleagues))\
            <section>
            <h2>Mon compte</h2>
            <dl class="faits"><div><dt>Email</dt><dd>\(frame.email)</dd></div>\(if: frame.person != frame.email, "<div><dt>Nom</dt><dd><bdi>\(frame.person)</bdi></dd></div>")</dl>
            <p><a class="bouton secondaire" href="\(Route.changePassword)">Changer de mot de passe</a></p>
            </section>
            \(SFTPPages.section(frame, page.sftp))\
            <section>
            <h2>Mes notifications de dépôt</h2>
            \(notificationsForm(page.isMuted))\
            </section>
            \(sessions(page.sessions))
            """)
    }

    private static func establishment(_ establishment: Establishment, _ addresses: [PostalAddress]) -> HTML {
        let address = addresses.first { $0.depositor == establishment.code } ?? PostalAddress()
        return """
            <section>
            <h2><bdi>\(establishment.name)</bdi></h2>
            <dl class="faits">
            <div><dt>Nom</dt><dd><bdi>\(establishment.name)</bdi></dd></div>
            <div><dt>SIRET</dt><dd>\(establishment.siret)</dd></div>
            <div><dt>Adresse</dt><dd>\(known(address.street))</dd></div>
            <div><dt>Code postal</dt><dd>\(known(address.postalCode))</dd></div>
            <div><dt>Ville</dt><dd>\(known(address.city))</dd></div>
            \(if: establishment.isTest, "<div><dt>Mode</dt><dd>Test</dd></div>")
            </dl>
            </section>

            """
    }

    private static func known(_ text: String) -> HTML {
        text.isEmpty ? "Non renseigné" : "<bdi>\(text)</bdi>"
    }

    /// « Mes notifications de dépôt » by itself: where every mail about a deposit leads whoever wants no more of them.
    package static func notifications(_ layout: Layout, _ frame: Frame, _ page: InformationPage) -> HTML {
        layout.document(
            "Mes notifications de dépôt",
            """
            <div class="etroit">
            <h1>Mes notifications de dépôt</h1>
            <p>\(if: page.isMuted, "Vous ne recevez plus de notifications")\(if: !page.isMuted, "Vous recevez les notifications") à l'adresse \(frame.email).</p>
            \(notificationsForm(page.isMuted))\
            <p><a href="\(Route.information)">Mes Informations</a></p>
            </div>
            """)
    }

    private static func notificationsForm(_ isMuted: Bool) -> HTML {
        """
        <form method="post" action="\(Route.notifications)">
        <p class="case"><input id="qualiopi" name="qualiopi" type="checkbox" value="oui"\(if: !isMuted, " checked")> <label for="qualiopi">QUALIOPI</label></p>
        <p class="aide">Un email est systématiquement envoyé à tous les utilisateurs de votre établissement qui ont un accès au COLLECTEUR pour le projet QUALIOPI. Pour ne plus recevoir de notifications, décochez « QUALIOPI ».</p>
        <p><button class="secondaire">Enregistrer</button></p>
        </form>

        """
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
            <tr><th scope="row">\(row.begun.dashed), il y a \(French.age(row.age))</th><td>\(row.seen.dashed)</td><td>\(row.address.isEmpty ? "inconnue" : row.address)</td><td class="agent"><bdi>\(row.agent)</bdi></td>\
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
