package import PortalHTML

/// What is said when a page can't be shown. It says what happened and what to do.
package enum ErrorPages {
    package static func page(_ layout: Layout, _ title: String, _ content: HTML) -> HTML {
        layout.document(
            title,
            """
            <div class="etroit">
            <h1>\(title)</h1>
            \(content)
            <p class="actions"><a class="bouton" href="\(Route.home)">Accueil</a></p>
            </div>
            """)
    }

    package static func notFound(_ layout: Layout) -> HTML {
        page(
            layout, "Page introuvable",
            "<p>Cette page n'existe pas, ou elle n'est pas à votre établissement. Vérifiez l'adresse, ou partez de l'accueil.</p>"
        )
    }

    package static func later(_ layout: Layout, seconds: UInt32) -> HTML {
        page(
            layout, "Trop de demandes",
            "<p>Trop de demandes ont été faites. Réessayez dans \(French.wait(seconds)).</p>")
    }

    package static func unavailable(_ layout: Layout, _ text: String) -> HTML {
        page(
            layout, "Service momentanément indisponible",
            "<p>\(text.isEmpty ? "Le service redémarre. Réessayez dans un instant." : text)</p>")
    }

    /// - idleMinutes: after so many without a sign of life a session ends by itself.
    package static func notLoggedOut(_ layout: Layout, idleMinutes: UInt32) -> HTML {
        page(
            layout, "Déconnexion non enregistrée",
            """
            \(notice(.error, "Le service n'a pas pu terminer votre session : ce navigateur n'y a plus accès, mais elle reste ouverte. Fermer le navigateur ne suffit pas à la terminer."))\
            <p>Réessayez dans un instant : reconnectez-vous, puis terminez les autres sessions dans « Mes Informations ». Sinon, elle prend fin d'elle-même après \(French.count(UInt64(idleMinutes), "minute")) sans activité.</p>
            """)
    }

    package static func foreignOrigin(_ layout: Layout) -> HTML {
        page(
            layout, "Demande refusée",
            "<p>Cette demande ne vient pas d'une page de ce site : rien n'a été fait. Revenez à la page et recommencez.</p>"
        )
    }

    /// - own: where the portal is, `https://…`.
    package static func foreignHost(_ layout: Layout, own: String) -> HTML {
        // Nothing else of it is served under this name: no menu, no address of a page.
        layout.document(
            "Adresse inconnue",
            """
            <div class="etroit">
            <h1>Adresse inconnue</h1>
            <p>Le service n'est pas à cette adresse : rien n'a été fait. Il est à l'adresse <a href="\(own)/">\(own)</a>.</p>
            </div>
            """)
    }

    package static func wrongMethod(_ layout: Layout) -> HTML {
        page(
            layout, "Demande refusée",
            "<p>Cette adresse ne s'ouvre pas de cette façon : rien n'a été fait. Partez de l'accueil.</p>")
    }

    package static func badRequest(_ layout: Layout) -> HTML {
        page(
            layout, "Demande incomprise",
            "<p>Cette demande n'a pas pu être comprise : rien n'a été fait. Recommencez.</p>")
    }

    /// A form without a file, of which nothing was read.
    package static func tooMuchText(_ layout: Layout) -> HTML {
        page(
            layout, "Texte trop long",
            "<p>Ce qui a été saisi est trop long : rien n'a été fait. Revenez à la page, raccourcissez-le et recommencez.</p>"
        )
    }

    package static func downloads(_ layout: Layout) -> HTML {
        page(
            layout, "Trop de téléchargements",
            "<p>Trop de téléchargements sont en cours : attendez la fin de l'un d'eux, puis recommencez.</p>")
    }

    package static func tooLong(_ layout: Layout) -> HTML {
        page(
            layout, "Demande trop longue",
            "<p>L'adresse ou les cookies de cette demande sont trop longs : rien n'a été fait. Partez de l'accueil ; si cela se répète, effacez les cookies de ce site dans votre navigateur.</p>"
        )
    }

    package static func refused(_ layout: Layout, _ text: String) -> HTML {
        page(layout, "Demande refusée", notice(.error, "\(text)"))
    }

    /// - deposit: The refused deposit whose report says so too.
    package static func tooLarge(_ layout: Layout, cap: UInt64, deposit: UInt64?) -> HTML {
        guard let deposit else {
            return page(
                layout, "Fichier trop volumineux",
                notice(
                    .error,
                    "Ce fichier dépasse \(French.size(cap)) : aucun dépôt n'a été fait. Vérifiez que c'est le bon fichier."
                ))
        }
        let report = Route.report(.deposit(deposit), .summary)
        return page(
            layout, "Fichier trop volumineux",
            """
            \(notice(.error, "Ce fichier dépasse \(French.size(cap)) : le dépôt \(deposit) est refusé. Vérifiez que c'est le bon fichier."))\
            <p><a href="\(report)">Rapport du dépôt \(deposit)</a></p>
            """)
    }
}
