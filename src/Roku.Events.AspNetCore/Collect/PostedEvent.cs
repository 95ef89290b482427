using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Roku.Events;

// Reads what a page posted, by the allow-lists.
internal sealed class PostedEvent(RokuCollectOptions options, OriginRule origins, HttpContext context)
{
    private const int LongestId = 128;

    private readonly List<PostProblem> _problems = [];
    private EventName? _name;
    private string? _id;
    private string? _page;
    private string? _referrer;
    private JsonElement? _customData;
    private JsonElement? _userData;

    public IReadOnlyList<PostProblem> Problems => _problems;

    // Null when there are problems.
    public RokuEventBuilder? Read(JsonElement body, RokuConsent consent, Func<EventName, RokuEventBuilder> create)
    {
        foreach (var field in body.EnumerateObject())
        {
            ReadField(field.Name, field.Value);
        }

        Require("event_name", _name is not null, "is missing; give one of Roku's event names");
        Require("event_id", _id is not null, "is missing; give the id that the page's pixel sends");
        if (_problems.Count > 0)
        {
            return null;
        }

        var request = RokuEventBuilderRequestExtensions.Options(context);
        var rokuEvent = RokuEventBuilderRequestExtensions.Fill(create(_name!.Value), context, request, hasConsent: consent == RokuConsent.Granted)
            .OnPage(PageAddress.Clean(_page ?? RefererOfOurs(), request), PageAddress.Clean(_referrer, request))
            .WithId(_id);
        ReadCustomData(rokuEvent);
        ReadUserData(rokuEvent);
        return _problems.Count == 0 ? rokuEvent : null;
    }

    private void ReadField(string name, JsonElement value)
    {
        switch (name)
        {
            case "event_name":
                var eventName = new EventName(PostedJson.Text(value) ?? "");
                _name = eventName;
                Require(name, options.EventNames.Contains(eventName), $"must be one of {string.Join(", ", options.EventNames)}; the host can allow more by RokuCollectOptions.EventNames");
                break;
            case "event_id":
                _id = PostedJson.Text(value) ?? "";
                Require(name, IsId(_id), "must be a text of 1 to 128 letters, digits and . _ : -");
                break;
            case "event_source_url" or "event_source_URL":
                _page = PostedJson.Text(value);
                Require(name, PageAddress.TryWeb(_page, out var page) && origins.IsOurs(page, context.Request), "must be the absolute address of a page of this site");
                break;
            case "referrer_url":
                // A page has none when its address was typed, and other kinds when an app opened it.
                _referrer = PostedJson.Text(value);
                Require(name, _referrer is not null, PostedJson.NotText);
                break;
            case "custom_data":
                _customData = value;
                Require(name, value.ValueKind == JsonValueKind.Object, "must be an object");
                break;
            case "user_data" when options.UserDataFields.Count > 0:
                _userData = value;
                Require(name, value.ValueKind == JsonValueKind.Object, "must be an object");
                break;
            default:
                Refuse("", name, name == "user_data" ? "RokuCollectOptions.UserDataFields" : null);
                break;
        }
    }

    private void ReadCustomData(RokuEventBuilder rokuEvent)
    {
        if (_customData is not { } customData)
        {
            return;
        }

        if (PostedCustomData.SetMoney(rokuEvent, customData) is { } incomplete)
        {
            _problems.Add(new PostProblem("custom_data", incomplete));
        }

        ReadFields("custom_data.", customData, options.CustomDataFields, (field, value) => PostedCustomData.Set(rokuEvent, field, value));
    }

    private void ReadUserData(RokuEventBuilder rokuEvent)
    {
        if (_userData is { } userData)
        {
            ReadFields("user_data.", userData, options.UserDataFields, (field, value) => PostedUserData.Set(rokuEvent, field, value));
        }
    }

    private void ReadFields(string parent, JsonElement container, ISet<string> allowed, Func<string, JsonElement, string?> set)
    {
        foreach (var field in container.EnumerateObject())
        {
            if (!allowed.Contains(field.Name))
            {
                Refuse(parent, field.Name, parent == "user_data." ? "RokuCollectOptions.UserDataFields" : "RokuCollectOptions.CustomDataFields");
            }
            else if (set(field.Name, field.Value) is { } problem)
            {
                _problems.Add(new PostProblem(parent + field.Name, problem));
            }
        }
    }

    private void Require(string field, bool isRight, string rule)
    {
        if (!isRight)
        {
            _problems.Add(new PostProblem(field, rule));
        }
    }

    private void Refuse(string parent, string name, string? option) => _problems.Add(new PostProblem(
        PostProblem.NameOf(parent, name),
        "is not taken here; leave it out" + (option is null ? "" : $", or let the host allow it by {option}")));

    private string? RefererOfOurs() =>
        PageAddress.TryWeb(context.Request.Headers.Referer, out var referer) && origins.IsOurs(referer, context.Request) ? referer.AbsoluteUri : null;

    // An id appears in logs: no e-mail address, no line break.
    private static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');
}
