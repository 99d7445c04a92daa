import WireCodec

/// Apart from the requests' tags, so that a notice is never taken for a request.
enum NoticeTag: UInt8 {
    case established = 64
    case alive
    case progress
    case ended
    case copied
    case ready
}

extension WireWriter {
    mutating func put(_ notice: Notice) throws(ProtocolError) {
        switch notice {
        case .established(let clientBanner, let keyExchange, let cipher, let mac, let hostKey):
            put(NoticeTag.established.rawValue)
            try put(clientBanner, "clientBanner", limit: Bounds.banner)
            try put(keyExchange, "keyExchange", limit: Bounds.algorithm)
            try put(cipher, "cipher", limit: Bounds.algorithm)
            try put(mac, "mac", limit: Bounds.algorithm)
            try put(hostKey, "hostKey", limit: Bounds.algorithm)
        case .alive(let ago):
            put(NoticeTag.alive.rawValue)
            put(ago)
        case .progress(let handle, let contiguous):
            put(NoticeTag.progress.rawValue)
            put(handle)
            put(optional: contiguous)
        case .ended(let reason, let detail, let received, let sent):
            put(NoticeTag.ended.rawValue)
            put(reason.rawValue)
            try put(Array(detail.prefix(Bounds.text)), "detail", limit: Bounds.text)
            put(received)
            put(sent)
        case .copied(let pid):
            put(NoticeTag.copied.rawValue)
            put(pid)
        case .ready(let gcmFault):
            put(NoticeTag.ready.rawValue)
            try put(gcmFault, "gcmFault", limit: Bounds.text)
        }
    }
}

extension WireReader {
    mutating func notice(_ tag: NoticeTag) throws(ProtocolError) -> Notice {
        switch tag {
        case .established:
            .established(
                clientBanner: try bytes("clientBanner", limit: Bounds.banner),
                keyExchange: try bytes("keyExchange", limit: Bounds.algorithm),
                cipher: try bytes("cipher", limit: Bounds.algorithm),
                mac: try bytes("mac", limit: Bounds.algorithm),
                hostKey: try bytes("hostKey", limit: Bounds.algorithm))
        case .alive:
            .alive(ago: try number())
        case .progress:
            .progress(handle: try number(), contiguous: try optional("contiguous"))
        case .ended:
            .ended(
                reason: try value("reason"), detail: try bytes("detail", limit: Bounds.text),
                received: try number(), sent: try number())
        case .copied:
            .copied(pid: try number())
        case .ready:
            .ready(gcmFault: try bytes("gcmFault", limit: Bounds.text))
        }
    }
}
