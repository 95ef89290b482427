using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roku.Events.Tests.Observability;

// The dashboard and the alerts ask for what the library measures, by the names that Prometheus gives it.
public sealed partial class DashboardTests
{
    [Theory]
    [InlineData("roku-events.json")]
    [InlineData("roku-events-alerts.yml")]
    public async Task Asks_only_for_what_there_is(string file)
    {
        var asked = Metric().Matches(RepositoryFile.Read("samples", "grafana", file)).Select(match => match.Value).Distinct().ToList();
        var published = await PublishedAsync();

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(published.SelectMany(instrument => instrument)));
    }

    [Fact]
    public async Task The_dashboard_shows_every_instrument()
    {
        var asked = Metric().Matches(RepositoryFile.Read("samples", "grafana", "roku-events.json")).Select(match => match.Value).ToHashSet();

        Assert.Empty((await PublishedAsync()).Where(names => !names.Any(asked.Contains)).Select(names => names[0]));
    }

    [Fact]
    public void The_dashboard_is_valid_json_with_panels_that_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(RepositoryFile.Read("samples", "grafana", "roku-events.json"));
        var places = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Select(panel => panel.GetProperty("gridPos"))
            .SelectMany(place => Enumerable.Range(Number(place, "x"), Number(place, "w")).SelectMany(x => Enumerable.Range(Number(place, "y"), Number(place, "h")).Select(y => (x, y))))
            .ToList();

        Assert.Equal(places.Count, places.Distinct().Count());
        Assert.All(places, place => Assert.InRange(place.x, 0, 23));

        static int Number(JsonElement place, string name) => place.GetProperty(name).GetInt32();
    }

    private static async Task<List<string[]>> PublishedAsync()
    {
        await using var client = TestClient.WithEmulator();
        using var instruments = new PublishedInstruments(client.Services);
        return [.. instruments.All.Select(PrometheusNames)];
    }

    // https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/: dots become underscores, the unit
    // is appended unless the name ends in it, annotations in braces are left out, counters end in _total.
    private static string[] PrometheusNames(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = instrument.Name.Replace('.', '_');
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return instrument switch
        {
            Counter<long> => [name + "_total"],
            Histogram<long> or Histogram<double> => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    [GeneratedRegex("roku_events_[a-z_]+")]
    private static partial Regex Metric();
}
