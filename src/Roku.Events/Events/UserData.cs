using System.Text.Json;

namespace Roku.Events;

// user_data as it is sent: identifiers that Roku wants hashed exist here only as hashes.
internal sealed class UserData
{
    public IdentifierHash? Email;
    public IdentifierHash? Phone;
    public IdentifierHash? FirstName;
    public IdentifierHash? LastName;
    public IdentifierHash? BirthDate;
    public IdentifierHash? Gender;
    public string? City;
    public string? State;
    public string? PostalCode;
    public string? Country;
    public string? ExternalId;
    public string? SubscriptionId;
    public string? IpAddress;
    public string? UserAgent;
    public string? RokuAdvertisingId;
    public string? GoogleAdvertisingId;
    public string? AppleAdvertisingId;
    public string? AppleVendorId;
    public string? DeviceIdDx;
    public string? PixelCookie;
    public string? GaSessionId;
    public string? GaClientId;
    public string? GaClickId;
    public string? GaMeasurementIds;
    public string? UsPrivacy;

    // The list of roku-api that must hold at least one; names, places and dates alone match nobody.
    public bool HasMatchKey =>
        Email is not null || Phone is not null || IpAddress is not null || RokuAdvertisingId is not null
        || GoogleAdvertisingId is not null || AppleAdvertisingId is not null || AppleVendorId is not null || DeviceIdDx is not null;

    // What names a device or a browser rather than a person: advertising, vendor and cookie ids.
    public bool HasDeviceIdentifier =>
        RokuAdvertisingId is not null || GoogleAdvertisingId is not null || AppleAdvertisingId is not null || AppleVendorId is not null
        || DeviceIdDx is not null || PixelCookie is not null || GaSessionId is not null || GaClientId is not null;

    public UserData Copy() => (UserData)MemberwiseClone();

    public UserData WithoutDeviceIdentifiers()
    {
        var copy = Copy();
        copy.RokuAdvertisingId = copy.GoogleAdvertisingId = copy.AppleAdvertisingId = copy.AppleVendorId = null;
        copy.DeviceIdDx = copy.PixelCookie = copy.GaSessionId = copy.GaClientId = null;
        return copy;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(Names.UserData);
        writer.WriteBoolean(Names.IsHashed, true);
        Write(writer, Names.Email, Email);
        Write(writer, Names.Phone, Phone);
        Write(writer, Names.FirstName, FirstName);
        Write(writer, Names.LastName, LastName);
        Write(writer, Names.BirthDate, BirthDate);
        Write(writer, Names.Gender, Gender);
        Write(writer, Names.City, City);
        Write(writer, Names.State, State);
        Write(writer, Names.PostalCode, PostalCode);
        Write(writer, Names.Country, Country);
        Write(writer, Names.ExternalId, ExternalId);
        Write(writer, Names.SubscriptionId, SubscriptionId);
        Write(writer, Names.IpAddress, IpAddress);
        Write(writer, Names.UserAgent, UserAgent);
        Write(writer, Names.RokuAdvertisingId, RokuAdvertisingId);
        Write(writer, Names.GoogleAdvertisingId, GoogleAdvertisingId);
        Write(writer, Names.AppleAdvertisingId, AppleAdvertisingId);
        Write(writer, Names.AppleVendorId, AppleVendorId);
        Write(writer, Names.DeviceIdDx, DeviceIdDx);
        Write(writer, Names.PixelCookie, PixelCookie);
        Write(writer, Names.GaSessionId, GaSessionId);
        Write(writer, Names.GaClientId, GaClientId);
        Write(writer, Names.GaClickId, GaClickId);
        Write(writer, Names.GaMeasurementIds, GaMeasurementIds);
        Write(writer, Names.UsPrivacy, UsPrivacy);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, IdentifierHash? hash)
    {
        if (hash is { } value)
        {
            Span<byte> hex = stackalloc byte[IdentifierHash.HexLength];
            value.TryFormat(hex, out _);
            writer.WriteString(name, hex);
        }
    }

    private static class Names
    {
        public static readonly JsonEncodedText UserData = JsonEncodedText.Encode("user_data");
        public static readonly JsonEncodedText IsHashed = JsonEncodedText.Encode("is_hashed");
        public static readonly JsonEncodedText Email = JsonEncodedText.Encode("em");
        public static readonly JsonEncodedText Phone = JsonEncodedText.Encode("ph");
        public static readonly JsonEncodedText FirstName = JsonEncodedText.Encode("fn");
        public static readonly JsonEncodedText LastName = JsonEncodedText.Encode("ln");
        public static readonly JsonEncodedText BirthDate = JsonEncodedText.Encode("db");
        public static readonly JsonEncodedText Gender = JsonEncodedText.Encode("ge");
        public static readonly JsonEncodedText City = JsonEncodedText.Encode("ct");
        public static readonly JsonEncodedText State = JsonEncodedText.Encode("st");
        public static readonly JsonEncodedText PostalCode = JsonEncodedText.Encode("zp");
        public static readonly JsonEncodedText Country = JsonEncodedText.Encode("country");
        public static readonly JsonEncodedText ExternalId = JsonEncodedText.Encode("external_id");
        public static readonly JsonEncodedText SubscriptionId = JsonEncodedText.Encode("subscription_id");
        public static readonly JsonEncodedText IpAddress = JsonEncodedText.Encode("client_ip_address");
        public static readonly JsonEncodedText UserAgent = JsonEncodedText.Encode("client_user_agent");
        public static readonly JsonEncodedText RokuAdvertisingId = JsonEncodedText.Encode("aRI");
        public static readonly JsonEncodedText GoogleAdvertisingId = JsonEncodedText.Encode("aGA");

        // Roku's reference spells it AID; one client in production sends aID.
        public static readonly JsonEncodedText AppleAdvertisingId = JsonEncodedText.Encode("AID");
        public static readonly JsonEncodedText AppleVendorId = JsonEncodedText.Encode("aGI");
        public static readonly JsonEncodedText DeviceIdDx = JsonEncodedText.Encode("aDX");
        public static readonly JsonEncodedText PixelCookie = JsonEncodedText.Encode("aFC");
        public static readonly JsonEncodedText GaSessionId = JsonEncodedText.Encode("ga_session_id");
        public static readonly JsonEncodedText GaClientId = JsonEncodedText.Encode("ga_client_id");
        public static readonly JsonEncodedText GaClickId = JsonEncodedText.Encode("ga_gclid");
        public static readonly JsonEncodedText GaMeasurementIds = JsonEncodedText.Encode("ga_measurement_ids");
        public static readonly JsonEncodedText UsPrivacy = JsonEncodedText.Encode("us_privacy");
    }
}
