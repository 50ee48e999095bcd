/// The topics that the coordinators keep their state in. Clients read them and do not write them.
enum InternalTopic {
    static let consumerOffsets = "__consumer_offsets"
    static let transactionState = "__transaction_state"
    static let shareGroupState = "__share_group_state"

    static func contains(_ name: String) -> Bool {
        name == consumerOffsets || name == transactionState || name == shareGroupState
    }
}
