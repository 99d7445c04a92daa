/// Memory of a fixed size, freed with its owner: an array without the checks that cost in the row loop.
///
/// An index out of range traps in debug builds only: the callers mask or test theirs. Copies share the memory. It is a class because the
/// optimiser of Swift 6.3 drops the initialisation of a non-copyable structure with a `deinit` when it is nested in another one.
final class OwnedBuffer<Element: BitwiseCopyable> {
    private let storage: UnsafeMutableBufferPointer<Element>

    /// Fills the memory with `initial`.
    init(count: Int, initial: Element) {
        storage = .allocate(capacity: count)
        storage.initialize(repeating: initial)
    }

    deinit { storage.deallocate() }

    var count: Int { storage.count }

    /// The memory as bytes, valid as long as the owner.
    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(storage) }

    subscript(index: Int) -> Element {
        @inline(__always) get { storage[index] }
        @inline(__always) set { storage[index] = newValue }
    }
}
