/// What is wrong with an address of the right form: its port.
package enum WrongPort {
    /// "; port 99999 is above 65535", or nothing.
    /// - Parameter addresses: one or several `host:port`, with commas between.
    package static func hint(in addresses: String) -> String {
        for address in addresses.split(separator: ",") {
            let digits = address.drop { $0 == " " }.split(separator: ":").last ?? ""
            let port = digits.reversed().drop { $0 == " " }.reversed()
            guard address.contains(":"), !port.isEmpty, port.allSatisfy(\.isWholeNumber),
                (Int(String(port)) ?? .max) > 65535
            else { continue }
            return "; port \(String(port)) is above 65535"
        }
        return ""
    }
}
