// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "collecteur",
    products: [
        .executable(name: "collecteur", targets: ["collecteur"]),
        .executable(name: "collecteur-session", targets: ["collecteur-session"]),
        .executable(name: "collecteur-portal", targets: ["collecteur-portal"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The portal's alone. Without its traits: FoundationEssentials only, and a program of a third of the size.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        // The system's C libraries and the Linux calls that glibc has no wrapper for.
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(
            name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),
        .systemLibrary(name: "CXAttributes"),
        // Functions that libssh imports, defined by the program instead; exported because libssh, which is linked, refers to them.
        .target(name: "CLibSSHHooks", dependencies: ["CLibCrypto"]),

        // Which characters are for machines and not for eyes: pure, imports nothing.
        .target(name: "Characters", swiftSettings: strict),
        // The manual as code: pure, imports nothing else.
        .target(name: "Qualiopi", dependencies: ["Characters"], swiftSettings: strict),
        // SFTP version 3 messages: pure, imports nothing.
        .target(name: "SFTPCodec", swiftSettings: strict),

        // Linux as the programs need it, and where the daemon keeps its state.
        .target(
            name: "LinuxSystem",
            dependencies: [
                "CLibCrypto", "CLinux", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Numbers, bytes and texts to messages and back: pure, imports nothing.
        .target(name: "WireCodec", swiftSettings: strict),
        // What the daemon and a session say to each other.
        .target(
            name: "SessionProtocol", dependencies: ["LinuxSystem", "SFTPCodec", "WireCodec"],
            swiftSettings: strict),
        // What the portal asks the daemon: pure.
        .target(name: "PortalProtocol", dependencies: ["WireCodec"], swiftSettings: strict),

        // What a session answers to SFTP requests, whatever brings them: no libssh.
        .target(
            name: "SFTPService", dependencies: ["LinuxSystem", "SFTPCodec", "SessionProtocol"], swiftSettings: strict),

        // The session program: libssh, no Foundation.
        .target(
            name: "SFTPSession",
            dependencies: [
                "CLibSSH", "CLibSSHHooks", "LinuxSystem", "SFTPCodec", "SFTPService", "SessionProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "collecteur-session", dependencies: ["SFTPSession"], swiftSettings: strict),

        // What a browser sends, as bytes: forms, files in them, cookies, the Host field, addresses behind proxies. Each is bounded.
        .target(
            name: "WebParsing",
            dependencies: [
                "Characters", "LinuxSystem", "PortalProtocol",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        // Markup that escapes what is put into it, and the addresses that stand in it.
        .target(
            name: "PortalHTML", dependencies: ["Characters", "PortalProtocol", "WebParsing"], swiftSettings: strict),
        // The stylesheet, the script, the icon.
        .target(name: "PortalAssets", dependencies: ["PortalHTML", "WebParsing"], swiftSettings: strict),
        // The pages: functions from an answer of the daemon to markup.
        .target(
            name: "PortalPages",
            dependencies: ["LinuxSystem", "PortalAssets", "PortalHTML", "PortalProtocol", "WebParsing"],
            swiftSettings: strict),
        // The portal: its process, connections, what is asked of the daemon for each request. The only module that links Hummingbird.
        .target(
            name: "Portal",
            dependencies: [
                "LinuxSystem", "PortalAssets", "PortalHTML", "PortalPages", "PortalProtocol",
                "WebParsing",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "collecteur-portal", dependencies: ["Portal"], swiftSettings: strict),

        // What a command says and is told: tables, JSON, questions, secrets, files, and as whom it does so.
        .target(
            name: "Console",
            dependencies: [
                "Characters", "Credentials", "LinuxSystem", "Qualiopi", "ServiceConfiguration",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),

        // The throwaway instance that `collecteur demo` shows.
        .target(
            name: "Demo",
            dependencies: [
                "AccountStore", "Administration", "Console", "Credentials", "DepositStore", "LinuxSystem",
                "OutboxStore", "PortalStore", "PublicationStore", "Qualiopi", "ServiceConfiguration", "Store",
            ],
            swiftSettings: strict),

        // The database: opening, migrations, errors, what the facets share. Each module that ends in `Store` is one facet over it, and sees the
        // others that it lists alone: so does whoever imports it.
        .target(
            name: "Store",
            dependencies: [
                "Qualiopi",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // Who the depositors are and who gets their mails, to read.
        .target(
            name: "DepositorStore",
            dependencies: [
                "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // What a login is held to, and what became of it.
        .target(
            name: "LoginStore",
            dependencies: [
                "DepositorStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // The mails that wait, and those that are done with.
        .target(
            name: "OutboxStore",
            dependencies: [
                "PublicationStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // What an admin may do to depositors, people and accounts, invitations, and the log of it.
        .target(
            name: "AccountStore",
            dependencies: [
                "DepositorStore", "LoginStore", "OutboxStore", "Qualiopi", "RegistryStore", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // Files that appeared in the drop folders, and the deposits that they become.
        .target(
            name: "PublicationStore",
            dependencies: [
                "DepositorStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // The certified lists in force and their history.
        .target(
            name: "RegistryStore",
            dependencies: [
                "DepositorStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // Claimed deposits, up to their verdict and after it.
        .target(
            name: "DepositStore",
            dependencies: [
                "DepositorStore", "OutboxStore", "PublicationStore", "Qualiopi", "RegistryStore", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // The periods in which deposits are owed.
        .target(
            name: "PeriodStore",
            dependencies: [
                "DepositorStore", "OutboxStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // The OF lists.
        .target(
            name: "ReferenceStore",
            dependencies: [
                "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // Who may log in to the portal, sessions there, and what each person may see.
        .target(
            name: "PortalStore",
            dependencies: [
                "AccountStore", "DepositorStore", "OutboxStore", "PublicationStore", "Qualiopi", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // What `status` shows of the database.
        .target(
            name: "OverviewStore",
            dependencies: [
                "OutboxStore", "PublicationStore", "Qualiopi", "ReferenceStore", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // The settings and their file, addresses, mailboxes, the civil time.
        .target(
            name: "ServiceConfiguration",
            dependencies: [
                "Characters", "LinuxSystem", "Qualiopi",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        // Log lines, the journal, metrics.
        .target(
            name: "Telemetry",
            dependencies: [
                "Characters", "LinuxSystem",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Passwords, authorised keys, host keys.
        .target(
            name: "Credentials",
            dependencies: [
                "CLibCrypt", "CLibCrypto", "Characters", "LinuxSystem", "Qualiopi", "SessionProtocol", "WireCodec",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Who may come and who is kept out: places, bans, what an address may ask for in a while, whose turn it is.
        .target(
            name: "Admission",
            dependencies: [
                "LinuxSystem", "ServiceConfiguration",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Connections, logins, and the processes of sessions.
        .target(
            name: "SessionHost",
            dependencies: [
                "Admission", "Credentials", "DepositorStore", "LinuxSystem", "LoginStore", "SFTPCodec",
                "ServiceConfiguration", "SessionProtocol", "Store", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // A depositor's two folders as they are on disk and what sessions are writing there: names, partials, room, refusals. No database.
        .target(
            name: "DropFolders",
            dependencies: [
                "CXAttributes", "Characters", "LinuxSystem", "Qualiopi", "SFTPCodec", "ServiceConfiguration",
                "SessionProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // What sessions and forms do in the depositors' folders, claims, retention.
        .target(
            name: "DropBox",
            dependencies: [
                "DepositorStore", "DropFolders", "LinuxSystem", "LoginStore", "PublicationStore", "Qualiopi",
                "SFTPCodec", "ServiceConfiguration", "SessionProtocol", "Store", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // A deposit's way from the drop folder to the archive, and the periods.
        .target(
            name: "Ingestion",
            dependencies: [
                "DepositStore", "DepositorStore", "DropBox", "DropFolders", "LinuxSystem", "OutboxStore", "PeriodStore",
                "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore", "ServiceConfiguration", "Store",
                "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Mails, from the outbox to the server, over libcurl.
        .target(
            name: "Outbox",
            dependencies: [
                "CLibCurl", "Characters", "LinuxSystem", "OutboxStore", "Qualiopi", "ServiceConfiguration", "Store",
                "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Fetches the OF list.
        .target(name: "ReferenceDownload", dependencies: ["CLibCurl"], swiftSettings: strict),
        // What the commands and the daemon say to each other.
        .target(
            name: "Control",
            dependencies: [
                "LinuxSystem",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // What an admin does and asks.
        .target(
            name: "Administration",
            dependencies: [
                "AccountStore", "Control", "Credentials", "DepositStore", "DepositorStore", "DropFolders", "Ingestion",
                "LinuxSystem", "LoginStore", "OutboxStore", "OverviewStore", "PeriodStore", "PortalStore",
                "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore", "ServiceConfiguration", "Store",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Who may come to the portal: passwords and tries, registrations, links, activation codes, the robot's
        // account and keys.
        .target(
            name: "PortalAccess",
            dependencies: [
                "AccountStore", "Administration", "Characters", "Credentials", "LinuxSystem", "PortalProtocol",
                "PortalStore",
                "Qualiopi", "ServiceConfiguration", "Store",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // What a person sees there: the database's values as pages show them, to read.
        .target(
            name: "PortalReading",
            dependencies: [
                "AccountStore", "DepositStore", "DepositorStore", "LinuxSystem", "LoginStore", "PeriodStore",
                "PortalProtocol",
                "PortalStore", "PublicationStore", "Qualiopi", "RegistryStore", "ServiceConfiguration", "Store",
            ],
            swiftSettings: strict),
        // Deposits by the page: forms and their files, from the first byte to the verdict.
        .target(
            name: "PortalDeposits",
            dependencies: [
                "AccountStore", "DepositorStore", "DropBox", "Ingestion", "LinuxSystem", "PortalProtocol",
                "PortalReading", "PortalStore", "PublicationStore", "Qualiopi", "ServiceConfiguration", "Store",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // The daemon's half of the portal: its process, and who answers each of its questions.
        .target(
            name: "PortalHost",
            dependencies: [
                "AccountStore", "Administration", "DepositStore", "DropBox", "Ingestion", "LinuxSystem", "PeriodStore",
                "PortalAccess", "PortalDeposits", "PortalProtocol", "PortalReading", "PortalStore", "PublicationStore",
                "Qualiopi", "RegistryStore", "ServiceConfiguration", "Store", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Puts the daemon together, and nothing else.
        .target(
            name: "Daemon",
            dependencies: [
                "AccountStore", "Administration", "Admission", "Control", "DepositStore", "DepositorStore", "DropBox",
                "Ingestion", "LinuxSystem", "LoginStore", "Outbox", "OutboxStore", "PeriodStore", "PortalHost",
                "PortalReading", "PortalStore", "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore",
                "ServiceConfiguration", "SessionHost", "Store", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // What every administration command starts from: settings, state directory, database, whoever acts.
        .target(
            name: "Workplace",
            dependencies: [
                "Administration", "Console", "Control", "LinuxSystem", "Qualiopi", "ServiceConfiguration", "Store",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The commands about establishments, their people and their SFTP accounts.
        .target(
            name: "PeopleCommands",
            dependencies: [
                "AccountStore", "Administration", "Console", "Control", "Credentials", "DepositorStore",
                "LinuxSystem", "LoginStore", "PortalStore", "Qualiopi", "RegistryStore", "ServiceConfiguration",
                "Store", "Workplace",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "collecteur",
            dependencies: [
                "Administration", "Console", "Control", "Credentials", "Daemon", "Demo", "DepositStore",
                "DepositorStore", "Ingestion", "LinuxSystem", "OutboxStore", "OverviewStore", "PeopleCommands",
                "PeriodStore", "PublicationStore", "Qualiopi", "ReferenceDownload", "ReferenceStore", "RegistryStore",
                "ServiceConfiguration", "Store", "Workplace",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),

        // Times the engine alone.
        .executableTarget(
            name: "engine-bench", dependencies: ["Qualiopi"], swiftSettings: strict),

        // Holds the reports of several test targets to docs/rapport.schema.json.
        .target(name: "ReportSchema", path: "Tests/ReportSchema", swiftSettings: strict),
        // Servers in Python that tests start, and ports for those that they start later, or never.
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: strict),
        // Random numbers that are the same at every run.
        .target(name: "SeededNumbers", path: "Tests/SeededNumbers", swiftSettings: strict),
        .testTarget(
            name: "QualiopiTests", dependencies: ["Qualiopi", "ReportSchema", "SeededNumbers"], swiftSettings: strict),
        .testTarget(name: "SFTPCodecTests", dependencies: ["SFTPCodec", "SeededNumbers"], swiftSettings: strict),
        // Makes forbidden calls in a confined process, for the tests of the sandbox.
        .executableTarget(
            name: "sandbox-probe",
            dependencies: ["CLinux", "LinuxSystem", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/SandboxProbe", swiftSettings: strict),
        // The session program with an intruder in it, who looks for keys.
        .executableTarget(
            name: "hostile-session", dependencies: ["CLinux", "SFTPSession"], path: "Tests/HostileSession",
            swiftSettings: strict),
        // The portal's place with an intruder in it, who asks for what is another's.
        .executableTarget(
            name: "hostile-portal",
            dependencies: ["LinuxSystem", "PortalProtocol", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/HostilePortal", swiftSettings: strict),
        .testTarget(
            name: "LinuxSystemTests",
            dependencies: [
                "CLinux", "LinuxSystem", "sandbox-probe", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SessionProtocolTests",
            dependencies: ["SessionProtocol", "LinuxSystem", "SFTPCodec", "SeededNumbers", "WireCodec"],
            swiftSettings: strict),
        .testTarget(
            name: "PortalProtocolTests",
            dependencies: ["LinuxSystem", "PortalProtocol", "SeededNumbers", "WireCodec"],
            swiftSettings: strict),
        // Made-up answers for the portal's pages, and the real program on them, to look at in a browser.
        .target(
            name: "PortalSamples",
            dependencies: [
                "LinuxSystem", "Portal", "PortalHTML", "PortalProtocol",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/PortalSamples", swiftSettings: strict),
        .executableTarget(
            name: "portal-preview",
            dependencies: [
                "LinuxSystem", "Portal", "PortalHTML", "PortalProtocol", "PortalSamples", "collecteur-portal",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/PortalPreview", swiftSettings: strict),
        .testTarget(
            name: "WebParsingTests",
            dependencies: [
                "LinuxSystem", "PortalProtocol", "PortalSamples", "SeededNumbers", "WebParsing",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .testTarget(name: "CharactersTests", dependencies: ["Characters"], swiftSettings: strict),
        .testTarget(name: "PortalHTMLTests", dependencies: ["PortalHTML"], swiftSettings: strict),
        .testTarget(
            name: "PortalTests",
            dependencies: [
                "LinuxSystem", "Portal", "PortalAssets", "PortalHTML", "PortalPages", "PortalProtocol", "PortalSamples",
                "WebParsing",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SFTPServiceTests", dependencies: ["LinuxSystem", "SFTPCodec", "SFTPService", "SessionProtocol"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "AccountStore", "DepositStore", "DepositorStore", "LoginStore", "OutboxStore", "OverviewStore",
                "PeriodStore", "PortalStore", "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore",
                "SeededNumbers", "Store",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        // What several test targets need.
        .target(
            name: "TestSupport",
            dependencies: [
                "AccountStore", "DepositorStore", "DropBox", "LinuxSystem", "LoginStore", "PortalStore",
                "PublicationStore", "Qualiopi", "SFTPCodec", "ServiceConfiguration", "SessionProtocol", "Store",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "ServiceConfigurationTests",
            dependencies: [
                "LinuxSystem", "Qualiopi", "ServiceConfiguration", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CredentialsTests",
            dependencies: ["Credentials", "SessionProtocol"],
            swiftSettings: strict),
        .testTarget(
            name: "SessionHostTests",
            dependencies: [
                "AccountStore", "Administration", "Credentials", "DepositorStore", "LinuxSystem", "LoginStore",
                "Qualiopi", "SFTPCodec", "ServiceConfiguration", "SessionHost", "SessionProtocol", "Store",
                "Telemetry", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(name: "DropFoldersTests", dependencies: ["DropFolders", "Qualiopi"], swiftSettings: strict),
        .testTarget(
            name: "DropBoxTests",
            dependencies: [
                "AccountStore", "DepositStore", "DropBox", "DropFolders", "LinuxSystem", "LoginStore",
                "PublicationStore",
                "Qualiopi", "SFTPCodec", "ServiceConfiguration", "SessionProtocol", "Store", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdministrationTests",
            dependencies: [
                "AccountStore", "Administration", "Control", "DepositStore", "DepositorStore", "LinuxSystem",
                "OutboxStore", "PeriodStore", "PublicationStore", "Qualiopi", "ReferenceStore",
                "ServiceConfiguration", "Store", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IngestionTests",
            dependencies: [
                "AccountStore", "DepositStore", "DepositorStore", "DropBox", "Ingestion", "LinuxSystem",
                "OutboxStore", "PeriodStore", "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore",
                "ServiceConfiguration", "Store", "Telemetry", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "OutboxTests",
            dependencies: [
                "LinuxSystem", "Outbox", "OutboxStore", "Qualiopi", "ServiceConfiguration", "Store",
                "TestServers", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PortalAccessTests",
            dependencies: [
                "AccountStore", "Administration", "Credentials", "DepositorStore", "LinuxSystem", "OutboxStore",
                "PortalAccess", "PortalHTML", "PortalProtocol", "PortalStore", "Qualiopi", "ServiceConfiguration",
                "Store", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PortalReadingTests",
            dependencies: ["PortalProtocol", "PortalReading", "Qualiopi", "SeededNumbers"],
            swiftSettings: strict),
        .testTarget(
            name: "PortalDepositsTests",
            dependencies: [
                "AccountStore", "Administration", "DepositStore", "DepositorStore", "DropBox", "Ingestion",
                "LinuxSystem", "PortalDeposits", "PortalProtocol", "PortalStore", "PublicationStore", "Qualiopi",
                "ReferenceStore", "RegistryStore", "ServiceConfiguration", "Store", "Telemetry", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PortalPagesTests", dependencies: ["PortalHTML", "PortalPages", "PortalProtocol", "Qualiopi"],
            swiftSettings: strict),
        .testTarget(
            name: "PortalHostTests",
            dependencies: [
                "AccountStore", "Administration", "DepositStore", "DepositorStore", "DropBox", "Ingestion",
                "LinuxSystem", "LoginStore", "PeriodStore", "PortalDeposits", "PortalHost", "PortalProtocol",
                "PortalReading", "PortalStore", "PublicationStore", "Qualiopi", "ReferenceStore", "RegistryStore",
                "ServiceConfiguration", "Store", "Telemetry", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ControlTests",
            dependencies: [
                "Control", "LinuxSystem",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdmissionTests",
            dependencies: ["Admission", "LinuxSystem", "ServiceConfiguration", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests", swiftSettings: strict),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Console", "LinuxSystem", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: ["collecteur", "collecteur-session", "collecteur-portal", "ReportSchema", "TestServers"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Credentials", "collecteur", "collecteur-session", "collecteur-portal", "hostile-portal",
                "hostile-session", "portal-preview", "PortalHTML", "PortalSamples", "ReportSchema", "TestServers",
            ],
            swiftSettings: strict),
    ]
)

// libFuzzer brings its own `main` and needs instrumented code: `make fuzz` sets this and builds in a folder of its own.
if Context.environment["COLLECTEUR_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["PortalProtocol", "Qualiopi", "SFTPCodec", "SessionProtocol"],
            path: "Tests/Fuzz",
            exclude: ["Seeds", "codecs.dict", "engine.dict"],
            swiftSettings: strict))
}
