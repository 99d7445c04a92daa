import PortalProtocol
import PortalStore
import Store
import Testing

@testable import PortalAccess

/// What a registration must be, and what is said where it isn't.
struct RegistrationFieldsTests {
    private static var good: Registration {
        var typed = Registration()
        typed.siret = "343 506 333 00032"
        typed.email = "Jeanne.Archer@Exemple.fr"
        typed.password = Array("Portail-2026".utf8)
        typed.confirmation = typed.password
        typed.title = "madame"
        typed.lastName = "d'Été-Lefèvre"
        typed.firstName = "Jeanne Marie"
        typed.phone = "+33 (0)1.23-45 67 89"
        return typed
    }

    @Test func `what is asked for is enough, and kept as it was written`() {
        let fields = RegistrationFields(Self.good)
        #expect(fields.problems.isEmpty, "\(fields.problems)")
        #expect(fields.email == "Jeanne.Archer@Exemple.fr")
        #expect(fields.person.siret == "34350633300032")
        #expect(fields.person.shownName == "Jeanne Marie D'ÉTÉ-LEFÈVRE")
    }

    @Test func `what a paste brings and nobody sees is no fault`() {
        var typed = Self.good
        typed.siret = "\u{FEFF}343\u{A0}506 333\u{AD}00032\u{200B}"
        typed.email = "\u{200B}jeanne@exemple.fr\u{200E}"
        typed.postalCode = "75 007\u{200B}"
        typed.phone = "\u{202A}01 23 45 67 89\u{202C}"
        let fields = RegistrationFields(typed)
        #expect(fields.problems.isEmpty, "\(fields.problems)")
        #expect(fields.email == "jeanne@exemple.fr" && fields.person.siret == "34350633300032")
        #expect(fields.person.postalCode == "75007" && fields.person.phone == "01 23 45 67 89")
    }

    @Test func `all that is missing is said at once, in the order of the form`() {
        let problems = RegistrationFields(Registration()).problems
        #expect(problems.map(\.field) == [.siret, .email, .password, .title, .lastName, .firstName, .phone])
        #expect(problems.allSatisfy { $0.text.hasSuffix(".") })
    }

    static let wrong: [(field: FormField, value: String, words: String)] = [
        (.siret, "34350633300033", "chiffres est faux"), (.siret, "343506333", "SIREN"),
        (.siret, "3435063330003", "celui-ci en a 13"), (.siret, "3435063330003a", "que des chiffres"),
        (.siret, "３４３５０６３３３０００３２", "que des chiffres"), (.siret, "", "Indiquez le SIRET"),
        (.company, String(repeating: "a", count: 101), "100 caractères"),
        (.street, "1 rue\u{202E}", "invisible"), (.city, "Pa\u{200B}ris", "invisible"),
        (.postalCode, "7500", "5 chiffres"), (.postalCode, "7500A", "5 chiffres"),
        (.email, "jeanne", "nom@exemple.fr"), (.email, "jeanne@exemple", "nom@exemple.fr"),
        (.email, "jeanne@exemple.fr,b@c.fr", "nom@exemple.fr"), (.email, "a@.fr", "nom@exemple.fr"),
        (.email, "a@ex..fr", "nom@exemple.fr"),
        (.email, "jeannée@exemple.fr", "sans accent"),
        (.email, String(repeating: "a", count: 250) + "@b.fr", "nom@exemple.fr"),
        (.title, "mademoiselle", "Madame"), (.lastName, "<b>", "lettres"),
        (.lastName, "---", "lettres"), (.lastName, String(repeating: "é", count: 61), "60"),
        (.firstName, "J\u{202E}", "lettres"), (.firstName, "J\u{34F}", "lettres"), (.lastName, "\u{3164}", "lettres"),
        (.lastName, "A\u{FE0F}", "lettres"), (.company, "A\u{FE0F}B", "invisible"), (.company, "\u{2800}", "invisible"),
        (.firstName, "R2D2", "lettres"),
        (.phone, "12345", "01 23 45 67 89"), (.phone, "1234567890123456", "01 23 45 67 89"),
        (.phone, "zéro", "01 23 45 67 89"),
    ]

    @Test(arguments: wrong)
    func `a field that is wrong is said alone, with what to do`(
        field: FormField, value: String, words: String
    ) {
        var typed = Self.good
        typed.set(field, value)
        let problems = RegistrationFields(typed).problems
        #expect(problems.map(\.field) == [field], "\(problems)")
        #expect(problems.first?.text.contains(words) == true, "\(problems)")
    }

    static let passwords: [(one: String, other: String, field: FormField, words: String)] = [
        ("court", "court", .password, "8 caractères"), ("Portail-2026", "Portail-2027", .confirmation, "identiques"),
        (String(repeating: "aA1-", count: 128), String(repeating: "aA1-", count: 128), .password, "trop long"),
        ("Portail\u{0}-2026", "Portail\u{0}-2026", .password, "contrôle"),
    ]

    @Test(arguments: passwords)
    func `a password must be one, twice`(one: String, other: String, field: FormField, words: String) {
        var typed = Self.good
        typed.password = Array(one.utf8)
        typed.confirmation = Array(other.utf8)
        let problems = RegistrationFields(typed).problems
        #expect(problems.map(\.field) == [field] && problems.first?.text.contains(words) == true, "\(problems)")
    }

    /// What was cut on its way is over what is taken.
    @Test func `nothing that a message cuts is accepted`() throws {
        let long = String(repeating: "a", count: 5000)
        for field in [FormField.company, .street, .city, .email, .lastName, .firstName, .phone] {
            var typed = Self.good
            typed.set(field, field == .email ? "a@b.fr" + long : long)
            let message = try PortalCodec.encode(PortalRequest(id: 1, visitor: Visitor(), question: .register(typed)))
            guard case .register(let received) = try PortalCodec.decodeRequest(message).question else {
                Issue.record("another question")
                return
            }
            #expect(RegistrationFields(received).problems.map(\.field) == [field])
        }
    }
}

extension Registration {
    fileprivate mutating func set(_ field: FormField, _ value: String) {
        switch field {
        case .siret: siret = value
        case .company: company = value
        case .street: street = value
        case .postalCode: postalCode = value
        case .city: city = value
        case .email: email = value
        case .title: title = value
        case .lastName: lastName = value
        case .firstName: firstName = value
        case .phone: phone = value
        case .password, .confirmation, .code: break
        }
    }
}
