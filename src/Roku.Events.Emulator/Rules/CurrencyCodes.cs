namespace Roku.Events.Emulator;

// The codes of ISO 4217, list one (currencies, funds and precious metals), as amended up to number 180 of January 2026:
// BGN left for EUR; ANG, ZWL, SLL, HRK and CUC are history; XCG, ZWG, SLE and XAD are in.
internal static class CurrencyCodes
{
    private const string Active = """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
        CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
        GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
        KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
        MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
        SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
        USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD
        XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG
        """;

    private static readonly HashSet<int> Packed = [.. Active.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(c => Pack((byte)c[0], (byte)c[1], (byte)c[2]))];

    public static bool IsActive(ReadOnlySpan<byte> code) => code is [var a, var b, var c] && Packed.Contains(Pack(a, b, c));

    private static int Pack(byte a, byte b, byte c) => (a << 16) | (b << 8) | c;
}
