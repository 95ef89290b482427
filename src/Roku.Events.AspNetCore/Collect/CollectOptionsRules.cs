namespace Roku.Events;

internal static class CollectOptionsRules
{
    public static void Check(RokuCollectOptions options)
    {
        if (options.EventNames.Count == 0)
        {
            throw new ArgumentException("RokuCollectOptions.EventNames is empty, so nothing could be posted. Name at least one event.");
        }

        if (!options.EventNames.All(HasShape))
        {
            throw new ArgumentException("RokuCollectOptions.EventNames holds a name of another shape than Roku's. Use capital letters, digits and underscores, such as PAGE_VIEW.");
        }

        Check(nameof(options.CustomDataFields), options.CustomDataFields, PostedCustomData.Fields);
        Check(nameof(options.UserDataFields), options.UserDataFields, PostedUserData.Fields);
        if (options.AllowedOrigins.FirstOrDefault(origin => !OriginRule.IsOrigin(origin)) is { } address)
        {
            throw new ArgumentException($"RokuCollectOptions.AllowedOrigins holds '{address}'. Use scheme, host and port alone, such as https://www.shop.example.");
        }

        if (options.RequestsPerMinute is < 1 or > 1_000_000)
        {
            throw new ArgumentException($"RokuCollectOptions.RequestsPerMinute is {options.RequestsPerMinute}. Use a value from 1 to 1000000.");
        }

        if (options.ClientName is null)
        {
            throw new ArgumentException("RokuCollectOptions.ClientName is null. Use an empty text for the default client.");
        }
    }

    private static bool HasShape(EventName name) =>
        name.Value is [>= 'A' and <= 'Z', ..] && name.Value.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private static void Check(string option, ISet<string> allowed, IEnumerable<string> fields)
    {
        if (allowed.Except(fields, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"RokuCollectOptions.{option} holds '{unknown}', which a page cannot post. There are {string.Join(", ", fields)}; add others in OnCollect.");
        }
    }
}
