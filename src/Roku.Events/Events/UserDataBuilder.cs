using System.Net;
using System.Net.Sockets;

namespace Roku.Events;

/// <summary>Says who an event is about. Plain identifiers are normalized and hashed at once and kept nowhere.</summary>
/// <remarks>
/// Null, empty and white space mean "not known" everywhere and change nothing. An event needs at least one of: e-mail, phone, IP address, or
/// one of the advertising ids. Mistakes are collected and thrown by <see cref="RokuEventBuilder.Build"/>, never repeating
/// a value. Not thread-safe.
/// </remarks>
public sealed class UserDataBuilder
{
    private readonly RokuEventBuilder _event;

    internal UserDataBuilder(RokuEventBuilder owner) => _event = owner;

    private UserData Data => _event.UserData;

    /// <summary>E-mail address, plain; hashed as <c>em</c>: trimmed, lower-cased, and without its alias where the hasher's rules say so.</summary>
    public UserDataBuilder Email(string? email)
    {
        var attempt = _event.Hasher.TryEmail(email);
        _event.HashedEmailByRule |= attempt.Hash is not null;
        return Set(ref Data.Email, "user_data.em", attempt);
    }

    /// <summary>SHA-256 of the normalized e-mail address, 64 hexadecimal characters: <c>em</c>.</summary>
    public UserDataBuilder HashedEmail(string? sha256)
    {
        var attempt = IdentifierHasher.TryHashed(sha256);
        _event.HashedEmailByRule &= attempt.Hash is null;
        return Set(ref Data.Email, "user_data.em", attempt);
    }

    /// <summary>Phone number, plain; hashed as <c>ph</c> by the hasher's <see cref="PhoneRule"/>.</summary>
    public UserDataBuilder Phone(string? phone)
    {
        var attempt = _event.Hasher.TryPhone(phone);
        _event.HashedPhoneByRule |= attempt.Hash is not null;
        return Set(ref Data.Phone, "user_data.ph", attempt);
    }

    /// <summary>SHA-256 of the normalized phone number, 64 hexadecimal characters: <c>ph</c>.</summary>
    public UserDataBuilder HashedPhone(string? sha256)
    {
        var attempt = IdentifierHasher.TryHashed(sha256);
        _event.HashedPhoneByRule &= attempt.Hash is null;
        return Set(ref Data.Phone, "user_data.ph", attempt);
    }

    /// <summary>First name, plain; hashed as <c>fn</c>: trimmed and lower-cased.</summary>
    public UserDataBuilder FirstName(string? firstName) =>
        Set(ref Data.FirstName, "user_data.fn", IdentifierHasher.TryName(firstName));

    /// <summary>SHA-256 of the normalized first name, 64 hexadecimal characters: <c>fn</c>.</summary>
    public UserDataBuilder HashedFirstName(string? sha256) =>
        Set(ref Data.FirstName, "user_data.fn", IdentifierHasher.TryHashed(sha256));

    /// <summary>Last name, plain; hashed as <c>ln</c>: trimmed and lower-cased.</summary>
    public UserDataBuilder LastName(string? lastName) =>
        Set(ref Data.LastName, "user_data.ln", IdentifierHasher.TryName(lastName));

    /// <summary>SHA-256 of the normalized last name, 64 hexadecimal characters: <c>ln</c>.</summary>
    public UserDataBuilder HashedLastName(string? sha256) =>
        Set(ref Data.LastName, "user_data.ln", IdentifierHasher.TryHashed(sha256));

    /// <summary>Birth date, plain; hashed as <c>db</c>.</summary>
    /// <param name="birthDate">The date as text.</param>
    /// <param name="format">An exact date format such as <c>M/d/yyyy</c>; null for <c>yyyy-MM-dd</c>. Never guessed.</param>
    public UserDataBuilder BirthDate(string? birthDate, string? format = null) =>
        Set(ref Data.BirthDate, "user_data.db", IdentifierHasher.TryBirthDate(birthDate, format));

    /// <summary>Birth date; hashed as <c>db</c> in the form <c>yyyy-MM-dd</c>.</summary>
    public UserDataBuilder BirthDate(DateOnly? birthDate) =>
        Set(ref Data.BirthDate, "user_data.db", birthDate is { } date ? IdentifierHasher.TryBirthDate(date) : HashAttempt.NotGiven);

    /// <summary>SHA-256 of the birth date written <c>yyyy-MM-dd</c>, 64 hexadecimal characters: <c>db</c>.</summary>
    public UserDataBuilder HashedBirthDate(string? sha256) =>
        Set(ref Data.BirthDate, "user_data.db", IdentifierHasher.TryHashed(sha256));

    /// <summary>Gender, plain; hashed as <c>ge</c>: male, female, and unknown for any other text.</summary>
    public UserDataBuilder Gender(string? gender) =>
        Set(ref Data.Gender, "user_data.ge", IdentifierHasher.TryGender(gender));

    /// <summary>SHA-256 of <c>male</c>, <c>female</c> or <c>unknown</c>, 64 hexadecimal characters: <c>ge</c>.</summary>
    public UserDataBuilder HashedGender(string? sha256) =>
        Set(ref Data.Gender, "user_data.ge", IdentifierHasher.TryHashed(sha256));

    /// <summary>City, sent plain: <c>ct</c>.</summary>
    public UserDataBuilder City(string? city) => Set(ref Data.City, city);

    /// <summary>State or region, sent plain: <c>st</c>.</summary>
    public UserDataBuilder State(string? state) => Set(ref Data.State, state);

