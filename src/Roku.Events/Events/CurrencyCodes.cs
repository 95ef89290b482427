using System.Collections.Frozen;

namespace Roku.Events;

// ISO 4217, list one (currencies and funds in use), as of 2026: XCG for ANG, ZWG for ZWL, SLE for SLL, no BGN, CUC or HRK.
internal static class CurrencyCodes
{
    private static readonly FrozenSet<string> Active = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF " +
        "CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD " +
        "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
        "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN " +
        "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD " +
        "TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    // Null when the code is one, else the problem.
    public static string? Check(string? code)
    {
        if (string.IsNullOrWhiteSpace(code))
        {
            return "is missing; a value needs its three-letter ISO 4217 code ('USD')";
        }

        if (Active.Contains(code))
        {
            return null;
        }

        var upper = code.Trim().ToUpperInvariant();
        return Active.Contains(upper)
            ? $"'{code}' must be upper-case ISO 4217; write '{upper}'"
            : $"'{code}' is not a currency in use of ISO 4217; give its three letters, such as 'USD'";
    }
}
