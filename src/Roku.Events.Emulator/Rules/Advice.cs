namespace Roku.Events.Emulator;

// For each kind of problem the rule that was broken and what mends it. Paths have [] in place of an index.
internal static class Advice
{
    public static (string Rule, string Fix) For(string code, string field) => ForField(code, field) ?? ForCode(code);

    private static (string Rule, string Fix)? ForField(string code, string field) => (field, code) switch
    {
        (_, ProblemCode.DuplicateField) => null,
        ("event_time", ProblemCode.WrongType or ProblemCode.InvalidValue) => (
            "event_time is whole seconds since 1970 and at most 1 hour ahead.",
            "Divide milliseconds by 1,000, and check the clock. RokuEvent takes a DateTimeOffset and does it for you."),
        ("event_name", ProblemCode.UnknownValue) => (
            "29 event names are known to be Roku's; it adds new ones now and then.",
            "Check the spelling against Ads Manager. Leave it when the name is new."),
        ("event_name", _) => (
            "Event names are upper-case letters, digits and underscores.",
            "Send one such as PURCHASE or ADD_TO_CART."),
        ("event_type", _) => ("event_type is \"conversion\".", "Send \"event_type\": \"conversion\" with each event."),
        ("event_source", _) => (
            "event_source is one of ten words in lower case.",
            "Send website, mobile_app, ctv_app, physical_store, chat, email, phone_call, roku, system-generated or other."),
        ("event_id", _) => (
            "event_id is a string that is not empty.",
            "Send the id that the pixel sends for the same event, as a string; or leave it out."),
        ("opt_out", _) => ("opt_out is the string \"true\" or \"false\".", "Put the value in quotes."),
        ("user_data", ProblemCode.MissingField) => (
            "Each event carries at least one identifier.",
            "Add the hashed e-mail or phone, the IP address or a device id of the customer."),
        ("user_data.is_hashed", _) => (
            "is_hashed says whether the identifiers are SHA-256 digests.",
            "Send \"is_hashed\": true, without quotes, and hash the identifiers."),
        ("user_data.em" or "user_data.ph" or "user_data.fn" or "user_data.ln" or "user_data.db" or "user_data.ge", _) => (
            "An identifier is the SHA-256 of its normalised text, once, as 64 lower-case hexadecimal characters.",
            "Normalise, hash once, write lower-case hex, and leave out what is empty. IdentifierHasher does all of it."),
        ("user_data.client_ip_address", _) => (
            "client_ip_address is an IPv4 or IPv6 address.",
            "Send the browser's address without port, brackets or zone."),
        ("user_data.aID", _) => ("The reference spells Apple's advertising id AID.", "Rename aID to AID."),
        ("custom_data.currency", _) => (
            "currency is an active ISO 4217 code in upper case.",
            "Send USD, not usd, $ or a code that is out of use."),
        ("custom_data.value" or "custom_data.predicted_ltv" or "custom_data.contents[].item_price", ProblemCode.WrongType) => (
            "Amounts are JSON numbers.",
            "Send 129.99, not \"129.99\"."),
        (_, ProblemCode.UnknownField) when field.StartsWith("custom_data.", StringComparison.Ordinal) => (
            "Only documented custom_data keys are known to be safe.",
            "Remove the key, or move its value to a documented one: nobody knows what Roku does with others."),
        ("event_group_id", ProblemCode.Forbidden) => (
            "The event group belongs to the ad account of the API key.",
            "Check Roku__EventGroupId; ids are case-sensitive."),
        _ => null,
    };

    private static (string Rule, string Fix) ForCode(string code) => code switch
    {
        ProblemCode.MissingField => ("The field is required.", "Add it to every event."),
        ProblemCode.UnknownField => ("Only documented fields may be sent.", "Remove it, or correct its spelling: names are case-sensitive."),
        ProblemCode.DuplicateField => ("A field appears once in its object.", "Send it once."),
        ProblemCode.WrongType => ("Each field has one JSON type.", "Send the type that the message names."),
        ProblemCode.InvalidValue => ("The field takes certain values only.", "Send one that the message allows."),
        ProblemCode.NotFound => ("Events go to POST /v1/events, or to /v1/test_events to be checked only.", "Correct the path. Roku__Endpoint is the address without a path."),
        ProblemCode.MethodNotAllowed => ("Events are sent with POST.", "Use POST."),
        ProblemCode.Unauthorized => ("Each request carries the API key: Authorization: Bearer <key>.", "Set Roku__ApiKey; here it must be the key the emulator was started with, if it was given one."),
        ProblemCode.Forbidden => ("The event group belongs to the ad account of the API key.", "Check Roku__EventGroupId; ids are case-sensitive."),
        ProblemCode.UnsupportedMediaType => ("The body is plain JSON in UTF-8.", "Send Content-Type: application/json, and do not compress."),
        ProblemCode.NotAcceptable => ("Requests accept application/json.", "Send Accept: application/json."),
        ProblemCode.PayloadTooLarge => ("A request has at most 1,000,000 bytes, a pixel's 16,384.", "Send smaller batches; RokuEventsClient splits them by itself."),
        ProblemCode.InvalidJson => ("The body is JSON in UTF-8.", "Write it with a JSON serializer; the message says where it breaks."),
        ProblemCode.InvalidEnvelope => ("The body is { \"event_group_id\": …, \"events\": [ … ] } and nothing else.", "Send these two members."),
        ProblemCode.NoEvents => ("A request carries at least one event.", "Send nothing when there is nothing to send."),
        ProblemCode.TooManyEvents => ("A request carries at most 1,000 events.", "Split it; RokuEventsClient does so by itself."),
        ProblemCode.InvalidEvents => ("A rule of this emulator beside Roku's.", "Look at RefuseWhen, or switch the fault off."),
        _ => ("", ""),
    };
}
