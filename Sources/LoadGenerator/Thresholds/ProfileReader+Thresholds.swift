import Measurement

extension ProfileReader {
    /// Refuses a threshold on a figure that this profile does not measure, because it would fail
    /// after the whole run.
    mutating func validateThresholds() {
        for (index, threshold) in profile.thresholds.enumerated() {
            let place = "thresholds.\(index)"
            let remove = "or remove the threshold"
            switch threshold.metric.threshold?.need {
            case .consumers? where profile.consumers.isEmpty:
                report(
                    "\(threshold.metric.name) is measured by consumers; add a consumer group, "
                        + remove, at: place)
            case .offeredRate? where profile.isClosedLoop:
                report(
                    "rate: max has no offered rate; set producers.rate, \(remove)", at: place)
            case .roofline? where !profile.roofline:
                report(
                    "shares are measured with roofline: true; set it, \(remove)", at: place)
            default: break
            }
            if case .shareOfOffered = threshold.limit, profile.isClosedLoop {
                report(
                    "rate: max has no offered rate to compare with; give a rate such as 50k/s, "
                        + "set producers.rate, \(remove)", at: place)
            }
        }
    }
}
