using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace TriageWorker.Host.Telemetry;

/// <summary>Sends spans to the collector, on a thread of its own, and says once when it cannot. Work knows nothing of it.</summary>
internal sealed partial class CollectorExporter(OtlpOptions settings, ILogger<CollectorExporter> log) : OtlpTraceExporter(For(settings))
{
    private bool _isAway;

    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var result = base.Export(activityBatch);
        var isAway = result != ExportResult.Success;
        if (isAway && !_isAway) LogAway(settings.Endpoint!.GetLeftPart(UriPartial.Authority));
        if (!isAway && _isAway) LogBack();
        _isAway = isAway;
        return result;
    }

    private static OtlpExporterOptions For(OtlpOptions settings) => new()
    {
        Endpoint = settings is { Protocol: OtlpExportProtocol.HttpProtobuf, Endpoint.AbsolutePath: "/" } ? new Uri(settings.Endpoint, "v1/traces") : settings.Endpoint!,
        Protocol = settings.Protocol,
        TimeoutMilliseconds = (int)settings.Timeout.TotalMilliseconds,
    };

    [LoggerMessage(9010, LogLevel.Warning, "The collector {Collector} (Telemetry:Otlp) does not take traces; they are dropped, and work goes on")]
    private partial void LogAway(string collector);

    [LoggerMessage(9011, LogLevel.Information, "The collector takes traces again")]
    private partial void LogBack();
}
