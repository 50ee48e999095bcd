import RecordFormat

/// One pass over the fields of a message, in the order of the wire.
///
/// A message declares its fields once, in `FieldSet.code`. `FieldReader` fills them, `FieldWriter`
/// writes them, a test generates them. `integer`, `uuid`, `string`, `array`, `bytes` and `records` are
/// the encodings of Kafka's protocol; `field` and `tagged` decide first whether the version has the
/// field.
public protocol FieldCoding: ~Copyable, ~Escapable {
    /// The version of the message.
    var version: Int16 { get }

    /// A big-endian integer of fixed size.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ value: inout Integer
    ) throws(ProtocolError)

    /// A UUID, which is the identity of a topic or of a log directory; zero for none.
    mutating func uuid(_ name: StaticString, _ value: inout TopicID) throws(ProtocolError)

    /// UTF-8 text of at most 32,767 bytes, after its length; a length of −1 is null. A reader
    /// replaces invalid UTF-8 by U+FFFD.
    mutating func string(
        _ name: StaticString, _ value: inout String?, allowsNull: Bool
    ) throws(ProtocolError)

    /// Elements, after their count; a count of −1 is null.
    mutating func array<Element: FieldElement>(
        _ name: StaticString, _ value: inout [Element]?, allowsNull: Bool
    ) throws(ProtocolError)

    /// Opaque bytes, after their count; a count of −1 is null.
    mutating func bytes(
        _ name: StaticString, _ value: inout [UInt8]?, allowsNull: Bool
    ) throws(ProtocolError)

    /// Record batches, after their byte count; they are not copied.
    mutating func records(
        _ name: StaticString, _ value: inout RecordsRange?, allowsNull: Bool
    ) throws(ProtocolError)

    /// The fields of a structure and, in flexible versions, the tagged fields at its end.
    mutating func structure(_ value: inout some FieldSet) throws(ProtocolError)

    /// A structure as a field of another one.
    mutating func structure(
        _ name: StaticString, _ value: inout some FieldSet
    ) throws(ProtocolError)

    /// A structure that may be null, after a byte that is −1 for null and 1 otherwise.
    mutating func structure<Value: FieldSet>(
        _ name: StaticString, orNull value: inout Value?
    ) throws(ProtocolError)

    /// A field that is present only if it has a value, after all others and in order of tags.
    mutating func tagged<Value: FieldElement>(
        tag: UInt32, _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError)
}

/// The parameter of a message's declaration: any coding, also one that borrows its bytes.
public typealias FieldCoder = FieldCoding & ~Copyable & ~Escapable

extension FieldCoding where Self: ~Copyable & ~Escapable {
    /// A field of the versions from `from` through `through`. In other versions a reader keeps the
    /// default, and a writer omits the value.
    public mutating func field(
        _ name: StaticString, _ value: inout some FieldValue, from: Int16 = 0,
        through: Int16 = .max
    ) throws(ProtocolError) {
        guard version >= from, version <= through else { return }
        try value.code(name, &self)
    }

    /// A field that may be null from version `nullableFrom` on; before that, null is an error in
    /// both directions.
    public mutating func field<Value: NullableValue>(
        _ name: StaticString, _ value: inout Value?, from: Int16 = 0, through: Int16 = .max,
        nullableFrom: Int16 = 0
    ) throws(ProtocolError) {
        guard version >= from, version <= through else { return }
        try Value.code(name, &value, &self, allowsNull: version >= nullableFrom)
    }

    public mutating func uuid(
        _ name: StaticString, _ value: inout TopicID
    ) throws(ProtocolError) {
        var high = value.mostSignificantBits
        var low = value.leastSignificantBits
        try integer(name, &high)
        try integer(name, &low)
        value = TopicID(mostSignificantBits: high, leastSignificantBits: low)
    }

    public mutating func structure(
        _ name: StaticString, _ value: inout some FieldSet
    ) throws(ProtocolError) {
        try structure(&value)
    }

    public mutating func structure<Value: FieldSet>(
        _ name: StaticString, orNull value: inout Value?
    ) throws(ProtocolError) {
        var presence: Int8 = value == nil ? -1 : 1
        try integer(name, &presence)
        guard presence >= 0 else {
            value = nil
            return
        }
        var present = value ?? Value()
        try present.code(name, &self)
        value = present
    }

    /// A tagged field of the versions from `from` on; `nil` if it is absent. Declare it after all
    /// ordinary fields.
    public mutating func tagged<Value: FieldElement>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value?, from: Int16
    ) throws(ProtocolError) {
        guard version >= from else { return }
        try tagged(tag: tag, name, &value)
    }
}
