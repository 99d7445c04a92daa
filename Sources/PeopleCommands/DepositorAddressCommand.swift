internal import Workplace
internal import Console
internal import Administration
internal import ArgumentParser
internal import DepositorStore
internal import Store

/// Where an establishment is, as its people see it in « Mes Informations ».
struct AddressOptions: ParsableArguments {
    @Option(help: "The establishment's street and number, as its people see it in the portal.")
    var address = ""
    @Option(help: "Its postal code, five digits.")
    var postalCode = ""
    @Option(help: "Its city.")
    var city = ""

    func value() throws -> DepositorAddress {
        for (text, option) in [(address, "--address"), (city, "--city")] where !text.isEmpty {
            _ = try Words.label(text, for: option)
        }
        guard postalCode.isEmpty || postalCode.wholeMatch(of: /[0-9]{5}/) != nil else {
            throw Failure.refused("\(postalCode) is not a postal code: it must have five digits")
        }
        return DepositorAddress(street: address, postalCode: postalCode, city: city)
    }
}

extension DepositorCommand {
    struct SetAddress: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-address",
            abstract: "Say where a depositor is; what isn't given isn't known.",
            discussion: """
                Example: collecteur depositor set-address E34350633300032 --address "11 RUE DE L'AMIRAL MOUCHEZ" \
                --postal-code 75201 --city "PARIS 13"
                """)

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var address: AddressOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let address = try address.value()
            let place = try Workplace(common)
            _ = try place.administration.depositors.setAddress(code: code, address, by: place.author)
            Terminal.note("depositor \(code): address \(address == .unknown ? "unknown" : "set")")
        }
    }
}
