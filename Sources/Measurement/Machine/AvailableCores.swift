import Glibc

/// The cores that this process may use: those that it may run on, limited by its control group's
/// quota.
public enum AvailableCores {
    /// At least one; a quota of one core and a half is worth two threads.
    public static func count() -> Int {
        let allowed = EnvironmentSnapshot.availableCores()
        guard let quota = ControlGroup.now().cpuQuotaCores else { return max(allowed, 1) }
        return max(min(allowed, Int(quota.rounded(.up))), 1)
    }
}
