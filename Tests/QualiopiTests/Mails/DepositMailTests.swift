import Testing

@testable import Qualiopi

/// The four texts against the manual's, 4.3.1 to 4.3.4.
@Suite struct DepositMailTests {
    private let link = "https://collecteur.emploi.gouv.fr/depots/12"

    private func body(_ mail: DepositMail, blocking: Int = 3, alerts: Int = 2, rejected: Int = 0) -> String {
        mail.body(file: "liste.csv", blocking: blocking, alerts: alerts, rejectedLines: rejected, link: link)
    }

    @Test(arguments: [
        (DepositMail.validated, "QUALIOPI - Dépôt validé", "valide"), (.refused, "QUALIOPI - Dépôt refusé", "refuse"),
        (.impossible, "QUALIOPI - Dépôt impossible", "impossible"),
        (.notMade, "QUALIOPI - Dépôt non réalisé", "nonRealise"),
    ])
    func `subjects and kinds`(_ mail: DepositMail, _ subject: String, _ kind: String) {
        #expect(mail.subject == subject)
        #expect(mail.rawValue == kind)
    }

    @Test func `4.3.1 a success`() {
        #expect(
            body(.validated, blocking: 0, alerts: 0)
                == "Votre dépôt \"liste.csv\", dans le cadre du projet QUALIOPI, a été validé et transmis. Il contenait 0 erreur(s) non bloquante(s). Vous pouvez consulter le rapport détaillé dans votre espace déposant https://collecteur.emploi.gouv.fr/depots/12."
        )
    }

    @Test(arguments: [
        (1, "1 ligne a été rejetée et n'a donc pas été intégrée."),
        (2, "2 lignes ont été rejetées et n'ont donc pas été intégrées."),
    ])
    func `4.3.1 a partial success has one sentence more`(_ rejected: Int, _ sentence: String) {
        #expect(body(.validated, rejected: rejected) == body(.validated) + "\n\n" + sentence)
    }

    @Test func `4.3.2 a refusal`() {
        #expect(
            body(.refused)
                == "Votre dépôt \"liste.csv\", dans le cadre du projet QUALIOPI, n'a pas pu être transmis. Il contenait 3 erreur(s) bloquante(s) et 2 erreur(s) non bloquante(s). Vous pouvez consulter le rapport détaillé dans votre espace déposant https://collecteur.emploi.gouv.fr/depots/12."
        )
    }

    @Test func `4.3.3 a technical failure`() {
        #expect(
            body(.impossible)
                == "Votre dépôt \"liste.csv\", dans le cadre du projet QUALIOPI, n'a pas pu être transmis. Vous pouvez consulter le rapport détaillé dans votre espace déposant https://collecteur.emploi.gouv.fr/depots/12."
        )
    }

    @Test func `4.3.4 no deposit`() {
        #expect(
            DepositMail.notMade.body(
                file: "", blocking: 0, alerts: 0, rejectedLines: 0, link: "/E1/QUALIOPI/FICHIER_QUALIOPI")
                    == """
                    La période de dépôt du projet QUALIOPI est terminée, et aucun fichier n'a été transmis pour votre entité. Les dépôts sont désormais fermés pour cette période.

                    Vous pouvez toutefois déposer pour la période suivante dans votre espace déposant /E1/QUALIOPI/FICHIER_QUALIOPI.
                    """)
    }

    @Test func `a summary keeps what each mail would have counted, and the sentence on rejected lines`() {
        func item(
            _ mail: DepositMail, _ deposit: Int64, rejected: Int = 0, blocking: Int = 0, alerts: Int = 0
        ) -> SummaryMail.Item {
            SummaryMail.Item(
                mail: mail, file: "liste.csv", deposit: deposit, lines: LineCounts(bloquantLigne: rejected),
                anomalies: FindingCounts(bloquantFichier: blocking, bloquantLigne: rejected, alerte: alerts),
                page: "https://c.fr/depots/\(deposit)")
        }
        let items = [
            item(.validated, 1), item(.validated, 2, rejected: 3, alerts: 2), item(.validated, 3, alerts: 1),
            item(.validated, 4, rejected: 1), item(.refused, 5, rejected: 1, blocking: 2, alerts: 4),
            item(.impossible, 6),
        ]
        let body = SummaryMail.body(items: items, perHour: 20)
        #expect(
            body.hasPrefix(
                "6 de vos dépôts, dans le cadre du projet QUALIOPI, ont été traités : 4 validés, dont 2 en partie, 1 refusé, 1 impossible.\n"
            ))
        #expect(
            body.hasSuffix(
                """

                - Dépôt validé : "liste.csv" (dépôt 1), 0 erreur(s) non bloquante(s) https://c.fr/depots/1
                - Dépôt validé : "liste.csv" (dépôt 2), 2 erreur(s) non bloquante(s) https://c.fr/depots/2
                  3 lignes ont été rejetées et n'ont donc pas été intégrées.
                - Dépôt validé : "liste.csv" (dépôt 3), 1 erreur(s) non bloquante(s) https://c.fr/depots/3
                - Dépôt validé : "liste.csv" (dépôt 4), 0 erreur(s) non bloquante(s) https://c.fr/depots/4
                  1 ligne a été rejetée et n'a donc pas été intégrée.
                - Dépôt refusé : "liste.csv" (dépôt 5), 3 erreur(s) bloquante(s) et 4 erreur(s) non bloquante(s) https://c.fr/depots/5
                - Dépôt impossible : "liste.csv" (dépôt 6) https://c.fr/depots/6
                """))
        // Of those that are not named any more, too.
        let many = SummaryMail.body(
            items: Array(repeating: item(.validated, 1), count: SummaryMail.mostNamed)
                + [item(.validated, 2, rejected: 7)], perHour: 20)
        #expect(many.contains("201 validés, dont 1 en partie.") && many.hasSuffix("\n- et 1 autre"))
    }
}
