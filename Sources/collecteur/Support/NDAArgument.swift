import ArgumentParser
import Console
import Qualiopi

struct NDAArgument: ParsableArguments {
    @Argument(help: "The NDA; blanks don't matter.") var nda: String

    /// Throws: ``Failure`` if it is none.
    func number() throws -> NDA {
        guard let number = NDA(text: nda) else {
            throw Failure.refused("\(nda) is not an NDA: it has 11 letters and digits")
        }
        return number
    }
}
