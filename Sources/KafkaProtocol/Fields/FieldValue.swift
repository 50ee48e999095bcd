// The possible values of fields.

/// A value with its encoding.
public protocol FieldValue: Sendable {
    mutating func code(_ name: StaticString, _ wire: inout some FieldCoder) throws(ProtocolError)
}

/// A value that an array or a tagged field can hold.
public protocol FieldElement: FieldValue {
    /// The smallest size of a value of this type: a count that promises more elements than fit is
    /// refused.
    static var minimumByteCount: Int { get }

    init()
}

/// A value whose encoding has a null.
public protocol NullableValue: FieldValue {
    static func code(
        _ name: StaticString, _ value: inout Self?, _ wire: inout some FieldCoder, allowsNull: Bool
    ) throws(ProtocolError)
}

/// The fields of a message, or of a structure in it, declared once for all its versions.
///
/// The two requirements with default implementations name the codings, so that the compiler
/// generates direct code for each declaration and coding, also for callers in another module.
public protocol FieldSet: FieldElement, Hashable {
    /// Passes every field to `wire`, in the order of the wire.
    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError)
    mutating func read(from reader: inout FieldReader) throws(ProtocolError)
    func write(to writer: inout FieldWriter) throws(ProtocolError)
}

extension FieldSet {
    public static var minimumByteCount: Int { 1 }

    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        try wire.structure(&self)
    }

    public mutating func read(from reader: inout FieldReader) throws(ProtocolError) {
        try code(&reader)
    }

    public func write(to writer: inout FieldWriter) throws(ProtocolError) {
        // A coding may change the value; the copy shares its arrays, and a writer does not change
        // them.
        var fields = self
        try fields.code(&writer)
    }
}

extension NullableValue {
    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        var value: Self? = self
        try Self.code(name, &value, &wire, allowsNull: false)
        if let value { self = value }
    }
}

/// A type with a name that is a number on the wire.
public protocol IntegerField: FieldValue {
    associatedtype RawValue: FixedWidthInteger & BitwiseCopyable

    var rawValue: RawValue { get set }
}

extension IntegerField {
    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        // A copy: in a debug build, changing it in place through the protocol allocates on the
        // heap.
        var integer = rawValue
        try wire.integer(name, &integer)
        rawValue = integer
    }
}
