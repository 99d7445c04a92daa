import Testing

@testable import Admission

struct RecentDenialsTests {
    @Test func `a denial is known for ten minutes, each account's for itself`() {
        var denials = RecentDenials()
        #expect(denials.accounts(at: 0).isEmpty && !denials.ofAll(at: 0))
        denials.note("b_ex.fr", at: 0)
        denials.note("a_ex.fr", at: 300_000)
        denials.noteOfAll(at: 300_000)
        #expect(denials.accounts(at: 599_999) == ["a_ex.fr", "b_ex.fr"])
        #expect(denials.accounts(at: 600_000) == ["a_ex.fr"] && denials.ofAll(at: 600_000))
        denials.note("c_ex.fr", at: 900_000)
        #expect(denials.accounts(at: 900_000) == ["c_ex.fr"] && !denials.ofAll(at: 900_000))
    }
}
