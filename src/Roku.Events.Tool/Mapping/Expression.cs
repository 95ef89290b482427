using System.Globalization;
using System.Text;

namespace Roku.Events.Tool.Mapping;

// Where the value of a field comes from: a column, a constant ("=PURCHASE"), a text with columns in it
// ("order-{InvoiceNo}", "{CustomerID:0}"), or a sum of products over the rows of the event ("sum(Quantity*UnitPrice)").
internal abstract class Expression
{
    public abstract IEnumerable<string> Columns { get; }

    // Null when a column that it needs is empty.
    public abstract string? Evaluate(IReadOnlyList<string?[]> rows, Func<string, int> indexOf);

    public string? Evaluate(string?[] row, Func<string, int> indexOf) => Evaluate([row], indexOf);

    public static Expression Parse(string text)
    {
        if (text.StartsWith('='))
        {
            return new Constant(text[1..]);
        }

        if (text.StartsWith("sum(", StringComparison.OrdinalIgnoreCase) && text.EndsWith(')'))
        {
            return new Sum([.. text[4..^1].Split('*', StringSplitOptions.TrimEntries)]);
        }

        return text.Contains('{', StringComparison.Ordinal) ? Template.Of(text) : new Column(text.Trim());
    }

    private sealed class Constant(string text) : Expression
    {
        public override IEnumerable<string> Columns => [];

        public override string Evaluate(IReadOnlyList<string?[]> rows, Func<string, int> indexOf) => text;
    }

    private sealed class Column(string name) : Expression
    {
        public override IEnumerable<string> Columns => [name];

        public override string? Evaluate(IReadOnlyList<string?[]> rows, Func<string, int> indexOf) => rows[0][indexOf(name)];
    }

    private sealed class Sum(string[] factors) : Expression
    {
        public override IEnumerable<string> Columns => factors;

        public override string? Evaluate(IReadOnlyList<string?[]> rows, Func<string, int> indexOf)
        {
            var sum = 0m;
            foreach (var row in rows)
            {
                var product = 1m;
                foreach (var factor in factors)
                {
                    // Not a number as a whole: the field that it is for says so.
                    if (!Numbers.TryRead(row[indexOf(factor)], out var number))
                    {
                        return row[indexOf(factor)] is null ? null : "not a number";
                    }

                    product *= number;
                }

                sum += product;
            }

            return sum.ToString(CultureInfo.InvariantCulture);
        }
    }

    private sealed class Template(IReadOnlyList<(string Text, string? Column, string? Format)> parts) : Expression
    {
        public override IEnumerable<string> Columns => parts.Select(part => part.Column).OfType<string>();

        public static Template Of(string text)
        {
            var parts = new List<(string, string?, string?)>();
            var position = 0;
            while (position < text.Length)
            {
                var open = text.IndexOf('{', position);
                if (open < 0)
                {
                    parts.Add((text[position..], null, null));
                    break;
                }

                var close = text.IndexOf('}', open);
                if (close < 0)
                {
                    throw new ToolException($"'{text}' has a brace that is never closed. Write a column as {{Name}}, or {{Name:0.00}} to format a number.");
                }

                var inside = text[(open + 1)..close].Split(':', 2);
                parts.Add((text[position..open], inside[0].Trim(), inside.Length > 1 ? inside[1] : null));
                position = close + 1;
            }

            return new Template(parts);
        }

        public override string? Evaluate(IReadOnlyList<string?[]> rows, Func<string, int> indexOf)
        {
            var text = new StringBuilder();
            foreach (var (before, column, format) in parts)
            {
                text.Append(before);
                if (column is null)
                {
                    continue;
                }

                if (rows[0][indexOf(column)] is not { } value)
                {
                    return null;
                }

                text.Append(format is not null && Numbers.TryRead(value, out var number)
                    ? number.ToString(format, CultureInfo.InvariantCulture)
                    : value);
            }

            return text.ToString();
        }
    }
}
