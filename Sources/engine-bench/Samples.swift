import Qualiopi

/// Deposits and an OF list of one size: organisation `i` has always the same NDA and SIREN.
struct Samples {
    let lines: Int
    let today = CivilDate(daysSinceEpoch: 20_781)

    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\r\n"

    /// Name and bytes; the clean one first.
    var deposits: [(name: String, bytes: [UInt8])] {
        [
            ("clean", file(rows(quote: ""))),
            ("clean, quoted", file(rows(quote: "\""))),
            ("clean, with blanks", file(rows(quote: "", blank: " "))),
            ("unknown to the list", file(rows(quote: "", firstNDA: "12"))),
            ("broken", file(broken("11;A0;Oui;oui;non;1;2022-01-31;1/2/2022\r\n"))),
            ("broken, as many bytes", file(broken("1175516;12345678A;Oui;oui;non;1;2022-01-31 0:00;1/2/2022\r\n"))),
        ]
    }

    var reference: ReferenceList {
        ReferenceList(
            entries: (0..<lines).map { index in
                ReferenceList.Entry(nda: NDA(text: nda(index)) ?? NDA(packed: 0), siren: SIREN(siren(index)))
            })
    }

    var referenceFile: [UInt8] {
        Array(("NDA;SIREN\n" + (0..<lines).map { "\(nda($0));\(siren($0))\n" }.joined()).utf8)
    }

    private func rows(quote: String, blank: String = "", firstNDA: String = "11") -> [String] {
        let decision = today.adding(years: -1).french
        let end = today.adding(years: 2).french
        return (0..<lines).map { index in
            let cells = [nda(index, firstNDA), siren(index), "OUI", "NON", "NON", "NON", decision, end]
            return cells.map { "\(blank)\(quote)\($0)\(quote)" }.joined(separator: ";") + "\r\n"
        }
    }

    private func broken(_ row: String) -> [String] { Array(repeating: row, count: lines) }

    private func file(_ rows: [String]) -> [UInt8] { Array((Samples.header + rows.joined()).utf8) }

    private func nda(_ index: Int, _ start: String = "11") -> String {
        let digits = String(index)
        return start + String(repeating: "0", count: 9 - digits.count) + digits
    }

    private func siren(_ index: Int) -> String { String(300_000_000 + index) }
}
