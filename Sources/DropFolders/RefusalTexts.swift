package import SessionProtocol

/// What clients are told, in French and then in English: people see it in their client.
package enum RefusalTexts {
    package static func both(_ french: String, _ english: String) -> String { "\(french) / \(english)" }

    static let nameTooLong = both(
        "Nom de fichier trop long : \(FileNames.longest) octets au plus.",
        "File name too long: \(FileNames.longest) bytes at most.")
    static let nameNotUTF8 = both(
        "Nom de fichier illisible : utilisez un nom en UTF-8.", "Unreadable file name: use a name in UTF-8.")
    static let nameHasControls = both(
        "Nom de fichier refusé : il contient des caractères de contrôle.",
        "File name refused: it has control characters.")
    static let nameIsUnseen = both(
        "Nom de fichier refusé : il n'a aucun caractère visible, renommez le fichier.",
        "File name refused: nothing of it can be seen, rename the file.")
    static let nameReserved = both(
        "Nom réservé aux rapports : choisissez un autre nom.", "Name reserved for reports: choose another name.")
    package static func depositIn(_ folders: [String]) -> String {
        guard !folders.isEmpty else {
            return both(
                "Ce compte n'a aucun répertoire de dépôt : contactez l'assistance.",
                "This account has no folder to upload into: contact support.")
        }
        let list = folders.joined(separator: ", ")
        return both("Déposez vos fichiers dans \(list).", "Upload your files into \(list).")
    }
    package static let busy = both(
        "Dépôt en cours : ce fichier est en train d'être transmis par une autre session.",
        "Upload in progress: this file is being sent by another session.")
    package static let exists = both(
        "Ce fichier existe déjà : supprimez-le ou choisissez un autre nom.",
        "This file exists already: remove it or choose another name.")
    static let beingSent = both(
        "Un fichier de ce nom est en train d'être transmis : réessayez dans un instant.",
        "A file of this name is being sent: try again in a moment.")
    package static let waiting = both(
        "Un fichier de ce nom attend d'être traité : réessayez dans un instant.",
        "A file of this name waits to be treated: try again in a moment.")
    package static let others = both(
        "Ce fichier a été déposé par un autre compte : il est déjà pris en charge.",
        "This file was deposited by another account: it has been taken already.")
    package static let othersUpload = both(
        "Un fichier de ce nom est en cours de dépôt par un autre compte : utilisez un autre nom ou réessayez dans dix minutes.",
        "A file of this name is being deposited by another account: use another name or try again in ten minutes.")
    package static let othersPartial = both(
        "Ce fichier a été envoyé par un autre compte : envoyez le vôtre en entier, depuis le début.",
        "This file was sent by another account: send yours whole, from its beginning.")
    package static let notAFolder = both("Ce n'est pas un répertoire.", "This is not a folder.")
    static let tooManyUploads = both(
        "Trop d'envois en cours dans ce répertoire : attendez la fin de l'un d'eux.",
        "Too many uploads in progress in this folder: wait until one of them ends.")
    package static let absent = both("Fichier inexistant.", "No such file.")
    package static let taken = both(
        "Ce fichier est déjà pris en charge : transmettez-le en entier.",
        "This file has been taken already: send it whole.")
    package static func refusedAs(_ name: String) -> String {
        both(
            "Ce fichier a déjà été traité sous le nom « \(name) », et refusé : voir son rapport, et déposez-le de nouveau sous son nom définitif.",
            "This file was treated already under the name \(name), and refused: see its report, and send it again under its final name."
        )
    }
    package static let incomplete = both(
        "Dépôt incomplet : il manque des données. Reprenez ou recommencez l'envoi.",
        "Incomplete upload: data is missing. Resume it or send it again.")
    package static func damaged(_ damage: UploadDamage) -> String {
        switch damage {
        case .noSpace, .evicted:
            both(
                "Espace disque insuffisant : rien n'a été déposé, réessayez plus tard.",
                "Disk full: nothing was deposited, try again later.")
        case .write:
            both(
                "Une écriture a échoué : rien n'a été déposé, renvoyez le fichier.",
                "A write failed: nothing was deposited, send the file again.")
        case .sync:
            both(
                "Le disque a signalé une erreur : rien n'a été déposé, renvoyez le fichier depuis le début.",
                "The disk reported an error: nothing was deposited, send the file again from its beginning.")
        }
    }
    package static let revoked = both(
        "Dépôt interrompu : le fichier a été repris, renommé ou supprimé par une autre session.",
        "Upload interrupted: the file was taken over, renamed or removed by another session.")
    static func tooLarge(_ limit: Int64) -> String {
        both(
            "Fichier trop volumineux : \(limit) octets au plus.", "File too large: \(limit) bytes at most.")
    }
    static func folderFull(files: Int) -> String {
        both(
            "Répertoire plein (\(files) fichiers) : supprimez des fichiers inachevés.",
            "Folder full (\(files) files): delete unfinished files.")
    }
    static func folderFull(bytes: Int64) -> String {
        both(
            "Répertoire plein (\(bytes) octets) : supprimez des fichiers inachevés ou attendez la fin des envois.",
            "Folder full (\(bytes) bytes): delete unfinished files, or wait until uploads end.")
    }
    package static func dayFull(deposits: Int) -> String {
        both(
            "Limite du jour atteinte (\(deposits) dépôt\(deposits == 1 ? "" : "s")) : réessayez demain.",
            "The day's limit is reached (\(deposits) deposit\(deposits == 1 ? "" : "s")): try again tomorrow.")
    }
    package static func dayFull(bytes: Int64) -> String {
        both(
            "Limite du jour atteinte (\(bytes) octets déposés) : réessayez demain.",
            "The day's limit is reached (\(bytes) bytes deposited): try again tomorrow.")
    }
    static let diskFull = both(
        "Espace disque insuffisant : réessayez plus tard.", "Disk nearly full: try again later.")
    package static let unavailable = both(
        "Service indisponible : réessayez plus tard.", "Service unavailable: try again later.")
    package static let tooManyHandles = both("Trop de fichiers ouverts.", "Too many open files.")
    package static let tooManyListings = both(
        "Trop de répertoires ouverts à la fois.", "Too many open folders at a time.")
    package static let unknownHandle = both("Fichier non ouvert.", "This handle is not open.")
    package static let readOnly = both("Les rapports ne peuvent pas être modifiés.", "Reports can't be changed.")
    package static let sizeFixed = both(
        "La taille d'un fichier déposé ne peut pas être modifiée.", "The size of a deposited file can't be changed.")
    package static let folderExists = both("Ce répertoire existe déjà.", "This folder exists already.")
    package static let partialSize = both(
        "Un envoi interrompu ne peut pas être agrandi : reprenez l'envoi.",
        "An interrupted upload can't be enlarged: resume it.")
    package static let noLinks = both("Il n'y a pas de liens ici.", "There are no links here.")
}
