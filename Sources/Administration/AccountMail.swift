import OutboxStore
internal import Store

/// What the person of an SFTP account is told about it: never the password.
enum AccountMail {
    /// - `isOwn`: the person did it in the espace déposant; otherwise an admin did.
    static func passwordReset(email: String, login: String, at time: String, isOwn: Bool) -> NewMail {
        let by = isOwn ? "depuis votre espace déposant" : "par un administrateur du COLLECTEUR"
        let whereNewOneIs =
            isOwn
            ? "par celui que vous avez choisi"
            : "par le nouveau, qui vous est communiqué par ailleurs, jamais par courriel"
        return NewMail(
            kind: "compte.motDePasseModifie", recipient: email,
            subject: "COLLECTEUR - Le mot de passe de votre compte SFTP a été modifié",
            body: """
                Le mot de passe du compte SFTP "\(login)" a été modifié le \(time) \(by).

                Le mot de passe précédent n'est plus accepté : celui qu'emploie votre robot est à remplacer \
                \(whereNewOneIs).

                Si vous n'êtes pas à l'origine de cette demande, prévenez l'administrateur.

                """)
    }
}
