// Structures that stand alone: keys and values of the records in Kafka's internal topics.

extension FieldWriter {
    /// Appends the fields of `structure` as `version` has them, without a frame around. After an error
    /// nothing is appended.
    public mutating func append<Fields: FieldSet>(
        structure: Fields, version: Int16, isFlexible: Bool = false
    ) throws(ProtocolError) {
        let start = bytes.count
        message = Fields.self
        self.version = version
        self.isFlexible = isFlexible
        var fields = structure
        do throws(ProtocolError) {
            try self.structure(&fields)
        } catch {
            bytes.removeLast(bytes.count - start)
            tagCountPosition = nil
            throw error
        }
    }
}
