internal import GRDB

/// One part of what the database holds, with its operations: all that its holder can reach.
///
/// Each is a ``Store`` seen through one door: they share its connections and its promises.
protocol StoreFacet: Sendable {
    var store: Store { get }
}

extension StoreFacet {
    func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T { try store.read(body) }
    func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T { try store.write(body) }
}

extension Store {
    /// What an admin may do to depositors, users and accounts, and the log of it.
    package struct Accounts: StoreFacet { let store: Store }

    /// Who the depositors are and who gets their mails; changes nothing.
    package struct Depositors: StoreFacet { let store: Store }

    /// What a login is held to, and what became of it.
    package struct Logins: StoreFacet { let store: Store }

    /// Files that appeared in the drop folders, and their claims.
    package struct Publications: StoreFacet { let store: Store }

    /// Claimed deposits, up to their verdict and after it.
    package struct Deposits: StoreFacet { let store: Store }

    /// The certified lists in force and their history.
    package struct Registry: StoreFacet { let store: Store }

    /// The periods in which deposits are owed.
    package struct Periods: StoreFacet { let store: Store }

    /// The OF lists.
    package struct ReferenceLists: StoreFacet { let store: Store }

    /// Who may log in to the portal, sessions there, and what each person may see.
    package struct Portal: StoreFacet { let store: Store }

    /// The mails that wait, and those that are done with.
    package struct Outbox: StoreFacet { let store: Store }

    /// What the commands, or the portal, have changed and the daemon must look at.
    package struct Changes: StoreFacet { let store: Store }

    package var accounts: Accounts { Accounts(store: self) }
    package var depositors: Depositors { Depositors(store: self) }
    package var logins: Logins { Logins(store: self) }
    package var publications: Publications { Publications(store: self) }
    package var deposits: Deposits { Deposits(store: self) }
    package var registry: Registry { Registry(store: self) }
    package var periods: Periods { Periods(store: self) }
    package var referenceLists: ReferenceLists { ReferenceLists(store: self) }
    package var portal: Portal { Portal(store: self) }
    package var outbox: Outbox { Outbox(store: self) }
    package var changes: Changes { Changes(store: self) }
}
