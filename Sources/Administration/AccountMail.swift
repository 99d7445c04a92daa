internal import Store

/// What the person of an SFTP account is told about it: never the password.
enum AccountMail {
    static func passwordReset(email: String, login: String, at time: String) -> NewMail {
        NewMail(
            kind: "compte.motDePasseModifie", recipient: email,
            subject: "COLLECTEUR - Le mot de passe de votre compte SFTP a été modifié",
            body: """
                Le mot de passe du compte SFTP "\(login)" a été modifié le \(time) par un administrateur du COLLECTEUR.

                Le mot de passe précédent n'est plus accepté : celui qu'emploie votre robot est à remplacer. Le nouveau vous est \
                communiqué par ailleurs, jamais par courriel.

                Si vous n'êtes pas à l'origine de cette demande, prévenez l'administrateur.

                """)
    }
}
