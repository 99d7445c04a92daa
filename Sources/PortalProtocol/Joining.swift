package import WireCodec

/// The fields of the forms with which people come by themselves: registration and activation code.
package enum FormField: UInt8, CaseIterable, Sendable {
    case siret = 1
    case company
    case street
    case postalCode
    case city
    case email
    case password
    case confirmation
    case title
    case lastName
    case firstName
    case phone
    /// The activation code.
    case code
}

/// What is wrong with one field, and what to do.
package struct FieldProblem: WireRecord {
    package var field = FormField.siret
    /// French, for the person.
    package var text = ""

    package init() {}

    package init(_ field: FormField, _ text: String) {
        self.field = field
        self.text = text
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.choice(&field, "field")
        try coder.text(&text, "text", limit: PortalBounds.message)
    }
}

/// A person who wants an account (manual, 2.1), as typed. The daemon looks at every field: bounds here are larger than what it takes, so that
/// nothing that was cut is accepted.
package struct Registration: WireRecord {
    package var siret = ""
    package var company = ""
    package var street = ""
    package var postalCode = ""
    package var city = ""
    package var email = ""
    package var password: [UInt8] = []
    package var confirmation: [UInt8] = []
    /// `madame` or `monsieur`.
    package var title = ""
    package var lastName = ""
    package var firstName = ""
    package var phone = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&siret, "siret", limit: PortalBounds.typed)
        try coder.text(&company, "company", limit: PortalBounds.typed)
        try coder.text(&street, "street", limit: PortalBounds.typed)
        try coder.text(&postalCode, "postalCode", limit: PortalBounds.typed)
        try coder.text(&city, "city", limit: PortalBounds.typed)
        try coder.text(&email, "email", limit: PortalBounds.typed)
        try coder.bytes(&password, "password", limit: PortalBounds.typedPassword)
        try coder.bytes(&confirmation, "confirmation", limit: PortalBounds.typedPassword)
        try coder.text(&title, "title", limit: PortalBounds.typed)
        try coder.text(&lastName, "lastName", limit: PortalBounds.typed)
        try coder.text(&firstName, "firstName", limit: PortalBounds.typed)
        try coder.text(&phone, "phone", limit: PortalBounds.typed)
    }
}

/// A link that was mailed, with the password of the registration that it is to activate.
package struct Activation: WireRecord {
    package var token: [UInt8] = []
    package var password: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&token, "token", limit: PortalBounds.token)
        try coder.bytes(&password, "password", limit: PortalBounds.typedPassword)
    }
}

/// Whose account an activation link would activate.
package struct Registrant: WireRecord {
    /// « Prénom NOM »; this and the SIRET are empty where several registrations wait at the address.
    package var name = ""
    package var email = ""
    package var siret = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.text(&email, "email", limit: PortalBounds.email)
        try coder.text(&siret, "siret", limit: PortalBounds.number)
    }
}

/// « Saisissez le SIRET et le code d'activation » (manual, 2.2), as typed.
package struct JoinRequest: WireRecord {
    package var siret = ""
    package var code = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&siret, "siret", limit: PortalBounds.typed)
        try coder.text(&code, "code", limit: PortalBounds.typed)
    }
}

/// Somebody who has access to an establishment, as its other people see it.
package struct ColleagueRow: WireRecord {
    /// The establishment's code.
    package var depositor = ""
    /// « Prénom NOM »; empty where it isn't known.
    package var name = ""
    package var email = ""
    /// May use these pages.
    package var isInPortal = false
    package var hasSFTP = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.text(&email, "email", limit: PortalBounds.email)
        try coder.flag(&isInPortal, "isInPortal")
        try coder.flag(&hasSFTP, "hasSFTP")
    }
}
