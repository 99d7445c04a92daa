package import DepositorStore
package import OutboxStore
package import Qualiopi

/// The mails about access to the portal. Their links are made from `portal_url` alone.
package enum PortalMail {
    /// - minutes: how long the link holds; until: the same as an instant.
    package static func reset(to email: String, link: String, minutes: Int, until: Timestamp) -> NewMail {
        NewMail(
            kind: "portail.motDePasse", recipient: email,
            subject: "COLLECTEUR - Réinitialisation de votre mot de passe",
            body: unbroken(
                """
                Un nouveau mot de passe a été demandé pour votre espace déposant. Pour le choisir, ouvrez ce lien, valable \(minutes) minutes :

                \(link)

                Si vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même.
                """), until: until)
    }

    /// The manual's 2.2: « le SIRET et le code d'activation contenus dans l'email que nous vous avons envoyé ».
    ///
    /// - end: the last moment of the code, as people read it.
    package static func invitation(
        to email: String, establishment: Depositor, code: String, portalURL: String, end: String, until: Timestamp
    ) -> NewMail {
        NewMail(
            kind: "portail.codeActivation", recipient: email, subject: "COLLECTEUR - Votre code d'activation",
            body: unbroken(
                """
                Voici le SIRET et le code d'activation qui vous donnent accès au service « COLLECTEUR » pour l'établissement \(establishment.name) :

                SIRET : \(establishment.siret)
                Code d'activation : \(code)

                1. Créez et activez votre compte utilisateur, si vous n'en avez pas encore : \(portalURL)/inscription
                2. Connectez-vous, puis saisissez le SIRET et le code d'activation : \(portalURL)/acces

                Ce code sert à une seule personne, une seule fois, jusqu'au \(end). Ne le transmettez à personne d'autre que cette personne.

                Si vous n'attendiez pas ce courriel, ne faites rien.
                """), until: until)
    }

    /// The manual's 2.1: « Cliquez sur le lien pour activer votre compte. Ce lien est valable 24 heures ». Nothing in it was typed by whoever
    /// registered: it may be another than its reader.
    package static func activation(to email: String, link: String, hours: Int, until: Timestamp) -> NewMail {
        NewMail(
            kind: "portail.compteAActiver", recipient: email, subject: "COLLECTEUR - Activez votre compte",
            body: unbroken(
                """
                Cliquez sur le lien pour activer votre compte. Ce lien est valable \(hours) \(hours == 1 ? "heure" : "heures") :

                \(link)

                Si vous n'avez pas demandé ce compte, ne faites rien : il ne sera pas activé.
                """), until: until)
    }

    package static func known(to email: String, portalURL: String) -> NewMail {
        NewMail(
            kind: "portail.compteExistant", recipient: email, subject: "COLLECTEUR - Vous avez déjà un compte",
            body: unbroken(
                """
                Un compte vient d'être demandé avec votre adresse, qui en a déjà un.

                Connectez-vous : \(portalURL)/connexion
                Mot de passe oublié : \(portalURL)/mot-de-passe

                Si vous n'avez rien demandé, ne faites rien : votre compte reste le même.
                """))
    }

    package static func changed(to email: String) -> NewMail {
        NewMail(
            kind: "portail.motDePasseModifie", recipient: email,
            subject: "COLLECTEUR - Votre mot de passe a été modifié",
            body: unbroken(
                """
                Le mot de passe de votre espace déposant a été modifié, et vos sessions ont pris fin.

                Si ce n'était pas vous, demandez tout de suite un nouveau mot de passe avec « Mot de passe oublié », et prévenez l'assistance.
                """))
    }

    /// No line of it begins with a sign that belongs to the one before. What is copied, SIRET, code and links, stands on lines of its own and
    /// keeps the space bar's.
    private static func unbroken(_ text: String) -> String {
        text.replacing("« ", with: "«\u{A0}").replacing(" »", with: "\u{A0}»").replacing(" :\n", with: "\u{A0}:\n")
    }
}
