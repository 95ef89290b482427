using System.Text.Json;

namespace Roku.Events.Emulator;

// Events and revenue over time in a bounded number of buckets: when the time no longer fits, buckets double their width, up to a
// day; beyond that the oldest are left out.
internal sealed class Timeline
{
    private const int MaxBuckets = 240;
    private const int MaxCurrencies = 8;
    private const long MaxWidth = 24 * 60 * 60;

    private readonly Dictionary<string, decimal[]> _revenue = [];
    private readonly decimal[] _events = new decimal[MaxBuckets];
    private long _width = 1;
    private long _first;
    private long _last = -1;

    public void Add(long second, string? currency, decimal value)
    {
        if (!MakeRoom(second))
        {
            return;
        }

        var slot = second / _width - _first;
        _events[slot]++;
        if (currency is not null && SeriesOf(currency) is { } series)
        {
            series[slot] += value;
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        var count = (int)(_last - _first + 1);
        writer.WriteNumber("width"u8, _width);
        writer.WriteNumber("start"u8, _first * _width);
        writer.WriteStartArray("events"u8);
        foreach (var events in _events.AsSpan(0, count))
        {
            writer.WriteNumberValue(events);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("revenue"u8);
        foreach (var (currency, series) in _revenue)
        {
            writer.WriteStartArray(currency);
            foreach (var revenue in series.AsSpan(0, count))
            {
                writer.WriteNumberValue(revenue);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private bool MakeRoom(long second)
    {
        if (_last < _first)
        {
            _first = _last = second / _width;
            return true;
        }

        while (Span(second) > MaxBuckets && _width < MaxWidth)
        {
            DoubleWidth();
        }

        var bucket = second / _width;
        if (Span(second) > MaxBuckets && bucket < _first)
        {
            return false;
        }

        var first = Math.Max(Math.Min(_first, bucket), Math.Max(_last, bucket) - MaxBuckets + 1);
        Move(first);
        _last = Math.Max(_last, bucket);
        return true;
    }

    private long Span(long second) => Math.Max(_last, second / _width) - Math.Min(_first, second / _width) + 1;

    private void Move(long first)
    {
        if (first == _first)
        {
            return;
        }

        ForEach(series => Shift(series, _first - first));
        _first = first;
    }

    private void DoubleWidth()
    {
        var odd = (int)(_first % 2);
        ForEach(series => Merge(series, odd));
        (_first, _last, _width) = (_first / 2, _last / 2, _width * 2);
    }

    private void ForEach(Action<decimal[]> change)
    {
        change(_events);
        foreach (var series in _revenue.Values)
        {
            change(series);
        }
    }

    private static void Shift(decimal[] series, long by)
    {
        var copy = (decimal[])series.Clone();
        Array.Clear(series);
        if (Math.Abs(by) < MaxBuckets)
        {
            Array.Copy(copy, Math.Max(0, -by), series, Math.Max(0, by), MaxBuckets - Math.Abs(by));
        }
    }

    private static void Merge(decimal[] series, int odd)
    {
        var copy = (decimal[])series.Clone();
        Array.Clear(series);
        for (var i = 0; i < MaxBuckets; i++)
        {
            series[(i + odd) / 2] += copy[i];
        }
    }

    private decimal[]? SeriesOf(string currency)
    {
        if (!_revenue.TryGetValue(currency, out var series) && _revenue.Count < MaxCurrencies)
        {
            _revenue.Add(currency, series = new decimal[MaxBuckets]);
        }

        return series;
    }
}
