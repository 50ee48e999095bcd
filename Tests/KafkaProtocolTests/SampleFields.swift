import KafkaProtocol

/// Makes a message up: walks over its fields as a reader would, and fills them with whatever they
/// can hold, the extremes more often than by chance.
struct SampleFields: FieldCoding {
    /// What the records of a sample are ranges of.
    static let recordsSource = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 7) }

    let version: Int16
    var generator: SeededGenerator
    /// The largest count of an array; strings are short where it is small.
    var largestCount = 3

    static func message<Body: Message>(
        _ type: Body.Type, version: Int16, from generator: inout SeededGenerator,
        largestCount: Int = 3
    ) throws -> Body {
        var sample = SampleFields(
            version: version, generator: generator, largestCount: largestCount)
        var body = Body()
        try sample.structure(&body)
        generator = sample.generator
        return body
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ value: inout Integer
    ) {
        value =
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: Integer.min
            case 1: Integer.max
            case 2: 0
            case 3: Integer(truncatingIfNeeded: -1)
            case 4: Integer(truncatingIfNeeded: Int.random(in: 0..<130, using: &generator))
            default: Integer.random(in: Integer.min...Integer.max, using: &generator)
            }
        // The bits of a Double; one that is no number would not equal itself.
        if Integer.self == UInt64.self, Double(bitPattern: UInt64(value)).isNaN { value = 0 }
    }

    mutating func string(_ name: StaticString, _ value: inout String?, allowsNull: Bool) {
        value = nil
        if allowsNull, isNull() { return }
        value =
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: ""
            case 1: "größe-\u{1F30A}\0"
            case 2 where largestCount > 2: String(repeating: "x", count: 127)
            case 3 where largestCount > 2 && Int.random(in: 0..<30, using: &generator) == 0:
                String(repeating: "y", count: Int(Int16.max))
            default: "t\(UInt8.random(in: 0...255, using: &generator))"
            }
    }

    mutating func array<Element: FieldElement>(
        _ name: StaticString, _ value: inout [Element]?, allowsNull: Bool
    ) throws(ProtocolError) {
        value = nil
        if allowsNull, isNull() { return }
        var elements: [Element] = []
        for _ in 0..<Int.random(in: 0...largestCount, using: &generator) {
            var element = Element()
            try element.code(name, &self)
            elements.append(element)
        }
        value = elements
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8]?, allowsNull: Bool) {
        value = nil
        if allowsNull, isNull() { return }
        value = generator.bytes(count: Int.random(in: 0...largestCount * 50, using: &generator))
    }

    mutating func records(
        _ name: StaticString, _ value: inout RecordsRange?, allowsNull: Bool
    ) {
        value = nil
        if allowsNull, isNull() { return }
        let position = Int.random(in: 0...Self.recordsSource.count, using: &generator)
        let most = min(largestCount * 50, Self.recordsSource.count - position)
        value = RecordsRange(
            position: position, byteCount: Int.random(in: 0...most, using: &generator))
    }

    mutating func structure(_ value: inout some FieldSet) throws(ProtocolError) {
        try value.code(&self)
    }

    mutating func tagged<Value: FieldElement>(
        tag: UInt32, _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError) {
        value = nil
        if isNull() { return }
        var present = Value()
        try present.code(name, &self)
        value = present
    }

    private mutating func isNull() -> Bool { Int.random(in: 0..<4, using: &generator) == 0 }
}
