import Foundation
import Testing

/// What a crash or a stop of the daemon leaves behind, and what the next start makes of it.
@Suite struct RestartTests {
    @Test func `a deposit acknowledged before a crash is treated once after it`() throws {
        // A long settle time: the daemon dies between the CLOSE's answer and the claim.
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        instance.crash()
        #expect(depositor.names() == ["liste.csv"])

        try instance.change("settle_seconds: 3600", to: "settle_seconds: 0.1")
        try instance.start()
        let deposits = try depositor.treated()
        #expect(deposits.map { $0["state"] as? String } == ["succes"])
        #expect(deposits.first?["author"] as? String == depositor.login, "the sender is known across the crash")
        #expect(try eventually { try depositor.mails().count == 1 })
        #expect(depositor.reports("json").count == 1)
    }

    @Test func `a stop lets the upload in progress finish and exits with 0`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        let flag = instance.folder.appending(path: "go").path
        let program = """
            import sys, os, time, paramiko
            sys.path.insert(0, '\(Depositor.fixtures.path)')
            import patient_paramiko
            transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
            transport.connect(username='\(depositor.login)', password='\(Depositor.password)')
            sftp = paramiko.SFTPClient.from_transport(transport)
            data = open('\(file)', 'rb').read()
            out = sftp.open('\(depositor.folder)/liste.csv', 'wb')
            out.write(data[:100]); out.flush()
            print('half', flush=True)
            while not os.path.exists('\(flag)'): time.sleep(0.02)
            out.write(data[100:]); out.close()
            print('closed', flush=True)
            """
        let client = try BackgroundCommand([Instance.python, "-c", program], folder: instance.folder)
        try #require(eventually { client.output.contains("half") }, "\(client.errors)")
        instance.daemon?.signal(SIGTERM)
        #expect(instance.logs("sessions.stopping"), "\(instance.log)")
        try #require(instance.daemon?.process.isRunning == true)
        try Data().write(to: URL(filePath: flag))
        #expect(eventually { client.output.contains("closed") }, "\(client.errors)")
        #expect(instance.daemon?.finish().status == 0)
        _ = client.finish(within: 60)

        try instance.start()
        #expect(try depositor.treated().first?["state"] as? String == "succes")
    }

    @Test func `a second daemon on the same state is refused`() throws {
        let instance = try Instance()
        try instance.start()
        let second = try instance.collecteur("serve")
        #expect(second.status == 1, "\(second)")
        #expect(second.errors.contains("collecteur: "))
    }
}
