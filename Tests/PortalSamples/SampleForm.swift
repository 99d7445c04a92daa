/// What a browser sends for the form of a deposit.
package enum SampleForm {
    package static let boundary = "----WebKitFormBoundaryTest"

    /// What a browser sends for the form of a deposit.
    package static func multipart(key: String, file name: String, _ content: [UInt8]) -> [UInt8] {
        var body = Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"cle\"\r\n\r\n\(key)\r\n".utf8)
        body += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"\(name)\"\r\nContent-Type: text/csv\r\n\r\n"
                .utf8)
        return body + content + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}
