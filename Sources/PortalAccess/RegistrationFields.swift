internal import Characters
internal import Credentials
internal import PortalProtocol
import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// The fields of a registration (manual, 2.1), each judged by itself: what is wrong, and what to do.
///
/// Nothing here knows who has an account: what is refused is refused for any address.
struct RegistrationFields {
    private(set) var person = PersonDetails()
    private(set) var email = ""
    private(set) var password: [UInt8] = []
    /// In the order of the form; empty where all is well.
    private(set) var problems: [FieldProblem] = []

    /// In characters.
    private static let longestName = 60
    private static let longestLine = 100

    init(_ typed: Registration) {
        if let siret = SIRET(typed.siret.withoutUnseen) {
            person.siret = siret.text
        } else {
            problems.append(FieldProblem(.siret, SIRETField.problem(typed.siret)))
        }
        person.company = line(typed.company, .company)
        person.street = line(typed.street, .street)
        person.postalCode = postalCode(typed.postalCode.withoutUnseen)
        person.city = line(typed.city, .city)
        email = address(typed.email.withoutUnseen)
        password = password(typed)
        person.title = title(typed.title)
        person.lastName = name(typed.lastName, .lastName, "votre nom")
        person.firstName = name(typed.firstName, .firstName, "votre prénom")
        person.phone = phone(typed.phone.withoutUnseen)
    }

    private mutating func refuse(_ field: FormField, _ text: String) { problems.append(FieldProblem(field, text)) }

    /// What isn't asked for, as long as it is text of one line.
    private mutating func line(_ text: String, _ field: FormField) -> String {
        if text.count > Self.longestLine {
            refuse(field, "Indiquez \(Self.longestLine) caractères au plus.")
        } else if text.unicodeScalars.contains(where: \.isInvisible) {
            refuse(field, "Ce champ contient un caractère invisible : saisissez-le de nouveau au clavier.")
        }
        return text
    }

    private mutating func postalCode(_ text: String) -> String {
        let digits = String(text.filter { !$0.isWhitespace })
        let isCode = digits.utf8.count == 5 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if !digits.isEmpty, !isCode { refuse(.postalCode, "Un code postal a 5 chiffres, par exemple 75007.") }
        return digits
    }

    private mutating func address(_ text: String) -> String {
        let isAddress = Mailbox.isAddress(text)
        let domain = text.split(separator: "@").last ?? ""
        if text.isEmpty {
            refuse(.email, "Indiquez votre email professionnel.")
        } else if !isAddress || !domain.contains(".") || domain.hasPrefix(".") || domain.hasSuffix(".") {
            refuse(.email, "Indiquez une adresse de la forme nom@exemple.fr, sans accent ni espace.")
        }
        return text
    }

    private mutating func password(_ typed: Registration) -> [UInt8] {
        if let objection = PasswordObjection.text(typed.password) {
            refuse(.password, typed.password.isEmpty ? "Choisissez un mot de passe." : objection)
        } else if typed.password != typed.confirmation {
            refuse(.confirmation, "Les deux mots de passe ne sont pas identiques : saisissez-les de nouveau.")
        }
        return typed.password
    }

    private mutating func title(_ text: String) -> String {
        if text != "madame", text != "monsieur" { refuse(.title, "Cochez « Madame » ou « Monsieur ».") }
        return text
    }

    private mutating func name(_ text: String, _ field: FormField, _ what: String) -> String {
        if text.isEmpty {
            refuse(field, "Indiquez \(what).")
        } else if text.count > Self.longestName {
            refuse(field, "Indiquez \(Self.longestName) caractères au plus.")
        } else if !text.unicodeScalars.allSatisfy(Self.isOfNames) || !text.contains(where: \.isLetter) {
            refuse(field, "Un nom ne contient que des lettres, des espaces, des tirets, des points et des apostrophes.")
        }
        return text
    }

    /// Six digits are the fewest of any country's numbers, fifteen the most (ITU-T E.164).
    private mutating func phone(_ text: String) -> String {
        let digits = text.utf8.count { (0x30...0x39).contains($0) }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) || " +-./()".utf8.contains($0) }
        if text.isEmpty {
            refuse(.phone, "Indiquez votre numéro de téléphone.")
        } else if !isNumber || !(6...15).contains(digits) || text.utf8.count > 30 {
            refuse(.phone, "Indiquez un numéro de téléphone, par exemple 01 23 45 67 89.")
        }
        return text
    }

    /// Letters and their accents, and what stands between the parts of a name; blanks of one kind, so that a name is one line.
    private static func isOfNames(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case _ where scalar.isInvisible: false
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark:
            true
        default:
            " -'’.·\u{A0}".unicodeScalars.contains(scalar)
        }
    }
}

extension String {
    /// Without what nobody sees and a paste may bring: zero-width blanks, soft hyphens, marks of direction. For what is copied from a mail.
    var withoutUnseen: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.filter {
                    $0.properties.generalCategory != .format && !$0.properties.isDefaultIgnorableCodePoint
                }))
    }
}
