package import PortalHTML
package import PortalProtocol

/// « Mon compte de dépôt SFTP » (manual, 4.2.1).
package enum SFTPPages {
    static func section(_ frame: Frame, _ access: SFTPAccess) -> HTML {
        """
        <section>
        <h2 id="sftp">Mon compte de dépôt SFTP</h2>
        <p>Afin d'automatiser vos dépôts, ou de déposer des fichiers de taille importante, vous pouvez déposer vos fichiers sur un serveur SFTP. \
        \(if: !access.isOpen, "Vous pouvez demander la création d'un compte en cliquant sur le bouton ci-dessous.")\
        \(if: access.isOpen, "Un compte vous a été créé par défaut avec les informations ci-dessous, que vous pouvez modifier.")</p>
        \(if: !access.isOpen, "<p class=\"actions\"><a class=\"bouton\" href=\"\(Route.sftpAccount)\">OBTENIR UN ACCES SFTP</a></p>\n")\
        \(if: access.isOpen, account(frame, access))\
        </section>

        """
    }

    private static func account(_ frame: Frame, _ access: SFTPAccess) -> HTML {
        """
        \(each: access.bans, { ban in
            notice(.warning, "Les connexions SFTP venant de \(ban.address) sont refusées pendant encore \(French.wait(ban.seconds)), après trop d'échecs. Un nouveau mot de passe ou une nouvelle clé met fin à ce blocage.")
        })\
        \(if: access.isLocked, notice(.warning, "Ce compte est verrouillé : aucune connexion SFTP n'est acceptée. Écrivez à l'assistance."))\
        <dl class="faits">
        <div><dt>Adresse</dt><dd><code>\(access.host)</code></dd></div>
        <div><dt>Port</dt><dd><code>\(access.port)</code></dd></div>
        <div><dt>Identifiant</dt><dd><code>\(access.login)</code></dd></div>
        <div><dt>Mot de passe</dt><dd>••••••••</dd></div>
        </dl>
        <p class="actions"><a class="bouton" href="\(Route.sftpAccount)">REINITIALISER LE MOT DE PASSE</a></p>
        <p class="aide">A tout moment, vous pouvez demander à réinitialiser le mot de passe de votre compte SFTP en cliquant sur « REINITIALISER LE MOT DE PASSE ».</p>
        \(if: !frame.establishments.isEmpty, codes(frame))\
        \(server(access))\
        \(commands(frame, access))\
        \(keys(access))\
        \(logins(access))
        """
    }

    private static func codes(_ frame: Frame) -> HTML {
        """
        <h3>Codes des déposants sur le sftp</h3>
        <div class="defile" tabindex="0" role="region" aria-label="Codes des déposants sur le sftp">
        <table><caption class="invisible">Codes des déposants sur le sftp</caption>
        <thead><tr><th scope="col">Nom du déposant</th><th scope="col">Code sur le sftp</th><th scope="col">Répertoire</th></tr></thead>
        <tbody>
        \(each: frame.establishments, { one in
            "<tr><th scope=\"row\"><bdi>\(one.name)</bdi> (\(one.siret))</th><td><code>\(one.code)</code></td><td><code>\(one.code)/QUALIOPI/FICHIER_QUALIOPI</code></td></tr>\n"
        })</tbody></table>
        </div>

        """
    }

    /// As OpenSSH's `known_hosts` names it (sshd(8)): with its port where that isn't 22.
    private static func knownHost(_ access: SFTPAccess) -> String {
        let bare = access.host.hasPrefix("[") ? String(access.host.dropFirst().dropLast()) : access.host
        return access.port == 22 ? bare : "[\(bare)]:\(access.port)"
    }

    private static func server(_ access: SFTPAccess) -> HTML {
        guard !access.hostKeys.isEmpty else { return "" }
        let host = knownHost(access)
        return """
            <h3>Empreintes du serveur</h3>
            <p>A la première connexion, votre logiciel montre l'empreinte du serveur : ce doit être l'une de celles-ci.</p>
            <ul>
            \(each: access.hostKeys, { "<li>\($0.type) <code>\($0.fingerprint)</code></li>\n" })</ul>
            <p>Un automate ne compare rien à l'écran : ajoutez ces lignes à son fichier <code>~/.ssh/known_hosts</code>.</p>
            \(block("Lignes pour known_hosts", "known-hosts", access.hostKeys.map { "\(host) \($0.type) \($0.key)" }.joined(separator: "\n")))
            """
    }

    private static func commands(_ frame: Frame, _ access: SFTPAccess) -> HTML {
        guard let code = frame.establishments.first?.code else { return "" }
        let folder = "/\(code)/QUALIOPI/FICHIER_QUALIOPI/"
        let place = ShellText.word("\(access.login)@\(access.host)")
        let address = "sftp://\(access.host):\(access.port)\(folder)"
        let winSCPKey = access.hostKeys.first { $0.type == "ssh-ed25519" }.map {
            " -hostkey=\"\"ssh-ed25519 255 \($0.fingerprint.replacing("SHA256:", with: ""))\"\""
        }
        let winSCP =
            "winscp.com /command \"open sftp://\(percentEncoded(access.login))@\(access.host):\(access.port)/\(winSCPKey ?? "")\" \"put liste.csv \(folder)\" \"exit\""
        return """
            <h3>Commandes prêtes à l'emploi</h3>
            <p>Avec OpenSSH, qui demande le mot de passe :</p>
            \(block("Commande sftp", "commande-sftp", "sftp -P \(access.port) \(place)"))
            <p>puis <code>put liste.csv \(folder)</code>. Pour un automate, avec une clé publique :</p>
            \(block("Commande sftp d'un automate", "commande-automate", "echo 'put liste.csv \(folder)' | sftp -b - -P \(access.port) \(place)"))
            <p>Avec curl, qui demande le mot de passe :</p>
            \(block("Commande curl", "commande-curl", "curl -u \(ShellText.word(access.login)) -T liste.csv \(ShellText.word(address))"))
            <p>Avec WinSCP, qui demande le mot de passe :</p>
            \(block("Commande WinSCP", "commande-winscp", winSCP))
            """
    }

    /// Text to be copied, which scrolls in itself.
    private static func block(_ label: StaticString, _ id: StaticString, _ text: String) -> HTML {
        """
        <div class="defile" tabindex="0" role="region" aria-label="\(label.html)"><pre id="\(id.html)"><code>\(text)</code></pre></div>

        """
    }

    private static func keys(_ access: SFTPAccess) -> HTML {
        """
        <h3>Clés publiques</h3>
        \(if: access.keys.isEmpty, "<p>Aucune clé : votre automate se connecte avec le mot de passe.</p>\n")\
        \(if: !access.keys.isEmpty, keyTable(access.keys))\
        <p class="actions"><a class="bouton secondaire" href="\(Route.keys)">Ajouter une clé publique</a></p>

        """
    }

    private static func keyTable(_ keys: [KeyRow]) -> HTML {
        """
        <div class="defile" tabindex="0" role="region" aria-label="Clés publiques">
        <table><caption class="invisible">Clés publiques</caption>
        <thead><tr><th scope="col">Nom</th><th scope="col">Empreinte</th><th scope="col">Ajoutée le</th><th scope="col">Action</th></tr></thead>
        <tbody>
        \(each: keys, { key in
            """
            <tr><th scope="row">\(if: key.name.isEmpty, "Sans nom")<bdi>\(key.name)</bdi></th>\
            <td>\(key.algorithm) <code>\(key.fingerprint)</code></td><td class="quand">\(key.added.dashed)</td>\
            <td><form method="post" action="\(Route.keys)"><button class="secondaire petit" name="retirer" value="\(key.fingerprint)">Retirer\
            <span class="invisible"> la clé \(key.name) \(key.fingerprint)</span></button></form></td></tr>

            """
        })</tbody></table>
        </div>
        <p class="aide">Retirer une clé met fin aux connexions SFTP en cours de ce compte.</p>

        """
    }

    private static func logins(_ access: SFTPAccess) -> HTML {
        guard !access.logins.isEmpty else {
            return "<h3>Dernières connexions SFTP</h3>\n<p>Aucune connexion n'est connue.</p>\n"
        }
        return """
            <h3>Dernières connexions SFTP</h3>
            <div class="defile" tabindex="0" role="region" aria-label="Dernières connexions SFTP">
            <table><caption class="invisible">Dernières connexions SFTP</caption>
            <thead><tr><th scope="col">Date</th><th scope="col">Résultat</th><th scope="col">Moyen</th><th scope="col">Adresse</th><th scope="col">Logiciel ou sorte de clé</th></tr></thead>
            <tbody>
            \(each: access.logins, { login in
                """
                <tr><th scope="row">\(login.at.dashed)</th><td>\(outcome(login.outcome))</td>\
                <td>\(if: login.outcome != .banned, login.byKey ? "Clé" : "Mot de passe")</td><td>\(login.address)</td><td class="agent"><bdi>\(login.detail)</bdi></td></tr>

                """
            })</tbody></table>
            </div>

            """
    }

    /// What became of it, and what to do.
    private static func outcome(_ outcome: LoginOutcome) -> HTML {
        switch outcome {
        case .accepted: "Acceptée"
        case .wrongPassword: "Refusée : mot de passe faux"
        case .unknownKey: "Refusée : cette clé n'est pas l'une des vôtres, ajoutez-la"
        case .badSignature: "Refusée : la clé n'a pas pu être vérifiée"
        case .keyAlgorithm: "Refusée : cette sorte de clé n'est pas acceptée, utilisez Ed25519, ECDSA ou RSA avec SHA-2"
        case .keyTooShort: "Refusée : clé RSA trop courte, il faut 2048 bits au moins"
        case .keyMalformed: "Refusée : clé illisible"
        case .passwordChange: "Refusée : le logiciel a demandé à changer le mot de passe, ce qui se fait sur cette page"
        case .malformed: "Refusée : demande incomprise, mettez votre logiciel à jour"
        case .locked: "Refusée : compte verrouillé, écrivez à l'assistance"
        case .noDepositor: "Refusée : aucun de vos établissements n'est actif"
        case .tooManySessions: "Refusée : trop de connexions à la fois"
        case .banned: "Adresse bloquée après trop d'échecs"
        case .otherwiseRefused: "Refusée"
        }
    }

    /// « Création de compte SFTP » (manual, 4.2.1), and the same form for another password.
    package static func password(_ layout: Layout, _ access: SFTPAccess, error: FormFault? = nil) -> HTML {
        let title = access.isOpen ? "Réinitialiser le mot de passe SFTP" : "Création de compte SFTP"
        return layout.document(
            error.title(title),
            """
            <div class="etroit">
            <h1>\(title)</h1>
            \(error.onTop)\
            \(if: !access.isOpen, "<p>Pour faire un dépôt via SFTP, veuillez activer votre compte.</p>\n")\
            \(if: access.isOpen, notice(.warning, "Les connexions SFTP en cours de ce compte prennent fin : votre automate doit recevoir le nouveau mot de passe."))\
            <p>Attention, ce mot de passe ne servira qu'à accéder au SFTP, il ne modifie pas votre compte d'accès au COLLECTEUR.</p>
            <form method="post" action="\(Route.sftpAccount)">
            <p>Identifiant : <code>\(access.login)</code></p>
            \(portalPassword(access, error))
            \(LoginPages.newPassword(error))
            <p class="actions"><button>VALIDER</button> <a class="bouton secondaire" href="\(Route.information)">ANNULER</a></p>
            </form>
            </div>
            """)
    }

    /// - name: as it was typed. What was pasted is never shown again: it may be a private key.
    package static func addKey(
        _ layout: Layout, _ access: SFTPAccess, error: FormFault? = nil, name: String = ""
    ) -> HTML {
        layout.document(
            error.title("Ajouter une clé publique"),
            """
            <div class="etroit">
            <h1>Ajouter une clé publique</h1>
            \(error.onTop)\
            <p>Avec une clé, votre automate se connecte sans mot de passe. Créez-la sur sa machine avec <code>ssh-keygen -t ed25519</code>, puis collez ici le contenu du fichier <code>.pub</code>.</p>
            <form method="post" action="\(Route.keys)">
            <p><label for="nom_cle">Nom de la clé (facultatif)</label>
            <input id="nom_cle" name="nom_cle" type="text" maxlength="100" autocomplete="off" value="\(name)"\(error.attributes(of: "nom_cle", describedBy: "aide-nom"))>\(error.message(beside: "nom_cle"))</p>
            <p class="aide" id="aide-nom">Par exemple « serveur de nuit » : il vous aide à la reconnaître.</p>
            <p><label for="cle">Clé publique</label>
            <textarea id="cle" name="cle" rows="5" required autocomplete="off" spellcheck="false"\(error.attributes(of: "cle", describedBy: "aide-cle"))></textarea>\(error.message(beside: "cle"))</p>
            <p class="aide" id="aide-cle">Une ligne qui commence par « ssh-ed25519 », « ecdsa-sha2- » ou « ssh-rsa ».</p>
            \(portalPassword(access, error))
            <p class="actions"><button>VALIDER</button> <a class="bouton secondaire" href="\(Route.information)">ANNULER</a></p>
            </form>
            </div>
            """)
    }

    /// Where the login to the portal is too old.
    private static func portalPassword(_ access: SFTPAccess, _ error: FormFault?) -> HTML {
        guard access.asksPassword else { return "" }
        return LoginPages.password(
            "actuel", "Mot de passe du COLLECTEUR", autocomplete: "current-password", error: error)
    }
}
