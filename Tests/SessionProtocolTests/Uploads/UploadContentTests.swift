import SessionProtocol
import Testing

/// Which uploads are whole: each rule by itself, then all of them against a file that keeps track of every byte.
@Suite struct UploadContentTests {
    private let limit: UInt64 = 1000

    private func content(
        _ beginning: UploadContent.Beginning = .new, size: UInt64 = 0, mustReach: UInt64 = 0, stated: UInt64? = nil
    ) -> UploadContent {
        UploadContent(beginning, size: size, mustReach: mustReach, limit: limit, statedSize: stated)
    }

    /// Writes as a session does; false if it was refused.
    private func write(_ content: inout UploadContent, _ range: Range<UInt64>, appends: Bool = false) -> Bool {
        switch content.admit(offset: range.lowerBound, count: range.count, appends: appends) {
        case .write(let range): content.wrote(range)
        case .beginAnew(let range):
            _ = content.beginAnew()
            content.wrote(range)
        case .refused(let refusal):
            content.refuse(refusal)
            return false
        }
        return true
    }

    // MARK: Extents

    @Test func `what was written in order is whole, in whatever order its pieces came`() {
        var content = content()
        for start in [300, 100, 200, 0] as [UInt64] { #expect(write(&content, start..<start + 100)) }
        #expect(content.verdict(fileSize: 400) == .whole)
    }

    @Test func `a gap is incomplete, and what is before it can be resumed`() {
        var content = content()
        for start in [0, 200] as [UInt64] { #expect(write(&content, start..<start + 100)) }
        #expect(content.verdict(fileSize: 300) == .incomplete)
        #expect(content.resumable(fileSize: 300) == 100)
    }

    @Test(arguments: [299, 301] as [UInt64])
    func `a file of another size than what was written is incomplete`(size: UInt64) {
        var content = content()
        #expect(write(&content, 0..<300))
        #expect(content.verdict(fileSize: size) == .incomplete)
    }

    @Test func `an append goes to the end, and one that knows of more than there is leaves a gap`() {
        var content = content(.whole, size: 100)
        #expect(write(&content, 0..<10, appends: true))
        #expect(write(&content, 110..<120, appends: true))
        #expect(content.verdict(fileSize: 120) == .whole)
        #expect(content.admit(offset: 200, count: 10, appends: true) == .write(200..<210))
        #expect(write(&content, 200..<210, appends: true))
        #expect(content.verdict(fileSize: 210) == .incomplete)
    }

    // MARK: Damage and limit

    @Test(arguments: UploadDamage.allCases)
    func `what is damaged stays so, whatever is written or stated afterwards`(damage: UploadDamage) {
        var content = content()
        #expect(write(&content, 0..<100))
        content.fail(damage)
        #expect(content.admit(offset: 100, count: 10) == .refused(.damaged(damage)))
        #expect(!write(&content, 100..<110))
        for size in [100, 50, 0, 200] as [UInt64] {
            _ = content.state(size: size)
            #expect(content.verdict(fileSize: min(size, 100)) == .damaged(damage))
        }
        _ = content.beginAnew()
        #expect(content.verdict(fileSize: 0) == .damaged(damage))
    }

    @Test func `the gravest damage counts, and after a failed sync nothing can be resumed`() {
        var content = content()
        #expect(write(&content, 0..<100))
        content.fail(.noSpace)
        #expect(content.resumable(fileSize: 100) == 100)
        content.fail(.sync)
        content.fail(.write)
        #expect(content.damage == .sync)
        #expect(content.resumable(fileSize: 100) == 0)
    }

    @Test func `a write past the limit is refused for good`() {
        var content = content()
        #expect(write(&content, 0..<limit))
        #expect(content.verdict(fileSize: limit) == .whole)
        #expect(!write(&content, limit..<limit + 1))
        #expect(!write(&content, 0..<1))
        #expect(content.verdict(fileSize: limit) == .overLimit)
        #expect(content.admit(offset: .max, count: 10) == .refused(.overLimit))
    }

    @Test func `a piece too many is damage: what was refused is missing`() {
        var content = UploadContent(.new, limit: .max)
        for piece in 0..<UInt64(WrittenExtents.maximumPieces) {
            #expect(write(&content, 1 + piece * 2..<2 + piece * 2))
        }
        #expect(!write(&content, 1_000_000..<1_000_001))
        #expect(content.damage == .write)
    }

    // MARK: Stated sizes

    @Test(arguments: [UploadContent.Beginning.cut, .whole])
    func `a piece too many is damage in a file that was there, too`(beginning: UploadContent.Beginning) {
        let most = UInt64(WrittenExtents.maximumPieces)
        var content = UploadContent(beginning, size: 4 * most, limit: 4 * most)
        for piece in 1...most { #expect(write(&content, 2 * piece..<2 * piece + 1)) }
        #expect(!write(&content, 4 * most - 1..<4 * most))
        #expect(content.verdict(fileSize: 4 * most) == .damaged(.write))
    }

    @Test func `what was written since the file was opened is all of it, or not`() {
        var resumed = content(.cut, size: 100)
        #expect(write(&resumed, 100..<200) && !resumed.account.isFresh)
        var anew = content(.cut, size: 100)
        #expect(write(&anew, 0..<50) && anew.account.isFresh)
        var backwards = content(.cut, size: 100)
        #expect(write(&backwards, 50..<100) && !backwards.account.isFresh)
        #expect(write(&backwards, 0..<50) && backwards.account.isFresh)
        var whole = content(.whole, size: 100)
        #expect(write(&whole, 0..<99) && !whole.account.isFresh)
        #expect(write(&whole, 99..<120) && whole.account.isFresh)
        var emptied = content(.whole, size: 100)
        #expect(emptied.state(size: 0) == 0 && write(&emptied, 0..<10) && emptied.account.isFresh)
    }

    @Test(
        arguments: [(300, .whole), (299, .incomplete), (301, .incomplete), (0, .whole)]
            as [(UInt64, UploadContent.Verdict)])
    func `a size stated at OPEN is the whole file's, and 0 says nothing`(stated: UInt64, verdict: UploadContent.Verdict)
    {
        var content = content(stated: stated)
        #expect(write(&content, 0..<300))
        #expect(content.verdict(fileSize: 300) == verdict)
    }

    @Test(arguments: [true, false])
    func `a size stated in the middle is no promise once the upload has gone on`(cuts: Bool) {
        var content = content()
        #expect(write(&content, 0..<100))
        let stated: UInt64 = cuts ? 50 : 150
        #expect(content.state(size: stated) == (cuts ? 50 : nil))
        #expect(content.verdict(fileSize: cuts ? 50 : 100) == (cuts ? .whole : .incomplete))
        #expect(write(&content, (cuts ? 50 : 100)..<300))
        #expect(content.verdict(fileSize: 300) == .whole)
    }

    @Test func `a size stated before the first byte stays a promise`() {
        var content = content()
        #expect(content.state(size: 200) == nil)
        #expect(write(&content, 0..<100))
        #expect(content.verdict(fileSize: 100) == .incomplete)
        #expect(write(&content, 100..<300))
        #expect(content.verdict(fileSize: 300) == .incomplete)
        #expect(content.state(size: 300) == nil)
        #expect(content.verdict(fileSize: 300) == .whole)
    }

    @Test func `emptying a file is no promise that it stays empty`() {
        var content = content(.whole, size: 100)
        #expect(content.state(size: 0) == 0)
        #expect(write(&content, 0..<30))
        #expect(content.verdict(fileSize: 30) == .whole)
    }

    // MARK: Files that were there

    @Test func `a partial that was cut stays one until a write reaches its end or its size is stated`() {
        var content = content(.cut, size: 100)
        #expect(content.verdict(fileSize: 100) == .incomplete)
        #expect(write(&content, 40..<60))
        #expect(content.verdict(fileSize: 100) == .incomplete)
        var stated = content
        #expect(stated.state(size: 100) == nil)
        #expect(stated.verdict(fileSize: 100) == .whole)
        #expect(write(&content, 90..<100))
        #expect(content.verdict(fileSize: 100) == .whole)
    }

    @Test func `a write at 0 begins a cut partial anew: nothing of its old tail stays`() {
        var content = content(.cut, size: 100)
        #expect(content.admit(offset: 0, count: 30) == .beginAnew(0..<30))
        #expect(content.beginAnew() == 0)
        content.wrote(0..<30)
        #expect(content.admit(offset: 0, count: 5) == .write(0..<5))
        #expect(content.verdict(fileSize: 30) == .whole)
    }

    @Test func `a cut partial that is sent anew out of order keeps only what was sent`() {
        var content = content(.cut, size: 100)
        #expect(write(&content, 30..<50))
        #expect(content.admit(offset: 0, count: 10) == .beginAnew(0..<10))
        #expect(content.beginAnew() == 50)
        content.wrote(0..<10)
        #expect(content.verdict(fileSize: 50) == .incomplete)
        #expect(write(&content, 10..<30))
        #expect(content.verdict(fileSize: 50) == .whole)
    }

    @Test func `an append to a cut partial is no beginning`() {
        var content = content(.cut, size: 100)
        #expect(content.admit(offset: 0, count: 10, appends: true) == .write(100..<110))
        #expect(write(&content, 0..<10, appends: true))
        #expect(content.verdict(fileSize: 110) == .whole)
    }

    @Test func `a whole file that is opened and closed is unchanged, and changed ones keep what was not written`() {
        var content = content(.whole, size: 100)
        #expect(content.verdict(fileSize: 100) == .unchanged)
        #expect(write(&content, 0..<1))
        #expect(content.verdict(fileSize: 100) == .whole)
    }

    @Test func `what takes the place of a larger file must reach its end, or state its size`() {
        var content = content(mustReach: 100)
        #expect(write(&content, 0..<30))
        #expect(content.verdict(fileSize: 30) == .incomplete)
        var stated = content
        #expect(stated.state(size: 30) == nil)
        #expect(stated.verdict(fileSize: 30) == .whole)
        #expect(write(&content, 30..<100))
        #expect(content.verdict(fileSize: 100) == .whole)
    }

    // MARK: Everything together

    /// A file as the disk has it: of each byte whether it is the client's of this upload, an earlier one's, or a hole.
    private struct Model {
        enum Byte { case hole, old, sent }
        var bytes: [Byte]
        var firmSize: Int?
        var looseSize: Int?
        var reach = 0
        var mustReach: Int
        var isCut: Bool
        var isTouched = false
        var damage: UploadDamage?
        var overLimit = false
    }

    @Test(arguments: 0..<400)
    func `of random uploads only whole ones are published`(seed: Int) {
        var random = RandomValues(seed: UInt64(seed))
        for _ in 0..<50 {
            let beginning = random.one(of: UploadContent.Beginning.allCases)
            let size = beginning == .new ? 0 : random.below(40)
            let stated = random.below(4) == 0 ? random.below(60) : nil
            var model = Model(
                bytes: Array(repeating: .old, count: size), mustReach: beginning == .cut ? size : 0,
                isCut: beginning == .cut && size > 0)
            if let stated, stated > 0 {
                if size == 0 { model.firmSize = stated } else { model.looseSize = stated }
            }
            var content = UploadContent(
                beginning, size: UInt64(size), limit: 50, statedSize: stated.map { UInt64($0) })
            for _ in 0..<random.below(8) { step(&content, &model, &random) }
            check(content, model, beganWhole: beginning == .whole)
            // The other side, which knows no more than it is told.
            var told = UploadContent(beginning, size: UInt64(size), limit: 50)
            told.take(content.account)
            for fileSize in 0..<60 {
                #expect(told.verdict(fileSize: UInt64(fileSize)) == content.verdict(fileSize: UInt64(fileSize)))
                #expect(told.resumable(fileSize: UInt64(fileSize)) == content.resumable(fileSize: UInt64(fileSize)))
            }
        }
    }

    private func step(_ content: inout UploadContent, _ model: inout Model, _ random: inout RandomValues) {
        switch random.below(12) {
        case 0:
            let damage = random.one(of: UploadDamage.allCases)
            content.fail(damage)
            model.damage = max(model.damage ?? damage, damage)
        case 1, 2:
            let size = random.one(of: [0, model.bytes.count, random.below(60)])
            let cut = content.state(size: UInt64(size))
            (model.firmSize, model.looseSize) = (nil, nil)
            if size > 0 { if model.bytes.isEmpty { model.firmSize = size } else { model.looseSize = size } }
            #expect((cut != nil) == (size < model.bytes.count))
            if size < model.bytes.count {
                model.bytes.removeLast(model.bytes.count - size)
                model.reach = min(model.reach, size)
                model.isTouched = true
            }
            if size == 0 { (model.isCut, model.mustReach) = (false, 0) }
        default:
            write(&content, &model, &random)
        }
    }

    private func write(_ content: inout UploadContent, _ model: inout Model, _ random: inout RandomValues) {
        let appends = random.below(5) == 0
        let offset = random.one(of: [0, model.bytes.count, random.below(55)])
        let count = random.below(20)
        let start = appends ? max(offset, model.bytes.count) : offset
        var range: Range<UInt64>
        switch content.admit(offset: UInt64(offset), count: count, appends: appends) {
        case .refused(let refusal):
            content.refuse(refusal)
            if start + count > 50 { model.overLimit = true }
            #expect(model.overLimit || model.damage != nil)
            return
        case .beginAnew(let anew):
            range = anew
            #expect(model.isCut && start == 0 && count > 0)
            model.bytes = model.bytes.map { $0 == .old ? .hole : $0 }
            while model.bytes.last == .hole { model.bytes.removeLast() }
            (model.isCut, model.mustReach, model.isTouched) = (false, 0, true)
            #expect(content.beginAnew() == UInt64(model.bytes.count))
        case .write(let whole):
            range = whole
            #expect(!(model.isCut && start == 0 && count > 0 && !appends))
        }
        #expect(range == UInt64(start)..<UInt64(start + count))
        #expect(!model.overLimit && model.damage == nil && start + count <= 50)
        // A write may fail half way.
        if random.below(8) == 0, count > 0 {
            range = range.lowerBound..<range.lowerBound + UInt64(random.below(count))
            content.wrote(range)
            content.fail(.noSpace)
            model.damage = .noSpace
        } else {
            content.wrote(range)
        }
        guard !range.isEmpty else { return }
        let end = Int(range.upperBound)
        while model.bytes.count < end { model.bytes.append(.hole) }
        for index in Int(range.lowerBound)..<end { model.bytes[index] = .sent }
        model.reach = max(model.reach, end)
        model.isTouched = true
        if let loose = model.looseSize, end > loose { model.looseSize = nil }
    }

    private func check(_ content: UploadContent, _ model: Model, beganWhole: Bool) {
        let size = model.bytes.count
        let expected: UploadContent.Verdict =
            if model.overLimit {
                .overLimit
            } else if let damage = model.damage {
                .damaged(damage)
            } else if model.bytes.contains(.hole) {
                .incomplete
            } else if let stated = model.firmSize ?? model.looseSize {
                stated != size ? .incomplete : beganWhole && !model.isTouched ? .unchanged : .whole
            } else if model.reach < model.mustReach {
                .incomplete
            } else {
                beganWhole && !model.isTouched ? .unchanged : .whole
            }
        #expect(content.verdict(fileSize: UInt64(size)) == expected, "\(model)\n\(content)")
        #expect(content.verdict(fileSize: UInt64(size + 1)) != .whole)
        let kept = content.damage?.isTotal == true ? 0 : model.bytes.firstIndex(of: .hole) ?? size
        #expect(content.resumable(fileSize: UInt64(size)) == UInt64(kept))
    }

    @Test func `a file that its client empties needs to reach nothing that was there`() {
        var content = UploadContent(.new, mustReach: 100, limit: 1000)
        #expect(content.state(size: 0) == nil)
        content.wrote(0..<90)
        #expect(content.verdict(fileSize: 90) == .whole)
        var other = UploadContent(.new, mustReach: 100, limit: 1000)
        other.wrote(0..<90)
        #expect(other.verdict(fileSize: 90) == .incomplete)
    }
}

extension UploadContent {
    /// How much of the file a later upload may go on from: nothing after a failed sync, for nobody knows what is on the disk then.
    fileprivate func resumable(fileSize: UInt64) -> UInt64 {
        damage?.isTotal == true ? 0 : min(extents.contiguous, fileSize)
    }
}
