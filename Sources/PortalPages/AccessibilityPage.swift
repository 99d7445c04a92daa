package import PortalHTML
import PortalProtocol

/// The declaration of accessibility, in the form that is imposed: arrêté of 20 September 2019, RGAA 4.1, « Obligations », its headings in
/// their order. What only people can find out comes from the settings.
package enum AccessibilityPage {
    package static func page(_ layout: Layout) -> HTML {
        let texts = layout.settings.texts
        let isAudited = texts.accessibility != .non || !texts.audit.isEmpty
        return layout.document(
            "Accessibilité : \(texts.accessibility.word) conforme",
            """
            <h1>Déclaration d'accessibilité</h1>
            <p>\(StandingPages.filled(texts.publisher)) s'engage à rendre ce service accessible conformément à l'article 47 de la loi n° 2005-102 du 11 février 2005.</p>
            <p>À cette fin, il met en œuvre la stratégie et les actions suivantes (schéma pluriannuel, plan d'action de l'année et bilan de la précédente) : \(StandingPages.filled(texts.plan)).</p>
            <p>Cette déclaration d'accessibilité s'applique à \(layout.settings.name), \(layout.settings.welcome.origin).</p>
            <h2>État de conformité</h2>
            <p>\(layout.settings.name) \(state(texts.accessibility)) le référentiel général d'amélioration de l'accessibilité (RGAA), version 4.1\(if: !isAudited, " : aucun audit de conformité n'est en cours de validité").</p>
            <h2>Résultats des tests</h2>
            <p>\(isAudited ? StandingPages.filled(texts.audit) : "Aucun audit de conformité n'a encore été réalisé. Les pages sont vérifiées par des outils automatiques, qui ne voient qu'une partie des critères.")</p>
            <h2>Contenus non accessibles</h2>
            <p>\(!texts.exceptions.isEmpty ? texts.exceptions : isAudited && texts.accessibility != .totalement ? StandingPages.filled("") : "Aucun contenu non accessible n'est connu à ce jour.")</p>
            <h3>Non-conformités</h3>
            <p>\(isAudited ? "Celles qui sont indiquées ci-dessus." : "Elles seront énumérées ici après l'audit.")</p>
            <h3>Dérogations pour charge disproportionnée</h3>
            <p>Aucune dérogation n'est invoquée\(if: !texts.exceptions.isEmpty, ", en dehors de ce qui est indiqué ci-dessus").</p>
            <h3>Contenus non soumis à l'obligation d'accessibilité</h3>
            <p>Les fichiers que les établissements déposent, proposés au téléchargement tels qu'ils ont été reçus.</p>
            <h2>Établissement de cette déclaration d'accessibilité</h2>
            <p>Cette déclaration a été établie le : \(StandingPages.filled(texts.declared)).</p>
            <h3>Technologies utilisées pour la réalisation du service</h3>
            <ul><li>HTML5</li><li>CSS</li><li>SVG</li><li>JavaScript, sans lequel le service s'utilise aussi</li></ul>
            <h3>Agents utilisateurs, technologies d'assistance et outils utilisés pour vérifier l'accessibilité</h3>
            <p>Les outils suivants ont été utilisés : le validateur Nu Html Checker et axe-core, dans le navigateur Chromium, à chaque version du service. Les combinaisons de navigateurs et de lecteurs d'écran sont celles de l'audit.</p>
            <h3>Pages du site ayant fait l'objet de la vérification de conformité</h3>
            <p>Par ces outils, toutes les pages ; elles sont énumérées dans le <a href="\(Route.siteMap)">plan du site</a>.</p>
            <h2>Retour d'information et contact</h2>
            <p>Si vous n'arrivez pas à accéder à un contenu ou à un service, vous pouvez contacter le responsable du service pour être orienté vers une alternative accessible ou obtenir le contenu sous une autre forme : \(StandingPages.filled(texts.assistance)).</p>
            <h2>Voies de recours</h2>
            <p>Cette procédure est à utiliser dans le cas suivant : vous avez signalé au responsable du service un défaut d'accessibilité qui vous empêche d'accéder à un contenu ou à un service, et vous n'avez pas obtenu de réponse satisfaisante. Vous pouvez :</p>
            <ul>
            <li>écrire un message au Défenseur des droits : https://formulaire.defenseurdesdroits.fr/</li>
            <li>contacter le délégué du Défenseur des droits dans votre région : https://www.defenseurdesdroits.fr/saisir/delegues</li>
            <li>envoyer un courrier par la poste (gratuit, ne pas mettre de timbre) : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07</li>
            </ul>
            """)
    }

    private static func state(_ accessibility: Accessibility) -> HTML {
        switch accessibility {
        case .non: "est <strong>non conforme</strong> avec"
        case .partiellement: "est <strong>partiellement conforme</strong> avec"
        case .totalement: "est <strong>totalement conforme</strong> avec"
        }
    }
}
