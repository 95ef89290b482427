using System.Security.Cryptography;
using System.Text;

namespace Roku.Events.Tool.Mapping;

// How the columns of one file fill the fields of events.
internal sealed class FileMapping
{
    private readonly Dictionary<string, int> _indexes = [];
    private readonly Dictionary<string, MappedField> _byPath;
    private readonly MappingSettings _settings;
    private readonly IReadOnlyList<string>? _header;

    private FileMapping(MappingSettings settings, IReadOnlyList<string>? header, List<MappedField> fields)
    {
        _settings = settings;
        _header = header;
        Fields = fields;
        _byPath = fields.ToDictionary(mapped => mapped.Field.Path);
        Skip = [.. settings.Skip.Select(SkipRule.Parse)];
        GroupBy = settings.GroupBy is null ? null : Expression.Parse(settings.GroupBy.Contains('{', StringComparison.Ordinal) ? settings.GroupBy : $"{{{settings.GroupBy}}}");
        Times = new TimeReader(settings.TimeZone, settings.TimeFormat);
        var columns = new List<string>();
        foreach (var name in fields.SelectMany(field => field.Expression.Columns).Concat(Skip.Select(rule => rule.Column)).Concat(GroupBy?.Columns ?? []))
        {
            var column = Resolve(name);
            if (!columns.Contains(column))
            {
                columns.Add(column);
            }

            _indexes[name] = columns.IndexOf(column);
        }

        Columns = columns;
    }

    public IReadOnlyList<MappedField> Fields { get; }

    public IReadOnlyList<SkipRule> Skip { get; }

    public Expression? GroupBy { get; }

    public TimeReader Times { get; }

    // What each row has to hold, in this order.
    public IReadOnlyList<string> Columns { get; }

    public bool IsGuessed => Fields.Any(mapped => mapped.Origin == Origin.Guessed);

    public bool Has(string path) => _byPath.ContainsKey(path);

    // What the rows of an event give a field; null when nothing.
    public string? Value(string path, IReadOnlyList<string?[]> rows) =>
        _byPath.TryGetValue(path, out var mapped) ? mapped.Expression.Evaluate(rows, IndexOf) : null;

    // The id that the rows bring along; null when they have none, and get one from what they hold.
    public string? OwnId(IReadOnlyList<string?[]> rows) => Value(Field.Paths.Id, rows) ?? Value(Field.Paths.OrderId, rows);

    // The header is null for JSON Lines; without anything told, those carry Roku's own names.
    public static FileMapping Of(MappingSettings settings, IReadOnlyList<string>? header, string prefix = "")
    {
        var told = settings.Fields.Select(pair => new MappedField(Field.Named(pair.Key), Expression.Parse(pair.Value), pair.Value, Origin.Told)).ToList();
        if (told.GroupBy(field => field.Field).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ToolException($"{twice.Key.Path} is mapped twice.");
        }

        if (header is null && told.Count == 0)
        {
            told.AddRange(Field.All.Select(field => new MappedField(field, Expression.Parse($"{{{prefix}{field.Path}}}"), prefix + field.Path, Origin.AsWritten)));
        }

        if (header is not null && settings.MayGuess)
        {
            told.AddRange(Guess(header, told));
        }

        var mapping = new FileMapping(settings, header, told);
        mapping.Check();
        return mapping;
    }

    public int IndexOf(string column) => _indexes[column];

    // Changes whenever an event might come out otherwise.
    public string Hash()
    {
        var text = string.Join('\n', Fields.Select(field => $"{field.Field.Path}={field.Text}").Order(StringComparer.Ordinal)
            .Concat(_settings.Skip).Append($"{_settings.GroupBy}\n{Times.Zone}\n{_settings.TimeFormat}"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)).ToLowerInvariant();
    }

    private static List<MappedField> Guess(IReadOnlyList<string> header, List<MappedField> told)
    {
        var guesses = new List<MappedField>();
        var free = header.Except(told.SelectMany(field => field.Expression.Columns)).ToList();
        foreach (var field in Field.All.Where(field => told.TrueForAll(other => other.Field != field)))
        {
            if (free.Find(column => field.Headers.Contains(Field.Simple(column))) is { } column)
            {
                free.Remove(column);
                guesses.Add(new MappedField(field, Expression.Parse($"{{{column}}}"), column, Origin.Guessed));
            }
        }

        return guesses;
    }

    private string Resolve(string name)
    {
        if (_header is null || _header.Contains(name))
        {
            return name;
        }

        return _header.FirstOrDefault(column => Field.Simple(column) == Field.Simple(name) && Field.Simple(name).Length > 0)
            ?? throw new ToolException($"The file has no column '{name}'. It has: {string.Join(", ", _header)}.");
    }

    private void Check()
    {
        var missing = new List<string>();
        Require(Field.Paths.Name, "--map event_name==PURCHASE");
        Require(Field.Paths.Time, "--map event_time=Column");
        Require(Field.Paths.Source, "--map event_source==website (or physical_store, phone_call, …)");
        if (!Fields.Any(field => field.Field.IsMatchKey))
        {
            missing.Add("an identifier to match by: --map user_data.em=Column (or user_data.ph, user_data.client_ip_address, …)");
        }

        if (Has(Field.Paths.Value) != Has(Field.Paths.Currency))
        {
            missing.Add(Has(Field.Paths.Value) ? "custom_data.currency: --map custom_data.currency==USD" : "custom_data.value: --map custom_data.value=Column");
        }

        if (!Has(Field.Paths.ProductId) && Fields.Any(field => field.Field.Path.StartsWith("contents.", StringComparison.Ordinal)))
        {
            missing.Add("contents.id, which other fields of contents belong to: --map contents.id=Column");
        }

        if (missing.Count > 0)
        {
            throw new ToolException($"The mapping lacks:\n  {string.Join("\n  ", missing)}{(_header is null ? "" : $"\nThe file has the columns: {string.Join(", ", _header)}.")}");
        }

        void Require(string path, string example)
        {
            if (!Has(path))
            {
                missing.Add($"{path}: {example}");
            }
        }
    }
}

internal sealed record MappedField(Field Field, Expression Expression, string Text, Origin Origin);

internal enum Origin
{
    Told,
    Guessed,

    // The file carries Roku's own names.
    AsWritten,
}
