/// A growing list whose elements never move: they may be noncopyable, and accessing one neither
/// copies it nor counts references. Workers keep their batches and producers in it.
///
/// Thread contract: as its owner's.
@safe
struct StableArray<Element: ~Copyable>: ~Copyable {
    private var elements: [UnsafeMutablePointer<Element>] = unsafe []

    init() {}

    deinit {
        // By index, because the formatter joins the words of `for unsafe element in`.
        for index in unsafe elements.indices {
            unsafe elements[index].deinitialize(count: 1)
            unsafe elements[index].deallocate()
        }
    }

    var count: Int { unsafe elements.count }

    mutating func append(_ element: consuming Element) {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: 1)
        unsafe pointer.initialize(to: element)
        unsafe elements.append(pointer)
    }

    subscript(index: Int) -> Element {
        @inline(__always)
        unsafeAddress { unsafe UnsafePointer(elements[index]) }
        @inline(__always)
        unsafeMutableAddress { unsafe elements[index] }
    }
}
