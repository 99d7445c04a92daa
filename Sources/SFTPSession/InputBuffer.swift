/// Bytes of a channel that are no whole packet yet. Memory is taken as it is needed and given back at rest: most sessions
/// are idle most of the time.
final class InputBuffer {
    private static let smallest = 16_384

    private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private(set) var count = 0

    deinit { storage.deallocate() }

    /// What has arrived and was not consumed.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[start..<start + count])
    }

    /// Appends what `fill` writes into room for so many bytes; it returns how many it has written.
    func append(upTo room: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        makeRoom(room)
        let end = start + count
        let written = fill(UnsafeMutableRawBufferPointer(rebasing: storage[end..<end + room]))
        count += min(max(0, written), room)
        return written
    }

    /// Forgets the first bytes.
    func consume(_ number: Int) {
        let number = min(number, count)
        count -= number
        start = count == 0 ? 0 : start + number
    }

    /// Gives its memory back if nothing is in it.
    func rest() {
        guard count == 0 else { return }
        storage.deallocate()
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private func makeRoom(_ room: Int) {
        guard start + count + room > storage.count else { return }
        var target = storage
        if count + room > storage.count {
            target = .allocate(byteCount: max(Self.smallest, 2 * storage.count, count + room), alignment: 16)
        }
        if count > 0 { target.baseAddress?.copyMemory(from: bytes, count: count) }
        if target.baseAddress != storage.baseAddress {
            storage.deallocate()
            storage = target
        }
        start = 0
    }
}

extension UnsafeMutableRawPointer {
    /// The places may overlap.
    fileprivate func copyMemory(from bytes: UnsafeRawBufferPointer, count: Int) {
        guard let source = bytes.baseAddress else { return }
        copyMemory(from: source, byteCount: count)
    }
}
