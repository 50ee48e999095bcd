extension Profile {
    /// Settings of comparisons and thresholds. A resolved profile leaves them out at their
    /// defaults.
    static let comparisonSettings: [Setting<Profile>] = [
        Setting(
            ["sweep"], orNull: \.sweep, .sweep,
            "What weir compare varies: settings, by the names that --set takes, whose product it "
                + "runs, or a list of variants.", defaultNote: "null: there is one variant",
            isOmittedAtDefault: true),
        Setting(
            ["baseline"], orNull: \.baseline, .text,
            "The variant with which weir compare compares the others.",
            defaultNote: "null: the first variant", isOmittedAtDefault: true),
        Setting(
            ["repetitions"], \.repetitions, .count.limited(to: 1...1000),
            "How often weir compare runs each variant.", isOmittedAtDefault: true),
        Setting(
            ["thresholds"], \.thresholds, .thresholds,
            "Conditions for a run; if one fails, the exit status is 99. With abort: true a run is ended "
                + "as soon as it fails, but not in the warm-up and not before the measured part has "
                + "lasted for after.", isOmittedAtDefault: true),
    ]
}
