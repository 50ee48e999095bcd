/// What a quota limits, by Kafka's name.
enum QuotaKey: String, CaseIterable, Sendable {
    /// Bytes of produce requests a second.
    case producerByteRate = "producer_byte_rate"
    /// Bytes of fetched records a second.
    case consumerByteRate = "consumer_byte_rate"
    /// Percent of one thread's time.
    case requestPercentage = "request_percentage"
    /// Partitions created or deleted a second (KIP-599).
    case controllerMutationRate = "controller_mutation_rate"
    /// Connections a second from one address (KIP-612).
    case connectionCreationRate = "connection_creation_rate"

    /// Whether it is for addresses; the others are for users and client ids.
    var isOfAddress: Bool { self == .connectionCreationRate }

    /// What is wrong with a value, nil where nothing is. As in Kafka, each is above 0, and some are whole numbers.
    func fault(in value: Double) -> String? {
        guard value > 0, value.isFinite else { return "Quota \(rawValue) must be greater than 0" }
        let largest: Double
        switch self {
        case .requestPercentage, .controllerMutationRate: return nil
        case .producerByteRate, .consumerByteRate: largest = Double(Int64.max)
        case .connectionCreationRate: largest = Double(Int32.max)
        }
        guard value <= largest else { return "Proposed value for \(rawValue) is too large." }
        let whole = value.rounded()
        guard whole >= 1, abs(whole - value) <= Self.rounding else {
            return "\(rawValue) cannot be a fractional value."
        }
        return nil
    }

    /// As in Kafka, what a client's arithmetic may have made of a whole number is one.
    private static let rounding = 1e-6

    /// What holds of a value without a fault.
    func kept(_ value: Double) -> Double {
        switch self {
        case .requestPercentage, .controllerMutationRate: value
        case .producerByteRate, .consumerByteRate, .connectionCreationRate: value.rounded()
        }
    }
}
