/// What can be seen of a PKCS#12 file without its password: whether there is a private key in it.
///
///     PFX: version, ContentInfo(data: OCTET STRING of a SEQUENCE of ContentInfo), …
///     ContentInfo: type, [0] OCTET STRING of a SEQUENCE of bags; each: type, value, …
enum PKCS12Shape {
    private static let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]
    /// keyBag (…1) and pkcs8ShroudedKeyBag (…2), which encrypts the key itself.
    private static let keyBags: [[UInt8]] = [1, 2].map {
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, $0]
    }
    private static let explicit: UInt8 = 0xA0

    static func hasPrivateKey(_ bytes: [UInt8]) -> Bool {
        var file = DERReader(bytes[...])
        guard var pfx = file.enter(DERReader.sequence), pfx.next() != nil,
            var authSafe = pfx.enter(DERReader.sequence),
            var content = contents(&authSafe), var safes = content.enter(DERReader.sequence)
        else { return false }
        while var safe = safes.enter(DERReader.sequence) {
            guard var content = contents(&safe), var bags = content.enter(DERReader.sequence)
            else { continue }
            while var bag = bags.enter(DERReader.sequence) {
                guard let type = bag.next(DERReader.objectIdentifier) else { return false }
                if keyBags.contains(Array(type.content)) { return true }
            }
        }
        return false
    }

    /// The inside of a ContentInfo that is not encrypted.
    private static func contents(_ info: inout DERReader) -> DERReader? {
        guard let type = info.next(DERReader.objectIdentifier), Array(type.content) == data,
            var wrapped = info.enter(explicit)
        else { return nil }
        return wrapped.enter(DERReader.octetString)
    }
}
