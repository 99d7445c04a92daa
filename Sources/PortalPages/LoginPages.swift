package import PortalHTML
import PortalProtocol

/// Logging in, and a forgotten password.
package enum LoginPages {
    /// - back: where the person wanted to go.
    package static func login(_ layout: Layout, back: Address?, error: HTML? = nil, email: String = "") -> HTML {
        layout.document(
            error == nil ? "Se connecter" : "Erreur : Se connecter",
            """
            <div class="etroit">
            <h1>Se connecter</h1>
            \(with: error, { notice(.error, $0) })\
            <p>Connectez-vous en indiquant votre email professionnel et votre mot de passe.</p>
            <form method="post" action="\(Route.login)">
            \(with: back, { "<input type=\"hidden\" name=\"retour\" value=\"\($0)\">\n" })\
            <p><label for="email">Email professionnel</label>
            <input id="email" name="email" type="email" autocomplete="email" required value="\(email)"></p>
            \(password("mot_de_passe", "Mot de passe", autocomplete: "current-password"))
            <p class="actions"><button>Se connecter</button></p>
            </form>
            <p><a href="\(Route.lostPassword)">Mot de passe oublié</a></p>
            <p><a href="\(Route.register)">SE CREER UN COMPTE</a></p>
            </div>
            """)
    }

    package static func lostPassword(_ layout: Layout, error: FormFault? = nil, email: String = "") -> HTML {
        layout.document(
            error.title("Mot de passe oublié"),
            """
            <div class="etroit">
            <h1>Mot de passe oublié</h1>
            \(error.onTop)\
            <p>Indiquez votre email professionnel : un lien vous y est envoyé, avec lequel vous choisissez un nouveau mot de passe. Il sert aussi à choisir le premier.</p>
            <form method="post" action="\(Route.lostPassword)">
            <p><label for="email">Email professionnel</label>
            <input id="email" name="email" type="email" autocomplete="email" required value="\(email)"\(error.attributes(of: "email"))>\(error.message(beside: "email"))</p>
            <p class="actions"><button>Recevoir le lien</button> <a href="\(Route.login)">Se connecter</a></p>
            </form>
            </div>
            """)
    }

    /// It is used, or too old: the person may have used it with this very form, sent twice.
    package static func expiredLink(_ layout: Layout) -> HTML {
        lostPassword(
            layout,
            error: FormFault(
                "Ce lien n'est plus valable. Si votre mot de passe vient d'être changé, connectez-vous avec le nouveau ; sinon, demandez un autre lien."
            ))
    }

    /// The same whether the address is known or not.
    package static func lostPasswordSent(_ layout: Layout) -> HTML {
        layout.document(
            "Courriel envoyé",
            """
            <div class="etroit">
            <h1>Consultez votre messagerie</h1>
            \(notice(.information, "Si cette adresse est celle d'un compte, un courriel vient d'y être envoyé avec un lien pour choisir un nouveau mot de passe."))\
            <p>La réception de l'email dans votre messagerie peut prendre quelques minutes. Pensez à contrôler les spams et courriers indésirables, ainsi qu'un éventuel système de filtrage de mails.</p>
            <p><a href="\(Route.login)">Se connecter</a></p>
            </div>
            """)
    }

    package static func reset(_ layout: Layout, token: [UInt8], error: FormFault? = nil) -> HTML {
        layout.document(
            error.title("Choisir un mot de passe"),
            """
            <div class="etroit">
            <h1>Choisir un mot de passe</h1>
            \(error.onTop)\
            <form method="post" action="\(Route.resetPassword(token: token))">
            \(newPassword(error))
            <p class="actions"><button>Valider</button></p>
            </form>
            </div>
            """)
    }

    package static func resetDone(_ layout: Layout) -> HTML {
        layout.document(
            "Mot de passe modifié",
            """
            <div class="etroit">
            <h1>Mot de passe modifié</h1>
            \(notice(.success, "Votre mot de passe a été modifié. Vos autres sessions ont pris fin."))\
            <p class="actions"><a class="bouton" href="\(Route.login)">Se connecter</a></p>
            </div>
            """)
    }

    package static func change(_ layout: Layout, error: FormFault? = nil) -> HTML {
        layout.document(
            error.title("Changer de mot de passe"),
            """
            <div class="etroit">
            <h1>Changer de mot de passe</h1>
            \(error.onTop)\
            <p>Ce mot de passe ne sert qu'à accéder au COLLECTEUR, il ne modifie pas celui de votre compte d'accès au SFTP.</p>
            <form method="post" action="\(Route.changePassword)">
            \(password("actuel", "Mot de passe actuel", autocomplete: "current-password", error: error))
            \(newPassword(error))
            <p class="actions"><button>Valider</button> <a href="\(Route.information)">Annuler</a></p>
            </form>
            </div>
            """)
    }

    /// The manual's form (4.2.1): password, confirmation, and the five criteria, which the script follows while one types.
    static func newPassword(_ error: FormFault?) -> HTML {
        """
        <div class="nouveau">
        \(password("mot_de_passe", "Mot de passe", autocomplete: "new-password", described: "criteres", error: error))
        \(password("confirmation", "Confirmation", autocomplete: "new-password", error: error))
        \(criteria)
        </div>
        """
    }

    static let criteria: HTML = """
        <div id="criteres">
        <ul>
        <li data-critere="longueur">8 caractères minimum</li>
        <li data-critere="categories">Respectant 3 des 4 critères suivants :
        <ul>
        <li data-critere="minuscule">Contient une minuscule</li>
        <li data-critere="majuscule">Contient une majuscule</li>
        <li data-critere="chiffre">Contient un chiffre</li>
        <li data-critere="special">Contient un caractère spécial</li>
        </ul></li>
        <li data-critere="identiques">Mots de passe identiques</li>
        </ul>
        <p class="invisible" role="status"></p>
        </div>
        """

    package static func password(
        _ name: StaticString, _ label: StaticString, autocomplete: StaticString, described: String? = nil,
        error: FormFault? = nil
    ) -> HTML {
        let field = "\(name)"
        return """
            <p><label for="\(name.html)">\(label.html)</label>
            <input id="\(name.html)" name="\(name.html)" type="password" autocomplete="\(autocomplete.html)" required\
            \(error.attributes(of: field, describedBy: described))>\(error.message(beside: field))</p>
            """
    }
}
