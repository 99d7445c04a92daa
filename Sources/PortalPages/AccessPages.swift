package import PortalHTML
package import PortalProtocol

/// « Demander un accès au service COLLECTEUR » (manual, 2.2), and who has one.
package enum AccessPages {
    package static func form(
        _ layout: Layout, _ frame: Frame, _ typed: JoinRequest, problems: [FieldProblem], error: HTML? = nil
    ) -> HTML {
        let problems = FormProblems(problems)
        let isWrong = !problems.isEmpty || error != nil
        return layout.document(
            isWrong ? "Erreur : Accéder à un établissement" : "Accéder à un établissement",
            """
            <div class="etroit">
            <h1>Accéder à un établissement</h1>
            \(with: error, { notice(.error, $0) })\(problems.summary)\
            <p id="aide-acces">Saisissez le SIRET et le code d'activation indiqués dans l'email que nous vous avons transmis.</p>
            <form method="post" action="\(Route.join)">
            \(problems.input(.siret, typed.siret, autocomplete: "off", remark: "aide-acces"))\
            \(problems.input(.code, typed.code, autocomplete: "off", remark: "aide-code"))\
            <p class="aide" id="aide-code">24 lettres et chiffres, en groupes de quatre. Un code sert à une seule personne.</p>
            <p class="actions"><button>Valider</button> <a href="\(Route.home)">Retour à l'accueil</a></p>
            </form>
            \(if: !frame.establishments.isEmpty, """
                <h2>Vos établissements</h2>
                <ul>
                \(HTML(each: frame.establishments) { "<li><bdi>\($0.name)</bdi> (\($0.siret))</li>\n" })</ul>
                """)
            </div>
            """)
    }

    /// For whoever has no establishment yet.
    static let invitation: HTML = """
        \(notice(.information, "Votre compte n'est rattaché à aucun établissement. Il ne vous reste plus qu'à activer l'accès au service COLLECTEUR, avec le SIRET et le code d'activation indiqués dans l'email que nous vous avons transmis."))\
        <p class="actions"><a class="bouton" href="\(Route.join)">Saisir le SIRET et le code d'activation</a></p>

        """

    /// Who has access to the establishments of a person, on « Mes Informations ».
    static func colleagues(_ frame: Frame, _ colleagues: [ColleagueRow], more: UInt32) -> HTML {
        """
        <section>
        <h2>Personnes qui ont accès</h2>
        \(if: !colleagues.isEmpty, """
            <div class="defile" tabindex="0" role="region" aria-label="Personnes qui ont accès">
            <table><caption class="invisible">Personnes qui ont accès</caption>
            <thead><tr><th scope="col">Email</th><th scope="col">Nom</th>\(if: frame.hasSeveral, "<th scope=\"col\">Etablissement</th>")<th scope="col">Accès</th></tr></thead>
            <tbody>
            \(HTML(each: colleagues) { row($0, frame) })</tbody></table>
            </div>
            """)
        \(if: more > 0, "<p>Et \(French.count(UInt64(more), "autre", "autres")).</p>\n")\
        \(if: !colleagues.isEmpty, "<p class=\"aide\">Pour retirer l'accès d'une personne, écrivez à l'assistance.</p>\n")\
        <p><a class="bouton secondaire" href="\(Route.join)">Accéder à un autre établissement</a></p>
        </section>

        """
    }

    private static func row(_ colleague: ColleagueRow, _ frame: Frame) -> HTML {
        """
        <tr><th scope="row">\(colleague.email)\(if: colleague.email == frame.email, " (vous)")</th>\
        <td>\(if: colleague.name.isEmpty, "–")<bdi>\(colleague.name)</bdi></td>\
        \(if: frame.hasSeveral, "<td><bdi>\(frame.name(of: colleague.depositor))</bdi></td>")\
        <td>\(if: colleague.isInPortal, "Espace déposant")\(if: colleague.isInPortal && colleague.hasSFTP, ", ")\
        \(if: colleague.hasSFTP, "SFTP")\(if: !colleague.isInPortal && !colleague.hasSFTP, "Notifications seulement")</td></tr>

        """
    }
}
