/// From where each account has been logged in to of late, as a value.
struct KnownPlaces {
    /// Of one account; and accounts in all, of which any goes beyond.
    private static let most = 5
    private static let mostAccounts = 20_000

    private var places: [String: [String]] = [:]

    func knows(_ place: String, of account: String) -> Bool { places[account]?.contains(place) == true }

    mutating func note(_ place: String, of account: String) {
        if places[account] == nil, places.count >= KnownPlaces.mostAccounts { places.remove(at: places.startIndex) }
        let others = places[account, default: []].filter { $0 != place }
        places[account] = others.suffix(KnownPlaces.most - 1) + [place]
    }
}
