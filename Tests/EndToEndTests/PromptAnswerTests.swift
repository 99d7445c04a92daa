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
            import threading
            # How long the machine stands still, if it does: that is nobody's timer.
            stood, over = [0], threading.Event()
            def watch():
                while not over.is_set():
                    begun = time.monotonic()
                    time.sleep(0.05)
                    stood[0] += max(0, time.monotonic() - begun - 0.5)
            watching = threading.Thread(target=watch, daemon=True)
            watching.start()
            handle = sftp.open(folder + '/liste.csv.part', W | CREAT | TRUNC).handle
            slowest = 0
            for i in range(100):
                start = time.monotonic()
                assert sftp.write(handle, i * 32000, bytes(32000)).code == OK
                slowest = max(slowest, time.monotonic() - start)
            assert sftp.close(handle).code == OK
            over.set(); watching.join()
            assert slowest < 8 + stood[0], (slowest, stood)
            """)
        #expect(replayed.succeeded, "\(replayed)")
    }
}
