/// A growing list whose elements never move. They may be noncopyable; access neither copies an
/// element nor counts references.
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
