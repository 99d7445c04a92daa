package import PortalHTML
import PortalProtocol

/// What is kept of people, why and for how long: GDPR, article 13. The durations are those after which the daemon deletes.
package enum PrivacyPage {
    private struct Row {
        var what: HTML
        var why: HTML
        var howLong: HTML
    }

    package static func page(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        return layout.document(
            "Données personnelles et gestion des cookies",
            """
            <h1>Données personnelles et gestion des cookies</h1>
            <h2>Pourquoi ces données</h2>
            <p>Le service reçoit des organismes certificateurs la liste des organismes de formation certifiés, pour le Ministère du travail. Il relève d'une mission d'intérêt public (règlement général sur la protection des données, article 6, 1, e). Responsable du traitement : \(StandingPages.filled(texts.publisher)).</p>
            <p>Les données ne sont communiquées qu'aux utilisateurs du même établissement et aux agents chargés du service. Elles ne quittent pas le service, ne servent à rien d'autre, et aucune décision n'est prise de façon automatisée à propos d'une personne.</p>
            <h2>Ce qui est conservé, et combien de temps</h2>
            <div class="defile" tabindex="0" role="region" aria-label="Données conservées">
            <table><caption class="invisible">Données conservées, finalité et durée</caption>
            <thead><tr><th scope="col">Données</th><th scope="col">Durée</th><th scope="col">Finalité</th></tr></thead>
            <tbody>
            \(each: rows(layout), { "<tr><th scope=\"row\">\($0.what)</th><td>\($0.howLong)</td><td>\($0.why)</td></tr>\n" })</tbody></table>
            </div>
            <h2>Vos droits</h2>
            <p>Vous pouvez demander à consulter, corriger ou effacer vos données, en limiter l'usage ou vous y opposer, auprès du délégué à la protection des données : \(StandingPages.filled(texts.dpo)). L'effacement laisse l'historique des dépôts de l'établissement, sans votre nom. Si la réponse ne vous satisfait pas, vous pouvez saisir la CNIL (Commission nationale de l'informatique et des libertés, 3 place de Fontenoy, TSA 80715, 75334 Paris CEDEX 07).</p>
            <h2>Gestion des cookies</h2>
            <p>Un seul cookie est déposé, après votre connexion : il vous reconnaît d'une page à l'autre et prend fin avec la session. Il est nécessaire au service et ne demande pas de consentement. Rien n'est chargé d'un autre site et aucune mesure d'audience n'est faite.</p>
            """)
    }

    private static func rows(_ layout: Layout) -> [Row] {
        let welcome = layout.settings.welcome
        let kept = welcome.retention
        let archive: HTML = "\(French.count(UInt64(kept.archiveDays), "jour")) après la réception"
        return [
            Row(
                what: "Compte : email, civilité, nom, prénom, téléphone, établissement",
                why: "Savoir qui dépose et à qui écrire",
                howLong: "Jusqu'à la suppression du compte, que vous ou votre établissement pouvez demander"),
            Row(
                what: "Mots de passe", why: "Vérifier qui se connecte",
                howLong:
                    "Jamais conservés eux-mêmes ; leur empreinte, dont on ne peut les retrouver, l'est jusqu'à leur changement"
            ),
            Row(
                what: "Sessions : adresse IP, navigateur, heures",
                why: "Vous reconnaître d'une page à l'autre, vous montrer où vous êtes connecté",
                howLong:
                    "Jusqu'à la déconnexion, \(French.count(UInt64(welcome.sessionIdleMinutes), "minute")) sans activité ou \(French.count(UInt64(kept.sessionHours), "heure")) au plus"
            ),
            Row(
                what: "Liens et codes envoyés par courriel",
                why: "Activer un compte, ouvrir l'accès d'un établissement, choisir un mot de passe",
                howLong:
                    "Activation : \(French.count(UInt64(kept.activationHours), "heure")) ; code d'un établissement : \(French.count(UInt64(kept.invitationDays), "jour")) ; mot de passe : \(French.count(UInt64(kept.resetMinutes), "minute")). Le texte du courriel est effacé dès l'envoi"
            ),
            Row(
                what: "Journal du compte : connexions, refus, changements, avec l'adresse IP",
                why: "Déceler l'usage d'un compte par un autre",
                howLong: "Les \(French.grouped(UInt64(kept.events))) derniers évènements"),
            Row(
                what: "Envois interrompus par SFTP", why: "Reprendre l'envoi",
                howLong: "\(French.count(UInt64(kept.partialHours), "heure"))"),
            Row(
                what: "Fichiers déposés", why: "Montrer ce qui a été transmis, et par qui",
                howLong: archive),
            Row(
                what: "Rapports dans le répertoire SFTP", why: "Corriger la liste",
                howLong: "\(French.count(UInt64(kept.reportDays), "jour"))"),
            Row(
                what: "Courriels envoyés", why: "Vérifier qu'ils sont partis",
                howLong: "\(French.count(UInt64(kept.archiveDays), "jour"))"),
            Row(
                what: "Historique des dépôts et de la liste : date, auteur, adresse IP, résultat",
                why: "Prouver quand un organisme a été certifié, et par quel dépôt",
                howLong: "Tant que le service existe ; sans le nom de l'auteur si celui-ci demande l'effacement"),
            Row(
                what: "Journaux techniques du serveur : identifiant, adresse IP", why: "Sécurité, dépannage",
                howLong: "Fixée par l'hébergeur du serveur"),
        ]
    }
}
