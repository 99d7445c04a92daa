/// What `--version`, `status` and the log's first line say.
package enum Version {
    package static let current = "0.1.0"
}
