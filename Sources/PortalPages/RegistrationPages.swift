package import PortalHTML
package import PortalProtocol

/// « Créer votre compte utilisateur » (manual, 2.1), without its three tabs and its « Je ne suis pas un robot ».
package enum RegistrationPages {
    /// - typed: what comes back after an error, but for the passwords.
    package static func form(
        _ layout: Layout, _ typed: Registration, problems: [FieldProblem], error: HTML? = nil
    ) -> HTML {
        let problems = FormProblems(problems)
        let isWrong = !problems.isEmpty || error != nil
        return layout.document(
            isWrong ? "Erreur : Créer votre compte" : "Créer votre compte",
            """
            <div class="etroit">
            <h1>Créer votre compte</h1>
            \(with: error, { notice(.error, $0) })\(problems.summary)\
            <p>Les champs marqués d'un astérisque (*) sont obligatoires.</p>
            <form method="post" action="\(Route.register)">
            <fieldset class="groupe"><legend>Votre établissement</legend>
            <p class="aide" id="aide-siret">Saisissez le SIRET de votre entreprise. Référez-vous au mail envoyé pour le connaître.</p>
            \(problems.input(.siret, typed.siret, autocomplete: "off", remark: "aide-siret"))\
            \(problems.input(.company, typed.company, autocomplete: "organization"))\
            \(problems.input(.street, typed.street, autocomplete: "address-line1"))\
            \(problems.input(.postalCode, typed.postalCode, autocomplete: "postal-code"))\
            \(problems.input(.city, typed.city, autocomplete: "address-level2"))\
            </fieldset>
            <fieldset class="groupe"><legend>Vos informations de connexion</legend>
            <p class="aide" id="aide-email">Saisissez votre email professionnel, et un mot de passe</p>
            \(problems.input(.email, typed.email, type: "email", autocomplete: "email", remark: "aide-email"))\
            <div class="nouveau">
            \(problems.input(.password, "", type: "password", autocomplete: "new-password", remark: "note-mot-de-passe"))\
            \(problems.input(.confirmation, "", type: "password", autocomplete: "new-password"))\
            <p class="aide" id="note-mot-de-passe"><strong>Note :</strong> le mot de passe doit contenir au moins 8 caractères, et 3 critères parmi : une minuscule, une majuscule, un chiffre et un caractère spécial.</p>
            \(LoginPages.criteria)
            </div>
            </fieldset>
            <fieldset class="groupe"><legend>Vos coordonnées</legend>
            \(title(typed, problems))\
            \(problems.input(.lastName, typed.lastName, autocomplete: "family-name"))\
            \(problems.input(.firstName, typed.firstName, autocomplete: "given-name"))\
            \(problems.input(.phone, typed.phone, type: "tel", autocomplete: "tel"))\
            </fieldset>
            <p class="aide">Ces données servent à vous reconnaître et à vous joindre : <a href="\(Route.privacy)">données personnelles</a>.</p>
            <p class="actions"><a class="bouton secondaire" href="\(Route.login)">RETOUR</a> <button>CRÉER MON COMPTE</button></p>
            </form>
            </div>
            """)
    }

    private static func title(_ typed: Registration, _ problems: FormProblems) -> HTML {
        let choices: [(value: StaticString, label: StaticString)] = [("madame", "Madame"), ("monsieur", "Monsieur")]
        return """
            <fieldset role="radiogroup"\(problems.attributes(.title))><legend>\(FormField.title.starred)</legend>
            \(each: choices, { choice in
                """
                <span class="case"><input id="\(choice.value.html)" name="\(FormField.title.key.html)" type="radio" value="\(choice.value.html)" required\
                \(if: typed.title == "\(choice.value)", " checked")> <label for="\(choice.value.html)">\(choice.label.html)</label></span>

                """
            })\(problems.message(.title))</fieldset>

            """
    }

    /// The same whether the address was free or not.
    package static func sent(_ layout: Layout) -> HTML {
        layout.document(
            "Activez maintenant votre compte",
            """
            <div class="etroit">
            <h1>Activez maintenant votre compte</h1>
            \(notice(.information, "Un lien d'activation vient d'être envoyé à l'adresse e-mail renseignée."))\
            <p>Si vous ne recevez pas le mail de confirmation juste après votre inscription, veuillez vérifier dans le dossier SPAM / Courrier indésirable de votre boîte mail ou essayer de vous réinscrire avec une autre adresse e-mail.</p>
            <p>La réception de l'email dans votre messagerie peut prendre quelques minutes. Pensez à contrôler les spams et courriers indésirables, ainsi qu'un éventuel système de filtrage de mails.</p>
            <p><a href="\(Route.login)">Se connecter</a></p>
            </div>
            """)
    }

    package static func activation(
        _ layout: Layout, _ token: [UInt8], _ registrant: Registrant, problems: [FieldProblem] = [], error: HTML? = nil
    ) -> HTML {
        let problems = FormProblems(problems)
        let isWrong = !problems.isEmpty || error != nil
        return layout.document(
            isWrong ? "Erreur : Activer mon compte" : "Activer mon compte",
            """
            <div class="etroit">
            <h1>Activer mon compte</h1>
            \(with: error, { notice(.error, $0) })\(problems.summary)\
            <p>Vérifiez que ce compte est bien le vôtre, saisissez le mot de passe choisi à l'inscription, puis cliquez sur ACTIVER MON COMPTE.</p>
            <dl class="faits">\(if: !registrant.name.isEmpty, "<div><dt>Nom</dt><dd><bdi>\(registrant.name)</bdi></dd></div>")
            <div><dt>Email</dt><dd>\(registrant.email)</dd></div>
            \(if: !registrant.siret.isEmpty, "<div><dt>SIRET</dt><dd>\(registrant.siret)</dd></div>")</dl>
            <form method="post" action="\(Route.activate(token: token))">
            \(problems.input(.password, "", type: "password", autocomplete: "current-password", remark: "aide-activation"))\
            <p class="aide" id="aide-activation">Si vous n'avez pas fait cette demande, ne faites rien. Si vous avez oublié ce mot de passe, <a href="\(Route.register)">inscrivez-vous de nouveau</a>.</p>
            <p class="actions"><button>ACTIVER MON COMPTE</button></p>
            </form>
            </div>
            """)
    }

    package static func activated(_ layout: Layout) -> HTML {
        layout.document(
            "Compte activé",
            """
            <div class="etroit">
            <h1>Compte activé</h1>
            \(notice(.success, "Votre compte est activé."))\
            <p>Pour vous connecter maintenant et finaliser votre inscription, cliquez sur <strong>ACCÉDER AU PORTAIL</strong>.</p>
            <p class="actions"><a class="bouton" href="\(Route.login)">ACCÉDER AU PORTAIL</a></p>
            <p>Il ne vous reste plus qu'à activer l'accès au service COLLECTEUR, avec le SIRET et le code d'activation indiqués dans l'email que nous vous avons transmis.</p>
            </div>
            """)
    }

    /// The link is used, replaced or too old.
    package static func expired(_ layout: Layout) -> HTML {
        layout.document(
            "Erreur : Activer mon compte",
            """
            <div class="etroit">
            <h1>Activer mon compte</h1>
            \(notice(.error, "Ce lien n'est plus valable."))\
            <p>S'il a déjà servi, votre compte est activé : <a href="\(Route.login)">connectez-vous</a>.</p>
            <p>Sinon, <a href="\(Route.register)">inscrivez-vous de nouveau</a> : un autre lien vous est envoyé.</p>
            </div>
            """)
    }
}
