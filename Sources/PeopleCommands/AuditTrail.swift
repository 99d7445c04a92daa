internal import Console
internal import Qualiopi
internal import Store
internal import Workplace

/// An audit trail as the `log` commands print it.
func auditTrail(_ events: [AuditEvent], _ place: Workplace) -> Listing<AuditEvent> {
    Listing(
        items: events,
        columns: [
            .left("AT"), .left("EVENT"), .left("BY", .flexible), .left("FROM"), .left("DETAIL", .flexible),
        ],
        row: { [place.shown($0.at), $0.event, $0.actor, $0.origin, $0.detail] },
        object: {
            [
                ("at", place.json($0.at)), ("event", .string($0.event)), ("by", .string($0.actor)),
                ("from", .string($0.origin)), ("detail", .string($0.detail)),
            ]
        })
}
