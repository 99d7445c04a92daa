internal import GRDB
package import Qualiopi
package import Store

extension Store {
    /// Who may log in to the portal, sessions there, and what each person may see: a facet a noun.
    package struct Portal: StoreFacet { package let store: Store }

    package var portal: Portal { Portal(store: self) }
}

extension Store.Portal {
    /// Removes what is over: sessions, links, forms that nobody sends again, and after seven days registrations whose link is over too.
    ///
    /// - idle, absolute: as in ``Sessions/visitor(hash:idle:absolute:now:)``.
    package func tidy(idle: Double, absolute: Double, now: Timestamp) throws(StoreError) {
        try write { db in
            try db.execute(
                cached: "DELETE FROM portal_sessions WHERE seen_at <= ? OR begun_at <= ?",
                arguments: [now.adding(seconds: -idle).milliseconds, now.adding(seconds: -absolute).milliseconds])
            try db.execute(cached: "DELETE FROM portal_links WHERE until <= ?", arguments: [now.milliseconds])
            let week = now.adding(seconds: -7 * 86_400).milliseconds
            try db.execute(cached: "DELETE FROM portal_forms WHERE at <= ?", arguments: [week])
            try db.execute(
                cached: "DELETE FROM portal_registrations WHERE created_at <= ? AND until <= ?",
                arguments: [week, now.milliseconds])
        }
    }
}
