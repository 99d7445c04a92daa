package import Store

/// The mails about access to the portal. Their links are made from `portal_url` alone.
package enum PortalMail {
    /// - minutes: how long the link holds.
    package static func reset(to email: String, link: String, minutes: Int) -> NewMail {
        NewMail(
            kind: "portail.motDePasse", recipient: email,
            subject: "COLLECTEUR - Réinitialisation de votre mot de passe",
            body: """
                Un nouveau mot de passe a été demandé pour votre espace déposant. Pour le choisir, ouvrez ce lien, valable \(minutes) minutes :

                \(link)

                Si vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même.
                """)
    }

    package static func changed(to email: String) -> NewMail {
        NewMail(
            kind: "portail.motDePasseModifie", recipient: email,
            subject: "COLLECTEUR - Votre mot de passe a été modifié",
            body: """
                Le mot de passe de votre espace déposant a été modifié, et vos sessions ont pris fin.

                Si ce n'était pas vous, demandez tout de suite un nouveau mot de passe avec « Mot de passe oublié », et prévenez l'assistance.
                """)
    }
}
