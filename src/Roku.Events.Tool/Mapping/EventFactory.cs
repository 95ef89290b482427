using System.Text.Json;
using System.Text.Json.Nodes;
using Roku.Events.Tool.Input;

namespace Roku.Events.Tool.Mapping;

// Builds the event of a candidate, or says everything that is wrong with it.
internal sealed class EventFactory(FileMapping mapping, string fileName, IdentifierHasher hasher, TimeProvider timeProvider)
{
    // Whether rows without an id of their own need one from what they hold.
    public static bool HashesContent(FileMapping mapping) => !mapping.Has(Field.Paths.Id) || mapping.Fields.Any(field => field.Origin == Origin.AsWritten);

    public RokuEvent? Build(Candidate candidate, out string? eventId, out IReadOnlyList<Problem> problems)
    {
        eventId = null;
        if (candidate.Problem is { } problem)
        {
            problems = [problem];
            return null;
        }

        var own = new List<Problem>();
        var rows = candidate.Rows.Select(row => row.Values).ToList();
        eventId = Id(candidate, rows);
        var builder = RokuEvent.Create(new EventName(mapping.Value(Field.Paths.Name, rows) ?? ""), hasher, timeProvider)
            .From(mapping.Value(Field.Paths.Source, rows) is { } source ? new EventSource(source) : default)
            .WithId(eventId)
            .OnPage(mapping.Value("event_source_url", rows), mapping.Value("referrer_url", rows));
        SetTime(builder, rows, own);
        SetLimitedDataUse(builder, rows, own);
        builder.WithUser(user => SetUser(user, rows));
        if (mapping.Fields.Any(field => IsCustom(field) && field.Expression.Evaluate(rows, mapping.IndexOf) is not null) || candidate.Rows[0].Extras.Count > 0)
        {
            builder.WithCustomData(data => SetCustomData(data, candidate, rows, own));
        }

        try
        {
            var rokuEvent = builder.Build();
            problems = own;
            return own.Count == 0 ? rokuEvent : null;
        }
        catch (RokuEventValidationException exception)
        {
            problems = [.. own, .. exception.Problems.Select(Problem.Of)];
            return null;
        }
    }

    // The same on every run, so that what is sent again is recognized.
    private string Id(Candidate candidate, List<string?[]> rows) =>
        mapping.OwnId(rows) ?? "row-" + CsvRows.Hash($"{fileName}\n{candidate.Line}\n{string.Join('\n', candidate.Rows.Select(row => row.ContentHash))}");

    private void SetTime(RokuEventBuilder builder, List<string?[]> rows, List<Problem> own)
    {
        if (mapping.Value(Field.Paths.Time, rows) is not { } text)
        {
            own.Add(new(Field.Paths.Time, "is empty", "give the time it happened"));
            return;
        }

        var (seconds, problem) = mapping.Times.Read(text);
        if (problem is not null)
        {
            own.Add(problem);
        }
        else
        {
            builder.At(seconds!.Value);
        }
    }

    private void SetLimitedDataUse(RokuEventBuilder builder, List<string?[]> rows, List<Problem> own)
    {
        switch (mapping.Value("opt_out", rows)?.Trim().ToUpperInvariant())
        {
            case null:
                break;
            case "TRUE" or "1" or "YES" or "Y":
                builder.WithLimitedDataUse();
                break;
            case "FALSE" or "0" or "NO" or "N":
                builder.WithLimitedDataUse(false);
                break;
            default:
                own.Add(new("opt_out", "is neither true nor false", "write true or false"));
                break;
        }
    }

    private void SetUser(UserDataBuilder user, List<string?[]> rows)
    {
        foreach (var field in mapping.Fields)
        {
            if (field.Field.SetUser is { } set && field.Expression.Evaluate(rows, mapping.IndexOf) is { } value)
            {
                (field.Field.SetHashedUser is { } setHashed && IdentifierHash.TryParse(value.Trim(), out _) ? setHashed : set)(user, value);
            }
        }
    }

    private static bool IsCustom(MappedField field) => field.Field.Path.StartsWith('c');

    private void SetCustomData(CustomDataBuilder data, Candidate candidate, List<string?[]> rows, List<Problem> own)
    {
        foreach (var field in mapping.Fields)
        {
            if (field.Field.SetCustom is { } set && field.Expression.Evaluate(rows, mapping.IndexOf) is { } text)
            {
                set(data, text);
            }
        }

        if (Decimal(Field.Paths.Value, rows, own) is { } value)
        {
            data.Value(value, mapping.Value(Field.Paths.Currency, rows) ?? "");
        }

        if (Decimal(Field.Paths.PredictedLtv, rows, own) is { } predictedLtv)
        {
            data.PredictedLtv(predictedLtv);
        }

        if (Whole(Field.Paths.NumItems, rows, own) is { } numItems)
        {
            data.NumItems(numItems);
        }

        Choose(Field.Paths.PurchaseType, ("first_time_purchase", PurchaseType.FirstTime), ("repeat_purchase", PurchaseType.Repeat), rows, own, type => data.PurchaseType(type));
        Choose(Field.Paths.ContentType, ("product", ContentType.Product), ("product_group", ContentType.ProductGroup), rows, own, type => data.ContentType(type));
        if (Delivery(Field.Paths.DeliveryCategory, rows, own) is { } delivery)
        {
            data.DeliveryCategory(delivery);
        }

        SetContentIds(data, rows, own);
        SetProducts(data, rows, own);
        SetWrittenProducts(data, rows, own);
        foreach (var (name, json) in candidate.Rows[0].Extras)
        {
            data.UndocumentedField(name, JsonNode.Parse(json)!);
        }
    }

