import Foundation
import Testing

/// A list cut in the middle is still valid CSV and would withdraw every organisation after the cut: it must never be treated.
@Suite struct CutConnectionTests {
    /// Writes half a file and stops without a CLOSE; waits on standard input's end so that it can be killed in the middle.
    private func halfUpload(_ depositor: Depositor, _ file: String) throws -> BackgroundCommand {
        let program = """
            import sys, time, paramiko
            sys.path.insert(0, '\(Depositor.fixtures.path)')
            import patient_paramiko
            transport = paramiko.Transport(('127.0.0.1', \(depositor.instance.port)))
            transport.connect(username='\(depositor.login)', password='\(Depositor.password)')
            sftp = paramiko.SFTPClient.from_transport(transport)
            data = open('\(file)', 'rb').read()
            out = sftp.open('\(depositor.folder)/liste.csv', 'wb')
            out.write(data[:len(data) // 2]); out.flush()
            print('half', flush=True)
            time.sleep(3600)
            """
        let client = try BackgroundCommand([Instance.python, "-c", program], folder: depositor.instance.folder)
        try #require(eventually { client.output.contains("half") }, "\(client.errors)")
        return client
    }

    /// The second time within a rehearsal, by a clock ten days ahead.
    @Test(arguments: [0, 864_000])
    func `an upload whose client dies is kept as a partial, never treated, and can be resumed`(offset: Int) throws {
        let instance = try Instance()
        instance.clockOffset = offset
        try instance.start()
        let depositor = try Depositor(instance)
        let text = SampleList.good(2_000)
        let file = try instance.write(text, to: "liste.csv")
        let client = try halfUpload(depositor, file)
        client.signal(SIGKILL)
        _ = client.finish()

        let partial = instance.state.appending(path: "staging/\(depositor.code)/liste.csv")
        #expect(
            eventually {
                (try? FileManager.default.attributesOfItem(atPath: partial.path)[.size] as? Int) == text.utf8.count / 2
            })
        #expect(instance.logs("session.closed"))
        #expect(depositor.names().isEmpty, "\(depositor.names())")

        let listed = try depositor.sftp("ls -l \(depositor.folder)")
        #expect(listed.output.contains("\(text.utf8.count / 2)"), "\(listed)")

        // A whole deposit of another name passes through the same queue: had the half been taken, it would be first.
        let other = try instance.write(SampleList.good(3), to: "autre.csv")
        #expect(try depositor.sftp("put \(other) \(depositor.folder)/autre.csv").succeeded)
        #expect(try depositor.treated(1).map { $0["file"] as? String } == ["autre.csv"])

        let resumed = try depositor.sftp("reput \(file) \(depositor.folder)/liste.csv")
        #expect(resumed.succeeded, "\(resumed)")
        let deposit = try #require(try depositor.treated(2).last)
        #expect(deposit["state"] as? String == "succes")
        #expect(deposit["size"] as? Int == text.utf8.count)
    }

    @Test func `killing a session process disturbs no other session and no deposit`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let other = try Depositor(instance, siret: "38774236400012", email: "b@yopmail.com", organisations: nil)
        let file = try instance.write(SampleList.good(2_000), to: "liste.csv")
        let doomed = try halfUpload(depositor, file)
        let doomedSessions = try sessionProcesses(of: instance)
        #expect(doomedSessions.count == 1)
        let survivor = try halfUpload(other, file)

        for session in doomedSessions { kill(session, SIGKILL) }
        #expect(instance.logs("session.closed"))
        doomed.signal(SIGKILL)
        _ = doomed.finish()

        #expect(survivor.process.isRunning)
        #expect(try eventually { try sessionProcesses(of: instance).count == 1 })
        #expect(try other.sftp("put \(file) \(other.folder)/autre.csv").succeeded)
        #expect(try other.treated().first?["state"] as? String == "succes")
        #expect(depositor.names().isEmpty)
        survivor.signal(SIGKILL)
        _ = survivor.finish()
    }

    /// The session processes of the instance's daemon.
    private func sessionProcesses(of instance: Instance) throws -> [pid_t] {
        let daemon = try #require(instance.daemon).process.processIdentifier
        return try instance.run(["pgrep", "-P", "\(daemon)", "-x", "collecteur-sess"]).output
            .split(separator: "\n").compactMap { pid_t($0) }
    }
}
