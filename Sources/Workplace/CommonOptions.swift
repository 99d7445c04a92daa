package import ArgumentParser

/// Options of every command.
package struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The settings' file. Without it $COLLECTEUR_CONFIG, then /etc/collecteur/collecteur.yaml, then the defaults.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    package var config: String?

    package init() {}
}
