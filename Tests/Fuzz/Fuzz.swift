import Glibc

/// libFuzzer's entry: one input, which must neither trap nor hang nor break a property that holds for any input.
///
/// `COLLECTEUR_FUZZ` in the environment names what gets it; an input that failed is run again with
/// `COLLECTEUR_FUZZ=<name> .build-fuzz/release/fuzz FILE`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

enum FuzzTarget: String, CaseIterable {
    case deposit, reference, sftp, control, portal

    static let chosen: FuzzTarget = {
        let name = getenv("COLLECTEUR_FUZZ").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            broken("COLLECTEUR_FUZZ must be one of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return target
    }()

    func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .deposit: fuzzDeposit(input)
        case .reference: fuzzReference(input)
        case .sftp: fuzzSFTP(input)
        case .control: fuzzControl(input)
        case .portal: fuzzPortal(input)
        }
    }
}

/// A property that every input must have. libFuzzer keeps an input that ends the process, so ending it is the report.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { broken(property()) }
}

private func broken(_ text: String) -> Never { fatalError(text) }
