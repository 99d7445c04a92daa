import Glibc
import LinuxSystem
import Synchronization
import Testing

struct WorkerPoolTests {
    private struct Refusal: Error {}

    @Test func `one thread keeps the order, and a stop waits for all`() {
        let pool = WorkerPool(name: "test", threads: 1)
        let done = Mutex<[Int]>([])
        for number in 0..<5000 {
            #expect(pool.submit { done.withLock { $0.append(number) } })
        }
        pool.stop()
        #expect(done.withLock { $0 } == Array(0..<5000))
        #expect(pool.pending == 0)
        #expect(pool.submit {} == false)
    }

    @Test func `as many jobs run at once as there are threads`() {
        let pool = WorkerPool(name: "test", threads: 3)
        let running = Monitor(0)
        let most = Mutex(0)
        for _ in 0..<9 {
            pool.submit {
                let now = running.update { number in
                    number += 1
                    return number
                }
                most.withLock { $0 = max($0, now) }
                // The third to come lets everybody go.
                _ = running.wait(until: MonotonicClock.now() + .seconds(120)) { $0 >= 3 ? () : nil }
            }
        }
        #expect(eventually { pool.pending == 0 })
        pool.stop()
        #expect(most.withLock { $0 } >= 3)
        #expect(running.withLock { $0 } == 9)
    }

    @Test func `a result and an error come back to the task`() async throws {
        let pool = WorkerPool(name: "test", threads: 2)
        #expect(try await pool.run { 42 } == 42)
        await #expect(throws: Refusal.self) { try await pool.run { throw Refusal() } }
        pool.stop()
        await #expect(throws: CancellationError.self) { try await pool.run { 42 } }
    }

    @Test func `a thread has its name and every signal blocked`() async throws {
        let pool = WorkerPool(name: "a name that is too long", threads: 1)
        let (name, blocked) = try await pool.run { () -> (String, Bool) in
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            let raw = open("/proc/thread-self/comm", O_RDONLY)
            let file = Descriptor(adopting: raw)
            let name = try FileIO.readAll(file.raw, limit: 100)
            return (String(decoding: name, as: UTF8.self), sigismember(&mask, SIGTERM) == 1)
        }
        #expect(name == "a name that is \n")
        #expect(blocked)
        pool.stop()
    }
}

struct WakeSignalTests {
    @Test func `a notification is kept for the next who waits, once`() {
        let signal = WakeSignal()
        signal.notify()
        signal.notify()
        #expect(signal.wait(timeout: .zero))
        #expect(!signal.wait(timeout: .zero))
    }

    @Test func `a wait ends at its deadline, not before`() {
        let start = MonotonicClock.now()
        #expect(!WakeSignal().wait(timeout: .milliseconds(30)))
        #expect(MonotonicClock.now() - start >= .milliseconds(30))
    }

    @Test func `a notification ends a wait in another thread`() {
        let signal = WakeSignal()
        let done = WakeSignal()
        let started = Thread.start(name: "waiter") {
            signal.wait()
            done.notify()
        }
        #expect(started)
        signal.notify()
        #expect(done.wait(timeout: .seconds(120)))
    }
}
