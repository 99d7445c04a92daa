// Times the engine alone, on one thread: bytes in memory to verdict, the OF list already loaded.
//
//     swift run -c release engine-bench [LINES [ROUNDS [NAME]]]
//
// Each row is the best of all rounds. « broken » has an error in every cell.

import Glibc
import Qualiopi

let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
let lines = arguments.first.flatMap { $0 > 0 ? $0 : nil } ?? 165_000
let rounds = arguments.dropFirst().first.flatMap { $0 > 0 ? $0 : nil } ?? 20

let samples = Samples(lines: lines)
let reference = time(1) { samples.reference }
let context = ValidationContext(policy: Policy(), today: samples.today, reference: reference.result)
let packed = reference.result.packed
let loading = time(rounds) { (try? ReferenceList(packed: packed))?.count ?? 0 }
let text = samples.referenceFile
let reading = time(rounds) { (try? ReferenceFile.read(text))?.entries.count ?? 0 }

print("\(lines) lines, best of \(rounds) rounds")
report("OF list, from its file", text.count, reading.seconds, "\(reading.result) OF")
report("OF list, packed", packed.count, loading.seconds, "\(loading.result) OF")

// A third argument picks one deposit, for a profiler.
let only = CommandLine.arguments.dropFirst(3).first
var clean = 0.0
for (name, file) in samples.deposits where only.map({ name == $0 }) ?? true {
    let timed = time(rounds) {
        Validator.validate(fileName: Array("liste.csv".utf8), content: file, context: context)
    }
    let verdict = timed.result
    if clean == 0 { clean = timed.seconds }
    let ratio = (timed.seconds / clean * 100).rounded() / 100
    report(
        name, file.count, timed.seconds,
        "\(verdict.outcome.rawValue), \(verdict.anomalies.total) findings, \(ratio) times the clean file")
}

/// The shortest time that the work takes, and its last result.
func time<Result>(_ rounds: Int, _ work: () -> Result) -> (seconds: Double, result: Result) {
    let start = now()
    var result = work()
    var best = now() - start
    for _ in 1..<max(rounds, 1) {
        let start = now()
        result = work()
        best = min(best, now() - start)
    }
    return (best, result)
}

/// Processor time of this thread: what other processes do meanwhile hardly counts.
func now() -> Double {
    var reading = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &reading)
    return Double(reading.tv_sec) + Double(reading.tv_nsec) / 1e9
}

func report(_ name: String, _ bytes: Int, _ seconds: Double, _ rest: String) {
    let megabytes = (Double(bytes) / 1e4).rounded() / 100
    let milliseconds = (seconds * 1e5).rounded() / 100
    let speed = Int((Double(bytes) / 1e6 / seconds).rounded())
    let padding = String(repeating: " ", count: max(0, 24 - name.count))
    print("\(name)\(padding) \(megabytes) MB  \(milliseconds) ms  \(speed) MB/s  \(rest)")
}
