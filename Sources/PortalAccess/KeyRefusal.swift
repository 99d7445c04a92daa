internal import Credentials

extension AuthorizedKeyError {
    /// What is wrong and what to do, for the key's owner.
    var french: String {
        switch self {
        case .empty:
            "Il n'y a pas de clé publique dans ce texte : collez la ligne entière du fichier .pub, qui commence par « ssh-ed25519 », « ecdsa-sha2- » ou « ssh-rsa »."
        case .severalKeys: "Il y a plusieurs clés dans ce texte : ajoutez-les une à une."
        case .privateKey:
            "C'est une clé privée : elle n'a pas été enregistrée, et ne doit jamais quitter la machine de votre automate. Collez le contenu du fichier .pub, et remplacez cette clé si quelqu'un d'autre a pu la lire."
        case .puttyOrRFC4716:
            "C'est une clé au format de PuTTY ou de la RFC 4716. Convertissez-la avec « ssh-keygen -i -f FICHIER », ou copiez la ligne que PuTTYgen affiche en haut de sa fenêtre."
        case .options: "Ce texte commence par des options d'authorized_keys : ne laissez que la clé."
        case .damaged: "Cette clé est abîmée ou coupée : copiez de nouveau la ligne entière."
        case .certificate: "C'est un certificat : collez la clé publique simple."
        case .hardwareKey:
            "Cette clé demande un jeton matériel, qui ne peut pas être vérifié ici : utilisez une clé Ed25519, ECDSA ou RSA."
        case .dsa: "Les clés DSA ne sont plus sûres : créez une clé Ed25519 avec « ssh-keygen -t ed25519 »."
        case .unknownAlgorithm: "Cette sorte de clé n'est pas acceptée : utilisez une clé Ed25519, ECDSA ou RSA."
        case .shortRSA(let bits):
            "Cette clé RSA n'a que \(bits) bits : il en faut au moins \(AuthorizedKey.minimumRSABits)."
        case .longRSA(let bits):
            "Cette clé RSA a \(bits) bits : elle ne doit pas en avoir plus de \(AuthorizedKey.maximumRSABits)."
        }
    }
}
