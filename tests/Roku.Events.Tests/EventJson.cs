using System.Text;
using System.Text.Json.Nodes;

namespace Roku.Events.Tests;

internal static class EventJson
{
    public static string Text(RokuEvent rokuEvent) => Encoding.UTF8.GetString(EventSerializer.Serialize(rokuEvent));

    public static JsonNode Of(RokuEvent rokuEvent) => JsonNode.Parse(Text(rokuEvent))!;

    public static JsonNode? UserData(Action<UserDataBuilder> user, string name) =>
        Of(Some.PurchaseToBe().WithUser(user).Build())["user_data"]![name];

    public static JsonNode? CustomData(Action<CustomDataBuilder> customData, string name) =>
        Of(Some.PurchaseToBe().WithCustomData(customData).Build())["custom_data"]![name];
}