    private void SetContentIds(CustomDataBuilder data, List<string?[]> rows, List<Problem> own)
    {
        if (mapping.Value(Field.Paths.ContentIds, rows) is not { } text)
        {
            return;
        }

        if (!text.StartsWith('['))
        {
            data.ContentIds(text.Split([',', ';', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            return;
        }

        using var list = JsonDocument.Parse(text);
        if (list.RootElement.EnumerateArray().Any(id => id.ValueKind != JsonValueKind.String))
        {
            own.Add(new(Field.Paths.ContentIds, "holds what is no text", "write a list of texts"));
            return;
        }

        data.ContentIds(list.RootElement.EnumerateArray().Select(id => id.GetString()!));
    }

    // Each row a product; what was brought back within the same order is no product bought.
    private void SetProducts(CustomDataBuilder data, List<string?[]> rows, List<Problem> own)
    {
        foreach (var row in rows)
        {
            if (mapping.Value(Field.Paths.ProductId, [row]) is not { } id)
            {
                continue;
            }

            var quantity = Whole(Field.Paths.ProductQuantity, [row], own) ?? 1;
            var price = Decimal(Field.Paths.ProductPrice, [row], own);
            if (quantity > 0)
            {
                data.Product(id, quantity, price, Delivery(Field.Paths.ProductDelivery, [row], own));
            }
        }
    }

    // "contents" as a whole, as events written by Roku's own names have it.
    private void SetWrittenProducts(CustomDataBuilder data, List<string?[]> rows, List<Problem> own)
    {
        if (mapping.Value(Field.Paths.Contents, rows) is not { } text)
        {
            return;
        }

        using var document = JsonDocument.Parse(text.StartsWith('[') ? text : "[0]");
        foreach (var product in document.RootElement.EnumerateArray())
        {
            if (product.ValueKind != JsonValueKind.Object || !product.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String
                || product.EnumerateObject().Any(member => member.Name is not ("id" or "quantity" or "item_price" or "delivery_category")))
            {
                own.Add(new(Field.Paths.Contents, "is no list of products", "write objects with id, and perhaps quantity, item_price and delivery_category"));
                return;
            }

            string?[] parts = [Part(product, "quantity"), Part(product, "item_price"), Part(product, "delivery_category")];
            data.Product(
                id.GetString()!,
                parts[0] is null ? 1 : Whole(Field.Paths.Contents, parts[0]!, own) ?? 1,
                parts[1] is null ? null : Decimal(Field.Paths.Contents, parts[1]!, own),
                parts[2] is null ? null : Delivery(Field.Paths.Contents, parts[2]!, own));
        }

        static string? Part(JsonElement product, string name) => !product.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null ? null : part.ToString();
    }

    private void Choose<T>(string path, (string Text, T Value) first, (string Text, T Value) second, List<string?[]> rows, List<Problem> own, Action<T> set)
    {
        var text = mapping.Value(path, rows)?.Trim();
        if (text == first.Text || text == second.Text)
        {
            set(text == first.Text ? first.Value : second.Value);
        }
        else if (text is not null)
        {
            own.Add(new(path, "is no value that Roku knows", $"write {first.Text} or {second.Text}"));
        }
    }

    private DeliveryCategory? Delivery(string path, List<string?[]> rows, List<Problem> own) => mapping.Value(path, rows) is { } text ? Delivery(path, text, own) : null;

    private static DeliveryCategory? Delivery(string path, string text, List<Problem> own)
    {
        DeliveryCategory? category = text.Trim() switch
        {
            "in_store" => DeliveryCategory.InStore,
            "curbside" => DeliveryCategory.Curbside,
            "home_delivery" => DeliveryCategory.HomeDelivery,
            _ => null,
        };
        if (category is null)
        {
            own.Add(new(path, "is no value that Roku knows", "write in_store, curbside or home_delivery"));
        }

        return category;
    }

    private decimal? Decimal(string path, List<string?[]> rows, List<Problem> own) => mapping.Value(path, rows) is { } text ? Decimal(path, text, own) : null;

    private static decimal? Decimal(string path, string text, List<Problem> own)
    {
        if (Numbers.TryRead(text, out var number))
        {
            return number;
        }

        own.Add(new(path, "is no number", "write it with a point for decimals and without currency, such as 1234.50"));
        return null;
    }

    private int? Whole(string path, List<string?[]> rows, List<Problem> own) => mapping.Value(path, rows) is { } text ? Whole(path, text, own) : null;

    // 6.0 is 6, as files written by programs for data have it.
    private static int? Whole(string path, string text, List<Problem> own)
    {
        if (Numbers.TryRead(text, out var number) && number == decimal.Truncate(number) && Math.Abs(number) <= int.MaxValue)
        {
            return (int)number;
        }

        own.Add(new(path, "is no whole number", "write digits alone"));
        return null;
    }
}
