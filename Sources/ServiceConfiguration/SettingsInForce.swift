internal import Synchronization

/// The settings in force, one box for the whole daemon: each service reads them where it uses them and keeps no copy.
///
/// Any thread may read at any time; reading waits for nothing but another's copy of the value.
package final class SettingsInForce: Sendable {
    private struct Content {
        var settings: Settings
        /// Of the value, from 0; grows with each ``replace(with:)``.
        var version = 0
        var hooks: [@Sendable () -> Void] = []
    }

    private let content: Mutex<Content>

    package init(_ settings: Settings) {
        content = Mutex(Content(settings: settings))
    }

    /// All of them, as they are at this moment.
    package var current: Settings { content.withLock { $0.settings } }

    /// Some of them, without a copy of all.
    package func read<T>(_ body: (borrowing Settings) -> T) -> T { content.withLock { body($0.settings) } }

    /// All of them with their version, for those who must notice a reload that left everything as it was: a file that a
    /// setting names may have changed.
    package var versioned: (settings: Settings, version: Int) { content.withLock { ($0.settings, $0.version) } }

    /// Has somebody woken after each change, who would otherwise sleep by the old settings. Called on the thread that
    /// changes them, with the new ones in force; `body` must not block.
    package func onChange(_ body: @escaping @Sendable () -> Void) { content.withLock { $0.hooks.append(body) } }

    /// Puts new settings in force, but for those that need a restart: they stay as they are.
    ///
    /// - Returns: The keys of the settings that differ from those in force and wait for a restart, in the table's order.
    package func replace(with new: Settings) -> [String] {
        let (waiting, hooks) = content.withLock { content in
            let taken = SettingsTable.takingEffectNow(of: new, over: content.settings)
            content.settings = taken.settings
            content.version += 1
            return (taken.waiting, content.hooks)
        }
        for hook in hooks { hook() }
        return waiting
    }
}
