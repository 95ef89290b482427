using System.Text.Json;

namespace Roku.Events;

// Each field of user_data that a host may let pages post; plain text, hashed by the event where Roku wants a hash.
internal static class PostedUserData
{
    private static readonly Dictionary<string, Func<UserDataBuilder, string, UserDataBuilder>> Setters = new(StringComparer.Ordinal)
    {
        ["em"] = static (user, text) => user.Email(text),
        ["ph"] = static (user, text) => user.Phone(text),
        ["fn"] = static (user, text) => user.FirstName(text),
        ["ln"] = static (user, text) => user.LastName(text),
        ["db"] = static (user, text) => user.BirthDate(text),
        ["ge"] = static (user, text) => user.Gender(text),
        ["ct"] = static (user, text) => user.City(text),
        ["st"] = static (user, text) => user.State(text),
        ["zp"] = static (user, text) => user.PostalCode(text),
        ["country"] = static (user, text) => user.Country(text),
    };

    public static IEnumerable<string> Fields => Setters.Keys;

    public static string? Set(RokuEventBuilder rokuEvent, string field, JsonElement value)
    {
        if (PostedJson.Text(value) is not { } text)
        {
            return PostedJson.NotText;
        }

        rokuEvent.WithUser(user => Setters[field](user, text));
        return null;
    }
}
