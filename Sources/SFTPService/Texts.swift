/// What the session itself tells a client, in French and then in English: people see it in their client.
package enum Texts {
    static let malformed = "Message SFTP mal formé. / Malformed SFTP message."
    static let unknown = "Opération non disponible sur ce serveur. / Operation not supported by this server."
    package static let tooLong = "Nom ou chemin trop long. / Name or path too long."
    static let secondInit = "La session SFTP est déjà ouverte. / The SFTP session is already open."
    static let unknownHandle = "Fichier non ouvert. / This handle is not open."
    static let notWritable = "Fichier ouvert en lecture seule. / This handle is open for reading only."
    static let notAFile = "Ce n'est pas un fichier. / This handle is not a file."
    static let notAFolder = "Ce n'est pas un répertoire. / This handle is not a folder."
    static let tooManyHandles =
        "Trop de fichiers ouverts : fermez-en un. / Too many open files: close one of them."
    static let tooManyPieces =
        "Écritures trop dispersées : écrivez dans l'ordre. / Writes too scattered: write in order."
    static let diskFull =
        "Espace disque insuffisant : rien n'est déposé, réessayez plus tard. / Disk full: nothing is deposited, try again later."
    static let writeFailed =
        "Écriture impossible : rien n'est déposé, renvoyez le fichier. / Write failed: nothing is deposited, send the file again."
    static let readFailed = "Lecture impossible : réessayez plus tard. / Read failed: try again later."
    static let unavailable = "Service indisponible : réessayez plus tard. / Service unavailable: try again later."
}
