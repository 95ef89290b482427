namespace Roku.Events.Emulator;

internal static class ProblemCode
{
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string NotAcceptable = "not_acceptable";
    public const string PayloadTooLarge = "payload_too_large";
    public const string InvalidJson = "invalid_json";
    public const string InvalidEnvelope = "invalid_envelope";
    public const string NoEvents = "no_events";
    public const string TooManyEvents = "too_many_events";
    public const string InvalidEvents = "invalid_events";

    public const string MissingField = "missing_field";
    public const string UnknownField = "unknown_field";
    public const string DuplicateField = "duplicate_field";
    public const string WrongType = "wrong_type";
    public const string InvalidValue = "invalid_value";
    public const string UnknownValue = "unknown_value";
}
