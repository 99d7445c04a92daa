import PortalHTML
import PortalProtocol

/// The size of the list over its deposits: a drawing, and its figures beside it.
enum Curve {
    private static let (width, height): (Int, Int) = (640, 200)
    private static let (left, right, top, bottom): (Int, Int, Int, Int) = (8, 8, 14, 8)

    static func section(_ points: [CurvePoint]) -> HTML {
        let sizes = points.map(\.size)
        let least = sizes.min() ?? 0
        let most = sizes.max() ?? 0
        return """
            <h2>Taille de la liste</h2>
            <figure>
            <svg class="courbe" viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="courbe-titre">
            <title id="courbe-titre">Nombre d'organismes de la liste, dépôt après dépôt : de \(French.grouped(least)) à \(French.grouped(most)). Les chiffres sont dans le tableau qui suit.</title>
            <line class="axe" x1="\(left)" y1="\(height - bottom)" x2="\(width - right)" y2="\(height - bottom)"></line>
            <polyline points="\(line(points, least: least, most: most))"></polyline>
            \(each: places(points, least: least, most: most), { "<circle cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"3\"></circle>" })
            </svg>
            <figcaption>Nombre d'organismes, du \(points.first?.at.day.dashed ?? "") au \(points.last?.at.day.dashed ?? "")</figcaption>
            </figure>
            <details><summary>Les chiffres de la courbe</summary>
            <div class="defile" tabindex="0" role="region" aria-label="Taille de la liste">
            <table><caption class="invisible">Taille de la liste</caption>
            <thead><tr><th scope="col">Date</th><th scope="col">Organismes</th><th scope="col">Dépôt</th></tr></thead>
            <tbody>
            \(each: points.reversed(), { point in
                "<tr><th scope=\"row\">\(point.at.dashed)</th><td class=\"nombre\">\(French.grouped(point.size))</td><td><a href=\"\(Route.report(.deposit(point.deposit), .summary))\">Dépôt \(point.deposit)</a></td></tr>\n"
            })</tbody></table>
            </div>
            </details>
            """
    }

    private static func line(_ points: [CurvePoint], least: UInt64, most: UInt64) -> String {
        places(points, least: least, most: most).map { "\($0.x),\($0.y)" }.joined(separator: " ")
    }

    /// The list's smallest size is at the bottom third: a small change stays a small step.
    private static func places(_ points: [CurvePoint], least: UInt64, most: UInt64) -> [(x: Int, y: Int)] {
        let floor = Double(least) - (Double(most) - Double(least)) / 2 - 1
        let span = max(1, Double(most) - floor)
        let steps = Double(max(1, points.count - 1))
        return points.enumerated().map { index, point in
            let x = Double(left) + Double(index) / steps * Double(width - left - right)
            let share = (Double(point.size) - floor) / span
            let y = Double(height - bottom) - share * Double(height - top - bottom)
            // Within the drawing whatever the sizes are.
            return (Int(min(max(x, 0), Double(width))), Int(min(max(y, 0), Double(height))))
        }
    }
}
