import Dispatch
import NIOCore
import Synchronization

/// Looks again and again whether key files have changed, on a thread of its own.
///
/// A file system that does not answer holds that thread for as long as it likes: no look begins while one is under
/// way, no client waits for it, and nor does the broker's end.
/// Thread contract: any thread.
final class KeyFileWatch: Sendable {
    private let look: @Sendable () -> Void
    private let thread = DispatchQueue(label: "weir.key-files")
    private let isLooking = Atomic<Bool>(false)

    /// - Parameter look: at all files, one after the other. It may block.
    init(_ look: @escaping @Sendable () -> Void) { self.look = look }

    /// Until the event loop ends.
    func start(on eventLoop: any EventLoop, every interval: TimeAmount) {
        eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.lookOnce()
        }
    }

    /// Begins a look, unless one is under way.
    private func lookOnce() {
        guard !isLooking.exchange(true, ordering: .acquiringAndReleasing) else { return }
        thread.async {
            self.look()
            self.isLooking.store(false, ordering: .releasing)
        }
    }
}
