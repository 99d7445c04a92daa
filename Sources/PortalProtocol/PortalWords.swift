/// What both ends say in the same words.
package enum PortalWords {
    /// The refusal of the portal's password where a form asks for it again: it is shown beside that field.
    package static let wrongPassword = "Le mot de passe du COLLECTEUR n'est pas le bon."
}
