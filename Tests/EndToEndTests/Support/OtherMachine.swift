import Foundation
import Testing

/// Programs on another machine: in a network of their own, with a cable to this one that can be pulled.
final class OtherMachine {
    static let cannotBe: Comment = "network namespaces and veth links are not permitted here"
    static let canBe: Bool = (try? with(Instance()) { _ in true }) ?? false

    /// This machine's address on the cable.
    let here: String
    private let there: String
    private let cable: String
    private let instance: Instance
    /// Keeps the other network in being.
    private let holder: BackgroundCommand

    static func with<Result>(_ instance: Instance, _ body: (OtherMachine) throws -> Result) throws -> Result {
        let machine = try OtherMachine(instance)
        defer { machine.end() }
        try machine.plug()
        return try body(machine)
    }

    private init(_ instance: Instance) throws {
        let number = Int.random(in: 1..<0x3FFF)
        // Of the addresses for tests of networks (RFC 2544), four for each machine.
        let place = "198.\(18 + number >> 13).\(number >> 6 & 0x7F)"
        here = "\(place).\(4 * (number & 0x3F) + 1)"
        there = "\(place).\(4 * (number & 0x3F) + 2)"
        cable = "cable\(number)"
        self.instance = instance
        holder = try BackgroundCommand(["unshare", "-n", "sleep", "3600"], folder: instance.folder)
    }

    private func plug() throws {
        let own = try link("/proc/self")
        // It is in its own network only once unshare has run.
        try #require(eventually { !holder.process.isRunning || (try? link(process)) ?? own != own })
        try must(["ip", "link", "add", cable, "type", "veth", "peer", "name", "there"])
        try must(["ip", "link", "set", "there", "netns", "\(holder.process.processIdentifier)"])
        try must(["ip", "address", "add", "\(here)/30", "dev", cable])
        try must(["ip", "link", "set", cable, "up"])
        for words in [["address", "add", "\(there)/30", "dev", "there"], ["link", "set", "there", "up"]] {
            try must(inside + ["ip"] + words)
        }
    }

    private var process: String { "/proc/\(holder.process.processIdentifier)" }
    private var inside: [String] { ["nsenter", "--net=\(process)/ns/net"] }

    private func link(_ process: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/ns/net")
    }

    func run(_ command: [String]) throws -> BackgroundCommand {
        try BackgroundCommand(inside + command, folder: instance.folder)
    }

    func unplug() throws { try must(["ip", "link", "set", cable, "down"]) }

    private func end() {
        _ = try? instance.run(["ip", "link", "delete", cable])
        holder.signal(SIGKILL)
        _ = holder.finish()
    }

    private func must(_ command: [String]) throws {
        let result = try instance.run(command)
        try #require(result.succeeded, "\(result)")
    }
}
