import Qualiopi

private let header =
    "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\n"

/// Of the samples in Tests/Fixtures/reports, 11750000031 being a former NDA.
private let organisations = ReferenceList(
    entries: (0..<30).map { number in
        ReferenceList.Entry(
            nda: nda(number), siren: SIREN(value: UInt32(100_000_000 + number)), former: number == 1 ? [nda(31)] : [])
    })

private func nda(_ number: Int) -> NDA { NDA(text: "\(11_750_000_000 + number)") ?? NDA(packed: 0) }

private func context(careful: Bool) -> ValidationContext {
    var policy = Policy()
    policy.maxDetailedFindings = 20
    // With this control on every row takes the careful path; without any other certifier it says nothing.
    if careful { policy.set(.otherCertifier, .alerte) }
    return ValidationContext(
        policy: policy, today: CivilDate(daysSinceEpoch: 20_780), reference: organisations,
        previousList: (0..<120).map(nda))
}

private let quick = context(careful: false)
private let careful = context(careful: true)

/// The parser and the controls, on the bytes as they are and as what follows a right header.
func fuzzDeposit(_ input: UnsafeRawBufferPointer) {
    check(Array(input))
    check(Array(header.utf8) + input)
}

private func check(_ content: [UInt8]) {
    let name = Array(content.suffix(40))
    let verdict = Validator.validate(fileName: name, content: content, context: quick)
    let lines = verdict.lines
    require(
        lines.total == lines.bloquantFichier + lines.bloquantLigne + lines.alerte + lines.sansAlerte,
        "each line counts once")
    require(lines.total <= content.count, "no more lines than bytes")
    require(lines.integrees == verdict.accepted.count, "what is accepted is what is counted")
    require((verdict.outcome == .echec) == (verdict.anomalies.bloquantFichier > 0), "a refusal has a cause")
    require(verdict.outcome != .echec || verdict.accepted.isEmpty, "a refused file changes nothing")
    require(Set(verdict.accepted.map(\.nda)).count == verdict.accepted.count, "an organisation once")
    require(verdict.findings.count <= 20, "details are limited")
    require(
        verdict.synthesis.reduce(0) { $0 + $1.count } == verdict.anomalies.total, "the synthesis counts every finding")
    require(
        Set(verdict.findings.map(\.rule)).isSubset(of: verdict.synthesis.map(\.example.rule)),
        "no rule is missing there")
    for finding in verdict.findings {
        require(finding.message.hasSuffix("."), "a message is a sentence: \(finding.message)")
        require(finding.message.utf8.count < 4096, "a message has a limit: \(finding.message)")
        require((finding.value ?? "").utf8.count < 4096, "a value is cut")
        require(finding.message.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a message is one line")
    }
    let other = Validator.validate(fileName: name, content: content, context: careful)
    require(other.findings == verdict.findings, "both paths find the same")
    require(other.accepted == verdict.accepted, "both paths read the same")
    require(other.synthesis == verdict.synthesis, "both paths sum up the same")
    require(other.lines == lines && other.anomalies == verdict.anomalies, "both paths count the same")
    let day = LocalTime(date: quick.today, hour: 0, minute: 0, second: 0, offsetSeconds: 3600)
    let report = Report(
        file: DisplayText.escape(name), size: Int64(content.count), sha256: nil, mode: .reel, verdict: verdict,
        referenceVersion: "", processedAt: day, today: quick.today)
    require(!ReportText.render(report).isEmpty, "there is a report")
}

/// The file with the OF list, with its own header and with a right one, and the list as the database keeps it.
func fuzzReference(_ input: UnsafeRawBufferPointer) {
    let bytes = Array(input)
    for start in ["", "NDA;SIREN;ndaPrecedents\n", "numeroDeclarationActivite;denomination;siren;siret;\n"] {
        guard let reading = try? ReferenceFile.read(Array(start.utf8) + bytes) else { continue }
        require(
            reading.rowsRead == reading.entries.count + reading.skipped + reading.duplicates, "each row counts once")
        require(reading.rowsRead <= bytes.count, "no more rows than bytes")
        require(reading.notes.count <= 22, "remarks are limited")
        if reading.entries.isEmpty { continue }
        let list = ReferenceList(entries: reading.entries)
        require(list.count == reading.entries.count, "an organisation once")
        for entry in reading.entries { require(list.siren(of: entry.nda) == .some(entry.siren), "the list has it") }
        let packed = list.packed
        require((try? ReferenceList(packed: packed))?.packed == packed, "a list is kept as it is")
    }
    guard let list = try? ReferenceList(packed: bytes) else { return }
    _ = list.siren(of: nda(1))
    _ = list.current(ofFormer: nda(31))
    _ = list.ndas(of: SIREN(value: 100_000_001))
}
