/// The subject of a certificate as Java writes it, RFC 2253: the last part first, `CN=alice,OU=x,O=y`.
/// Kafka's rules and ACLs are written for this form.
package enum DistinguishedName {
    /// Of a certificate in DER; nil where it is none.
    package static func ofSubject(inCertificate der: [UInt8]) -> String? {
        var file = DERReader(der[...])
        guard var certificate = file.enter(DERReader.sequence),
            var signed = certificate.enter(DERReader.sequence)
        else { return nil }
        // The version is left out in certificates of version 1.
        if signed.nextTag == 0xA0 { _ = signed.next() }
        // Serial number, algorithm, issuer, validity.
        for _ in 0..<4 { guard signed.next() != nil else { return nil } }
        guard let subject = signed.next(DERReader.sequence) else { return nil }
        return text(ofName: subject.content)
    }

    /// - Parameter name: the parts, each a set of pairs of type and value.
    static func text(ofName name: ArraySlice<UInt8>) -> String? {
        var parts: [String] = []
        var reader = DERReader(name)
        while !reader.isAtEnd {
            guard var set = reader.enter(DERReader.set) else { return nil }
            var pairs: [String] = []
            while !set.isAtEnd {
                guard var pair = set.enter(DERReader.sequence),
                    let type = pair.next(DERReader.objectIdentifier), let value = pair.next(),
                    let text = Self.pair(type.content, value)
                else { return nil }
                pairs.append(text)
            }
            parts.append(pairs.joined(separator: "+"))
        }
        return parts.reversed().joined(separator: ",")
    }

    private static let keywords = [
        "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET",
        "2.5.4.10": "O", "2.5.4.11": "OU", "0.9.2342.19200300.100.1.25": "DC",
        "0.9.2342.19200300.100.1.1": "UID",
    ]

    private static func pair(_ type: ArraySlice<UInt8>, _ value: DERReader.Element) -> String? {
        guard let identifier = DERReader.dotted(type) else { return nil }
        guard let keyword = keywords[identifier], let text = string(value) else {
            return "\(identifier)=#" + value.encoded.map(hex).joined()
        }
        return "\(keyword)=\(escaped(text))"
    }

    /// Nil for what is no string.
    private static func string(_ value: DERReader.Element) -> String? {
        switch value.tag {
        // UTF8String; NumericString, PrintableString, IA5String, VisibleString, which are ASCII.
        case 12, 18, 19, 22, 26: return String(validating: value.content, as: UTF8.self)
        // TeletexString, taken for Latin-1 as everybody does.
        case 20: return String(String.UnicodeScalarView(value.content.map { Unicode.Scalar($0) }))
        // BMPString.
        case 30:
            guard value.content.count % 2 == 0 else { return nil }
            let start = value.content.startIndex
            let units = stride(from: start, to: value.content.endIndex, by: 2).map {
                UInt16(value.content[$0]) << 8 | UInt16(value.content[$0 + 1])
            }
            return String(validating: units, as: UTF16.self)
        default: return nil
        }
    }

    private static func escaped(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let firstInner = scalars.firstIndex { $0 != " " } ?? scalars.count
        let lastInner = scalars.lastIndex { $0 != " " } ?? -1
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if scalar.value < 0x20 || scalar.value == 0x7F {
                // A line of the log must stay one.
                result.append(contentsOf: "\\\(hex(UInt8(scalar.value)))".unicodeScalars)
                continue
            }
            let isOuterSpace = scalar == " " && (index < firstInner || index > lastInner)
            let isLeadingHash = scalar == "#" && index == 0
            if isOuterSpace || isLeadingHash || ",+\"\\<>;".unicodeScalars.contains(scalar) {
                result.append("\\")
            }
            result.append(scalar)
        }
        return String(result)
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
