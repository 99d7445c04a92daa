import Foundation
import Testing

/// Clients of every slowness, all at the same time, against the portal's own deadlines and without a proxy before it: who is too slow loses
/// the connection.
@Suite struct PortalDeadlineTests {
    private final class Client {
        let connection: RawConnection
        /// Seconds after which it is over at the earliest; nil if it isn't over before the client is done.
        let earliest: Double?
        private let act: (RawConnection, Double) -> Void
        private(set) var closedAfter: Double?

        /// - act: what it does each half second.
        init(
            _ connection: RawConnection, earliest: Double?,
            _ act: @escaping (RawConnection, Double) -> Void
        ) {
            self.connection = connection
            self.earliest = earliest
            self.act = act
        }

        func step(after seconds: Double) {
            guard closedAfter == nil else { return }
            act(connection, seconds)
            if connection.isClosed { closedAfter = seconds }
        }
    }

    @Test func `who is too slow is cut off in time, and an upload that is only slow arrives`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let (instance, browser) = (place.instance, place.browser)
        // A file that takes a slow reader long: refused at its first line, and kept.
        let large = String(repeating: String(repeating: "x", count: 1_023) + "\n", count: 8 << 10)
        #expect(try browser.deposit(try instance.write(large, to: "grand.csv")).location == "/depots/1")
        _ = try place.depositor.treated()

        let host = browser.base.dropFirst("http://".count)
        let get =
            "GET /depots/1/fichier HTTP/1.1\r\nHost: \(host)\r\nCookie: \(browser.cookie)\r\nConnection: close\r\n\r\n"
        let control = { (bytes: Int) throws -> [UInt8] in
            let content = String(repeating: "0123456789abcde\n", count: bytes / 16)
            let body = UploadRequest.body(key: try browser.newKey(), [("liste.csv", content)])
            return Array((UploadRequest.head(browser, "/deposer/controle", bytes: body.utf8.count) + body).utf8)
        }
        let slowBody = try control(1 << 20)
        let halted = try control(1 << 20)
        // 40 KiB/s, above the least even where the machine stands still for some seconds, and for longer than any other deadline here but
        // that of a whole body.
        let steadyBody = try control(70 * 40 * 1024)
        let sending = { (bytes: [UInt8], rate: Double) in
            var sent = 0
            return { (connection: RawConnection, seconds: Double) in
                let due = min(bytes.count, Int(seconds * rate) + 1_500)
                if due > sent { connection.send(bytes[sent..<due]) }
                sent = max(sent, due)
                connection.receive()
            }
        }
        let slowHead = Array("GET / HTTP/1.1\r\nHost: \(host)\r\nX-Slow: \(String(repeating: "a", count: 1_000))".utf8)
        var headSent = 0
        let began = ContinuousClock.now
        let seconds = { Double((ContinuousClock.now - began) / .milliseconds(1)) / 1000 }

        let silent = Client(try RawConnection(to: browser.base), earliest: 60) { connection, _ in connection.receive() }
        let keptOpen = Client(try RawConnection(to: browser.base), earliest: 60) { connection, _ in
            if connection.received.isEmpty { connection.send("GET /sante HTTP/1.1\r\nHost: \(host)\r\n\r\n") }
            connection.receive()
        }
        let head = Client(try RawConnection(to: browser.base), earliest: 15) { connection, seconds in
            let due = min(slowHead.count, Int(seconds * 10) + 1)
            connection.send(slowHead[min(headSent, due)..<due])
            headSent = max(headSent, due)
            connection.receive()
        }
        // 4 KiB/s.
        let body = Client(try RawConnection(to: browser.base), earliest: 15, sending(slowBody, 4_096))
        // When the one before is over: a person has two uploads at a time.
        let sendSome = sending(Array(halted.prefix(100_000)), 1e9)
        let stalled = Client(try RawConnection(to: browser.base), earliest: 45) { connection, seconds in
            if seconds < 30 { connection.receive() } else { sendSome(connection, seconds) }
        }
        var asking: Set<ObjectIdentifier> = []
        let ask = { (connection: RawConnection) in
            if asking.insert(ObjectIdentifier(connection)).inserted { connection.send(get) }
        }
        let deaf = Client(try RawConnection(to: browser.base, receiveBuffer: 4_096), earliest: 60) {
            connection, seconds in
            ask(connection)
            // What the kernel has taken for it is still to be had then; the end of it is what tells.
            if seconds > 75 { connection.receive() }
        }
        // A hundred bytes a second through a small buffer: the kernel has room for more of the answer every quarter of an hour.
        let trickle = Client(try RawConnection(to: browser.base, receiveBuffer: 2_048), earliest: nil) {
            connection, seconds in
            ask(connection)
            let due = Int(seconds * 100)
            if due > connection.received.count { connection.receive(most: due - connection.received.count) }
        }
        // 5 KB/s, and what the kernel holds of it in large pieces.
        let slowReader = Client(try RawConnection(to: browser.base, receiveBuffer: 4_096), earliest: nil) {
            connection, seconds in
            ask(connection)
            let due = Int(seconds * 5_000)
            if due > connection.received.count { connection.receive(most: due - connection.received.count) }
        }
        let readers = [trickle, slowReader]
        let steady = Client(try RawConnection(to: browser.base), earliest: nil, sending(steadyBody, 40 * 1_024))
        let cut = [
            "silent": silent, "kept open": keptOpen, "head": head, "body": body, "stalled": stalled, "deaf": deaf,
        ]
        let all = Array(cut.values) + [steady]
        _ = eventually(within: 400) {
            for client in all + readers { client.step(after: seconds()) }
            poll(nil, 0, 500)
            // Whoever reads, however little, is there for longer than any deadline.
            return all.allSatisfy { $0.closedAfter != nil } && seconds() > 110
        }
        for reader in readers {
            #expect(reader.closedAfter == nil && reader.connection.received.count > 10_000, "\(reader)")
        }
        for (name, client) in cut {
            guard let after = client.closedAfter else {
                Issue.record("\(name) is still there")
                continue
            }
            let earliest = try #require(client.earliest)
            // No other deadline can have been the one: the next is 45 s later, or there is none.
            #expect(after >= earliest && after < earliest + 44, "\(name): \(after) s")
        }
        #expect(steady.connection.text.hasPrefix("HTTP/1.1 303"), "\(steady.connection.text)")
        #expect(deaf.connection.received.count < large.utf8.count, "\(deaf.connection.received.count)")
        #expect(head.connection.received.isEmpty && silent.connection.received.isEmpty)
        #expect(keptOpen.connection.text.hasPrefix("HTTP/1.1 200"))
        // The four that were at something; who has nothing to say isn't worth a line.
        #expect(eventually { instance.logged("portal.deadline") == 4 }, "\(instance.log)")
        #expect(eventually { place.drafts.isEmpty })
        #expect(try place.depositor.deposits().count == 1)
    }
}
