import Foundation
import Testing

/// A client that is gone without a word: nothing closes its connection, and only the idle deadline ends its session.
@Suite struct VanishedClientTests {
    private let text = SampleList.good(2_000)

    /// Waits on nothing after half the file, as a client does that has vanished in the middle.
    private func program(_ depositor: Depositor, _ file: String, to host: String, _ port: Int) -> String {
        """
        import sys, time, paramiko
        sys.path.insert(0, '\(Depositor.fixtures.path)')
        import patient_paramiko
        transport = paramiko.Transport(('\(host)', \(port)))
        transport.connect(username='\(depositor.login)', password='\(Depositor.password)')
        sftp = paramiko.SFTPClient.from_transport(transport)
        data = open('\(file)', 'rb').read()
        out = sftp.open('\(depositor.folder)/liste.csv', 'wb')
        out.write(data[:len(data) // 2]); out.flush()
        print('half', flush=True)
        time.sleep(3600)
        """
    }

    /// Its session ends by the deadline, what it sent is kept, untreated, until somebody goes on with it.
    private func expectKept(_ instance: Instance, _ depositor: Depositor, _ file: String) throws {
        let size = text.utf8.count
        #expect(instance.logs("session.closed", "login=\(depositor.login)", "reason=idle"), "\(instance.log)")
        #expect(instance.logs("upload.kept", "file=liste.csv", "bytes=\(size / 2)"), "\(instance.log)")
        let partial = instance.state.appending(path: "staging/\(depositor.code)/liste.csv")
        #expect(try FileManager.default.attributesOfItem(atPath: partial.path)[.size] as? Int == size / 2)
        #expect(depositor.names().isEmpty)
        // Had the half been taken, it would be first.
        let other = try instance.write(SampleList.good(3), to: "autre.csv")
        #expect(try depositor.sftp("put \(other) \(depositor.folder)/autre.csv").succeeded)
        #expect(try depositor.treated(1).map { $0["file"] as? String } == ["autre.csv"])
        let resumed = try depositor.sftp("reput \(file) \(depositor.folder)/liste.csv")
        #expect(resumed.succeeded, "\(resumed)")
        let deposit = try #require(try depositor.treated(2).last)
        #expect(deposit["state"] as? String == "succes" && deposit["size"] as? Int == size)
    }

    @Test func `a client that stands still in the middle of its upload ends by the idle deadline`() throws {
        let instance = try Instance(sftp: ["idle_timeout_seconds: 10"])
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(text, to: "liste.csv")
        let client = try BackgroundCommand(
            [Instance.python, "-c", program(depositor, file, to: "127.0.0.1", instance.port)], folder: instance.folder)
        try #require(eventually { client.output.contains("half") }, "\(client.errors)")
        client.signal(SIGSTOP)
        try expectKept(instance, depositor, file)
        client.signal(SIGKILL)
        _ = client.finish()
    }

    @Test(.enabled(if: OtherMachine.canBe, OtherMachine.cannotBe))
    func `a client whose machine is gone ends by the idle deadline`() throws {
        let instance = try Instance(sftp: ["idle_timeout_seconds: 10"])
        try OtherMachine.with(instance) { machine in
            try instance.change("\"127.0.0.1:0\"", to: "\"127.0.0.1:0\", \"\(machine.here):0\"")
            try instance.start()
            let depositor = try Depositor(instance)
            let file = try instance.write(text, to: "liste.csv")
            let port = try #require(instance.port(of: machine.here), "\(instance.log)")
            let client = try machine.run(
                [Instance.python, "-c", program(depositor, file, to: machine.here, port)])
            try #require(eventually { client.output.contains("half") }, "\(client.errors)")
            // No FIN, no RST: what its kernel says when its programs are killed goes nowhere.
            try machine.unplug()
            client.signal(SIGKILL)
            _ = client.finish()
            try expectKept(instance, depositor, file)
        }
    }
}
