import HTTPTypes
import PortalHTML
import PortalProtocol
import PortalSamples
import Testing

@testable import Portal

/// Registration, activation and activation codes, as pages and their forms.
struct RegistrationFormsTests {
    private static let typed =
        "siret=1234&raison_sociale=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&adresse=1+rue&code_postal=75007&commune=Paris"
        + "&email=jeanne%40exemple.fr&mot_de_passe=Secret-2026&confirmation=Secret-2026&nom=Archer&prenom=Jeanne&telephone=0123456789"

    @Test func `the form has the manual's fields, starred as there, and its words`() async {
        let text = await TestSite().get("/inscription", as: nil).text
        for word in [
            "Saisissez le SIRET de votre entreprise. Référez-vous au mail envoyé pour le connaître.",
            "Saisissez votre email professionnel, et un mot de passe",
            "le mot de passe doit contenir au moins 8 caractères, et 3 critères parmi : une minuscule, une majuscule, un chiffre et un caractère spécial.",
            "Votre établissement", "Vos informations de connexion", "Vos coordonnées", "Madame", "Monsieur",
            "<button>CRÉER MON COMPTE</button>", ">RETOUR</a>", "Contient une minuscule",
        ] {
            #expect(text.contains(word), "\(word)")
        }
        for starred in [
            "SIRET", "Email", "Mot de passe", "Confirmez votre mot de passe", "Nom", "Prénom", "Téléphone",
        ] {
            #expect(text.contains(">\(starred)*</label>"), "\(starred)")
        }
        #expect(text.contains("<legend>Civilité*</legend>"))
        for free in ["Raison sociale", "Adresse", "Code postal", "Commune"] {
            #expect(text.contains(">\(free)</label>"), "\(free)")
        }
        for left in ["PARTICULIER", "PARTENAIRE", "pas un robot"] { #expect(!text.contains(left)) }
    }

    @Test func `what is wrong is said on top and beside its field, and what was typed stays but for the passwords`()
        async
    {
        let answer = await TestSite().post("/inscription", Self.typed, as: nil)
        #expect(answer.status == 422 && answer.text.contains("<title>Erreur : Créer votre compte"))
        #expect(answer.text.contains("3 champs sont à corriger"))
        #expect(answer.text.contains("<a href=\"#siret\">SIRET</a> : Un SIRET a 14 chiffres."))
        #expect(answer.text.contains("<a href=\"#madame\">Civilité</a>"))
        #expect(answer.text.contains("id=\"siret-erreur\">Un SIRET a 14 chiffres."))
        #expect(answer.text.contains("aria-describedby=\"siret-erreur aide-siret\" aria-invalid=\"true\""))
        for kept in ["value=\"1234\"", "value=\"1 rue\"", "value=\"jeanne@exemple.fr\"", "value=\"Archer\""] {
            #expect(answer.text.contains(kept), "\(kept)")
        }
        #expect(!answer.text.contains("Secret-2026") && !answer.text.contains("<script>alert"))
    }

    @Test func `a registration that is sent leads to a page that a reload doesn't send again`() async {
        let good = Self.typed.replacing("siret=1234", with: "siret=34350633300032") + "&civilite=madame"
        let site = TestSite()
        let answer = await site.post("/inscription", good, as: nil)
        #expect(answer.status == 303 && answer.fields[.location] == "/inscription/envoyee")
        let asked = site.backend.asked.compactMap { if case .register(let typed) = $0 { typed } else { nil } }
        #expect(asked.count == 1 && asked.first?.title == "madame" && asked.first?.postalCode == "75007")
        let page = await site.get("/inscription/envoyee", as: nil).text
        for words in [
            "Un lien d'activation vient d'être envoyé à l'adresse e-mail renseignée.",
            "Si vous ne recevez pas le mail de confirmation juste après votre inscription, veuillez vérifier dans le dossier SPAM / Courrier indésirable de votre boîte mail ou essayer de vous réinscrire avec une autre adresse e-mail.",
        ] {
            #expect(page.contains(words))
        }
        let later = await site.post("/inscription", good.replacing("jeanne", with: "plustard"), as: nil)
        #expect(later.status == 429 && later.fields[.retryAfter] == "75" && later.text.contains("value=\"Archer\""))
    }

    @Test func `whoever is logged in needs no account`() async {
        let answer = await TestSite().get("/inscription")
        #expect(answer.status == 303 && answer.fields[.location] == "/")
    }

    @Test func `an activation link is used by its button, and not by looking at it`() async {
        let site = TestSite()
        let path = Route.activate(token: SampleBackend.resetToken).path
        let page = await site.get(path, as: nil).text
        #expect(page.contains("<button>ACTIVER MON COMPTE</button>"))
        #expect(page.contains("Jeanne &lt;b&gt;ARCHER") && page.contains("jeanne@exemple.fr"))
        #expect(!site.backend.asked.contains { if case .activate = $0 { true } else { false } })
        #expect(
            page.contains("id=\"mot_de_passe\"")
                && page.contains("Si vous n'avez pas fait cette demande, ne faites rien."))
        let wrong = await site.post(path, "mot_de_passe=Faux-2026", as: nil)
        #expect(wrong.status == 422 && wrong.text.contains("id=\"mot_de_passe-erreur\""))
        #expect(wrong.text.contains("jeanne@exemple.fr") && !wrong.text.contains("Faux-2026"))
        let later = await site.post(path, "mot_de_passe=plustard", as: nil)
        #expect(later.status == 429 && later.fields[.retryAfter] == "75" && later.text.contains("ACTIVER MON COMPTE"))
        let answer = await site.post(path, "mot_de_passe=\(SampleBackend.password)", as: nil)
        #expect(answer.status == 303 && answer.fields[.location] == "/activation/terminee")
        let done = await site.get("/activation/terminee", as: nil).text
        #expect(done.contains("href=\"/connexion\">ACCÉDER AU PORTAIL</a>"))
        let old = Route.activate(token: [UInt8](repeating: 3, count: 32)).path
        for answer in [await site.get(old, as: nil), await site.post(old, "", as: nil)] {
            #expect(answer.status == 404 && answer.text.contains("Ce lien n'est plus valable."))
            #expect(answer.text.contains("href=\"/inscription\"") && answer.text.contains("href=\"/connexion\""))
        }
    }

    @Test func `SIRET and code lead home, and what is wrong with them is said beside the field`() async {
        let site = TestSite()
        #expect(await site.get("/acces").text.contains("Saisissez le SIRET et le code d'activation"))
        let wrong = await site.post("/acces", "siret=34350633300032&code=x")
        #expect(wrong.status == 422 && wrong.text.contains("id=\"code-erreur\"") && wrong.text.contains("value=\"x\""))
        #expect(wrong.text.contains("value=\"34350633300032\""))
        let later = await site.post("/acces", "siret=plustard&code=x")
        #expect(later.status == 429 && later.fields[.retryAfter] == "75")
        let joined = await site.post("/acces", "siret=34350633300032&code=7K2M")
        #expect(joined.status == 303 && joined.fields[.location] == "/")
        #expect(await site.post("/acces", "siret=1&code=x", as: nil).status == 403)
    }

    @Test func `who has access is shown to the establishment's people`() async {
        let text = await TestSite().get("/informations", as: SampleBackend.nine).text
        #expect(text.contains("Personnes qui ont accès") && text.contains("collegue1@exemple.fr"))
        #expect(text.contains("Anne &lt;b&gt;LEROY") && text.contains("Espace déposant, SFTP"))
        #expect(text.contains("Notifications seulement") && text.contains("Et 2 autres."))
        #expect(text.contains("href=\"/acces\""))
    }
}
