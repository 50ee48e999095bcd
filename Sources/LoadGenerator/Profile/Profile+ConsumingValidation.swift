/// Refuses a load without producers that has nothing to read.
extension ProfileReader {
    mutating func validateConsumingOnly() {
        let count = "producers.count"
        if profile.consumers.isEmpty {
            report(
                "without producers and consumers there is no load; add a consumer group, or raise "
                    + "producers.count", at: count)
        }
        if !profile.hasExisting, profile.dataDirectory == nil {
            report(
                "without producers nothing is in topics that the run creates; name topics that are there "
                    + "with topics.existing: true, or set data.dir to a kept log", at: count)
        }
        if profile.backlog != nil {
            report(
                "a backlog is built by producers; set duration or records in its place, or raise "
                    + "producers.count", at: "backlog")
        }
    }
}
