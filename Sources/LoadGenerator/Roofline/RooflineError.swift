/// Why a roofline could not be measured, in words.
public struct RooflineError: Error, CustomStringConvertible {
    public let description: String

    init(_ cause: any Error) {
        description = "\(cause)"
    }

    init(_ reason: String) {
        description = reason
    }
}
