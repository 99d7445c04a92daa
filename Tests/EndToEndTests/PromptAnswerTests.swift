import Testing

/// A request is answered when it comes, not when the next one does.
@Suite struct PromptAnswerTests {
    /// The bytes of one request come in several pieces. The last may be taken from the socket while the channel is only asked for
    /// something else: the client, which waits for this answer before it sends anything more, must not wait for the next timer.
    @Test func `a client that sends one request at a time never waits for a timer`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let replayed = try depositor.packets(
            """
            handle = sftp.open(folder + '/liste.csv.part', W | CREAT | TRUNC).handle
            slowest = 0
            for i in range(100):
                start = time.monotonic()
                assert sftp.write(handle, i * 32000, bytes(32000)).code == OK
                slowest = max(slowest, time.monotonic() - start)
            assert sftp.close(handle).code == OK
            assert slowest < 8, slowest
            """)
        #expect(replayed.succeeded, "\(replayed)")
    }
}
