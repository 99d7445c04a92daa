/// What became of a try to join a depositor by a code.
package enum Joining: Sendable, Equatable {
    /// The person is one of the depositor's from now on. The depositor's code.
    case joined(String)
    /// The person was before; the code is still good for another.
    case already(String)
    /// No depositor of that SIRET has such a code.
    case unknown
    /// Someone else has used it.
    case used
    case expired
    case revoked
}
