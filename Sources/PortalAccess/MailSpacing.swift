/// How often one person gets mails about access, which anybody can have sent to anybody.
enum MailSpacing {
    /// Between two of a kind: whoever asks for them without end brings the person some a day, and never takes away the
    /// one that is needed.
    static let seconds = 900.0
}