    /// <summary>Postal code, sent plain: <c>zp</c>.</summary>
    public UserDataBuilder PostalCode(string? postalCode) => Set(ref Data.PostalCode, postalCode);

    /// <summary>Country, sent plain: <c>country</c>.</summary>
    public UserDataBuilder Country(string? country) => Set(ref Data.Country, country);

    /// <summary>Your own id of the person, sent as given: <c>external_id</c>. Whether Roku wants it hashed is not published; never use an e-mail address or a phone number.</summary>
    public UserDataBuilder ExternalId(string? externalId) => Set(ref Data.ExternalId, externalId);

    /// <summary>Your own id of the subscription, sent as given: <c>subscription_id</c>. Whether Roku wants it hashed is not published.</summary>
    public UserDataBuilder SubscriptionId(string? subscriptionId) => Set(ref Data.SubscriptionId, subscriptionId);

    /// <summary>The browser's address, IPv4 or IPv6, sent plain: <c>client_ip_address</c>.</summary>
    public UserDataBuilder IpAddress(string? ipAddress)
    {
        ipAddress = Given(ipAddress);
        if (ipAddress is null)
        {
            return Set(ref Data.IpAddress, null);
        }

        // TryParse takes "1" and "0x7f.1" for IPv4 and a port after IPv6; none of them comes back as it went in.
        if (IPAddress.TryParse(ipAddress, out var parsed)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6 ? ipAddress[0] != '[' : parsed.ToString() == ipAddress))
        {
            return IpAddress(parsed);
        }

        _event.Report("user_data.client_ip_address", "is not an IPv4 or IPv6 address; give the address alone, without port or brackets");
        return this;
    }

    /// <summary>The browser's address, sent plain: <c>client_ip_address</c>. An IPv4 address mapped to IPv6 is sent as IPv4.</summary>
    public UserDataBuilder IpAddress(IPAddress? ipAddress)
    {
        if (ipAddress is { IsIPv4MappedToIPv6: true })
        {
            ipAddress = ipAddress.MapToIPv4();
        }

        // The scope of a link-local address names an interface of this machine.
        return Set(ref Data.IpAddress, ipAddress is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(ipAddress.GetAddressBytes()).ToString()
            : ipAddress?.ToString());
    }

    /// <summary>The browser's User-Agent header, sent plain: <c>client_user_agent</c>.</summary>
    public UserDataBuilder UserAgent(string? userAgent) => Set(ref Data.UserAgent, userAgent);

    /// <summary>Roku advertising id (RIDA), sent plain: <c>aRI</c>.</summary>
    public UserDataBuilder RokuAdvertisingId(string? id) => Set(ref Data.RokuAdvertisingId, id);

    /// <summary>Google advertising id, sent plain: <c>aGA</c>.</summary>
    public UserDataBuilder GoogleAdvertisingId(string? id) => Set(ref Data.GoogleAdvertisingId, id);

    /// <summary>Apple advertising id (IDFA), sent plain: <c>AID</c>, as Roku's reference spells it (one client sends <c>aID</c>).</summary>
    public UserDataBuilder AppleAdvertisingId(string? id) => Set(ref Data.AppleAdvertisingId, id);

    /// <summary>Apple vendor id (IDFV), sent plain: <c>aGI</c>. The meaning is one client's reading; Roku publishes none.</summary>
    public UserDataBuilder AppleVendorId(string? id) => Set(ref Data.AppleVendorId, id);

    /// <summary>The device id that Roku calls <c>aDX</c>, sent plain; Roku does not publish what it holds.</summary>
    public UserDataBuilder DeviceIdDx(string? id) => Set(ref Data.DeviceIdDx, id);

    /// <summary>Value of the Roku pixel's first-party cookie, sent plain: <c>aFC</c>. Only with the person's consent.</summary>
    public UserDataBuilder PixelCookie(string? value) => Set(ref Data.PixelCookie, value);

    /// <summary>Google Analytics session id, sent plain: <c>ga_session_id</c> (from the pixel's field list).</summary>
    public UserDataBuilder GaSessionId(string? id) => Set(ref Data.GaSessionId, id);

    /// <summary>Google Analytics client id, sent plain: <c>ga_client_id</c> (from the pixel's field list).</summary>
    public UserDataBuilder GaClientId(string? id) => Set(ref Data.GaClientId, id);

    /// <summary>Google click id, sent plain: <c>ga_gclid</c> (from the pixel's field list).</summary>
    public UserDataBuilder GaClickId(string? id) => Set(ref Data.GaClickId, id);

    /// <summary>Google Analytics measurement ids, sent plain: <c>ga_measurement_ids</c> (from the pixel's field list).</summary>
    public UserDataBuilder GaMeasurementIds(string? ids) => Set(ref Data.GaMeasurementIds, ids);

    /// <summary>US privacy string (<c>1YNN</c>), sent plain: <c>us_privacy</c> (from the pixel's field list).</summary>
    public UserDataBuilder UsPrivacy(string? value) => Set(ref Data.UsPrivacy, value);

    // "Not known" never takes back what is known: Email(null) beside HashedEmail("…") must not wipe it.
    private UserDataBuilder Set(ref string? field, string? value)
    {
        field = Given(value) ?? field;
        return this;
    }

    private UserDataBuilder Set(ref IdentifierHash? field, string path, HashAttempt attempt)
    {
        if (attempt.Problem is { } problem)
        {
            _event.Report(path, problem);
        }

        field = attempt.Hash ?? field;
        return this;
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
