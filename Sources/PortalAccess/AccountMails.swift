/// Mails about access that anybody can have sent to anybody.
enum AccountMails {
    /// Between two of a kind to one person, in seconds: whoever asks for them without end brings the person some a day, and never takes away the
    /// one that is needed.
    static let spacing = 900.0
}
