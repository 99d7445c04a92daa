import Testing

@testable import PortalAccess

struct KnownPlacesTests {
    @Test func `places are kept for few addresses of many accounts`() {
        var places = KnownPlaces()
        for number in 1...6 { places.note("192.0.2.\(number)", of: "a@b.fr") }
        #expect(!places.knows("192.0.2.1", of: "a@b.fr") && places.knows("192.0.2.6", of: "a@b.fr"))
        #expect(!places.knows("192.0.2.6", of: "c@b.fr"))
        for number in 1...20_001 { places.note("192.0.2.1", of: "\(number)") }
        #expect((1...20_001).count { places.knows("192.0.2.1", of: "\($0)") } <= 20_000)
    }
}
