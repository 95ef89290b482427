using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Roku.Events.Tests.Observability;

// What the OpenTelemetry SDK exports of the meter of one container.
internal sealed class ExportedMetrics : IDisposable
{
    private readonly List<MetricSnapshot> _exported = [];
    private readonly MeterProvider _provider;

    public ExportedMetrics(IServiceProvider services)
    {
        var builder = Sdk.CreateMeterProviderBuilder();
        Listen(builder, services.GetRequiredService<IMeterFactory>());
        _provider = builder.AddInMemoryExporter(_exported).Build();
    }

    public string? Client { get; init; }

    // Meters of one name are one to the SDK, and a container that is disposed ends it for all of them. So the meters of
    // tests that run beside this one must not get in.
    public static MeterProviderBuilder Listen(MeterProviderBuilder builder, IMeterFactory factory) => builder
        .AddMeter("Roku.Events")
        .AddView(instrument => instrument.Meter.Scope == factory ? null : MetricStreamConfiguration.Drop);

    public static IReadOnlyList<ExportedPoint> PointsOf(IEnumerable<MetricSnapshot> metrics)
    {
        var points = new List<ExportedPoint>();
        foreach (var metric in metrics)
        {
            foreach (var point in metric.MetricPoints)
            {
                var tags = new Dictionary<string, object?>();
                foreach (var (key, value) in point.Tags)
                {
                    tags.Add(key, value);
                }

                points.Add(metric.MetricType switch
                {
                    MetricType.Histogram => new(metric.Name, metric.Unit, metric.Description, metric.MetricType, tags, point.GetHistogramCount(), point.GetHistogramSum()),
                    MetricType.DoubleGauge => new(metric.Name, metric.Unit, metric.Description, metric.MetricType, tags, 1, point.GetGaugeLastValueDouble()),
                    MetricType.LongGauge => new(metric.Name, metric.Unit, metric.Description, metric.MetricType, tags, 1, point.GetGaugeLastValueLong()),
                    _ => new(metric.Name, metric.Unit, metric.Description, metric.MetricType, tags, 1, point.GetSumLong()),
                });
            }
        }

        return points;
    }

    public IReadOnlyList<ExportedPoint> Read()
    {
        _exported.Clear();
        Assert.True(_provider.ForceFlush());
        return [.. PointsOf(_exported).Where(point => Client is null || (string?)point.Tags["roku.client"] == Client)];
    }

    // The sum over all points with these tags; zero when nothing was measured.
    public double Sum(string instrument, params (string Key, string Value)[] tags) => Sum(Read(), instrument, tags);

    public long Count(string instrument, params (string Key, string Value)[] tags) => With(Read(), instrument, tags).Sum(point => point.Count);

    public static double Sum(IEnumerable<ExportedPoint> points, string instrument, params (string Key, string Value)[] tags) =>
        With(points, instrument, tags).Sum(point => point.Value);

    public void Dispose() => _provider.Dispose();

    private static IEnumerable<ExportedPoint> With(IEnumerable<ExportedPoint> points, string instrument, (string Key, string Value)[] tags) =>
        points.Where(point => point.Instrument == "roku.events." + instrument && tags.All(tag => point.Tags.GetValueOrDefault(tag.Key) as string == tag.Value));
}

// Count: how many values a histogram took. Value: their sum, or the value of what is no histogram.
internal sealed record ExportedPoint(
    string Instrument,
    string? Unit,
    string? Description,
    MetricType Type,
    IReadOnlyDictionary<string, object?> Tags,
    long Count,
    double Value);
