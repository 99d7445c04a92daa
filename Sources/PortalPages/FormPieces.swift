import PortalHTML
import PortalProtocol

// Forms that say what is wrong: on top, with a way to each field, and beside the field, linked to it.

extension FormField {
    /// The field's name and identifier in the form (INTERFACES, « Portal »).
    package var key: StaticString {
        switch self {
        case .siret: "siret"
        case .company: "raison_sociale"
        case .street: "adresse"
        case .postalCode: "code_postal"
        case .city: "commune"
        case .email: "email"
        case .password: "mot_de_passe"
        case .confirmation: "confirmation"
        case .title: "civilite"
        case .lastName: "nom"
        case .firstName: "prenom"
        case .phone: "telephone"
        case .code: "code"
        }
    }

    /// As the manual's form has it.
    var label: StaticString {
        switch self {
        case .siret: "SIRET"
        case .company: "Raison sociale"
        case .street: "Adresse"
        case .postalCode: "Code postal"
        case .city: "Commune"
        case .email: "Email"
        case .password: "Mot de passe"
        case .confirmation: "Confirmez votre mot de passe"
        case .title: "Civilité"
        case .lastName: "Nom"
        case .firstName: "Prénom"
        case .phone: "Téléphone"
        case .code: "Code d'activation"
        }
    }

    /// Starred in the manual's form.
    var isObligatory: Bool {
        switch self {
        case .company, .street, .postalCode, .city: false
        default: true
        }
    }

    /// Where a link to it leads: the first of two choices.
    fileprivate var target: StaticString {
        self == .title ? "madame" : key
    }

    var starred: HTML { "\(label.html)\(if: isObligatory, "*")" }
}

/// What a form has to say of its fields.
struct FormProblems {
    private let problems: [FieldProblem]

    init(_ problems: [FieldProblem]) { self.problems = problems }

    var isEmpty: Bool { problems.isEmpty }

    func text(_ field: FormField) -> String? { problems.first { $0.field == field }?.text }

    /// On top of the form; nothing where all is well.
    var summary: HTML {
        guard !problems.isEmpty else { return "" }
        return """
            <div class="avis erreur"><p><strong>Erreur :</strong> rien n'a été enregistré. \
            \(if: problems.count == 1, "Un champ est à corriger :")\(if: problems.count > 1, "\(problems.count) champs sont à corriger :")</p>
            <ul>
            \(each: problems, { "<li><a href=\"#\($0.field.target.html)\">\($0.field.label.html)</a> : \($0.text)</li>\n" })</ul>
            </div>

            """
    }

    /// What ties the field to its message, and to a remark of its own.
    func attributes(_ field: FormField, remark: StaticString? = nil) -> HTML {
        let isWrong = text(field) != nil
        guard isWrong || remark != nil else { return "" }
        let both = isWrong && remark != nil
        return """
             aria-describedby="\(if: isWrong, "\(field.key.html)-erreur")\(if: both, " ")\(with: remark, { $0.html })"\
            \(if: isWrong, " aria-invalid=\"true\"")
            """
    }

    func message(_ field: FormField) -> HTML {
        guard let text = text(field) else { return "" }
        return "<span class=\"manque\" id=\"\(field.key.html)-erreur\">\(text)</span>\n"
    }

    /// A field of one line, with what was typed.
    ///
    /// - type, autocomplete: as HTML has them; remark: the identifier of what is said besides.
    func input(
        _ field: FormField, _ value: String, type: StaticString = "text", autocomplete: StaticString,
        remark: StaticString? = nil
    ) -> HTML {
        """
        <div class="champ"><label for="\(field.key.html)">\(field.starred)</label>
        <input id="\(field.key.html)" name="\(field.key.html)" type="\(type.html)" autocomplete="\(autocomplete.html)"\
        \(if: field.isObligatory, " required")\
        \(if: !value.isEmpty, " value=\"\(value)\"")\(attributes(field, remark: remark))>
        \(message(field))</div>

        """
    }
}
