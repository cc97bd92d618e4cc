using System.Diagnostics.Metrics;
using Chirps.Node;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chirps.Silo.Telemetry;

/// <summary>Sends what the node measures, and its activities, to a collector while the silo runs. What is left is sent when it stops.</summary>
internal sealed class OtlpExport(OtlpOptions options, IMeterFactory meters, IServiceProvider services) : IHostedService, IDisposable
{
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The node runs by now: the silo was started before.
        var node = services.GetRequiredService<IMeshNode>();
        var resource = ResourceBuilder.CreateDefault().AddService(
            "chirps", node.Cluster, typeof(OtlpExport).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false, node.Membership.Self.Id.ToString());
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(ChirpsTelemetry.MeterName)
            // Other silos of the process have meters of the same name.
            .AddView(instrument => instrument.Meter.Scope == meters ? null : MetricStreamConfiguration.Drop)
            .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(Exporter("metrics")), (int)options.Interval.TotalMilliseconds))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(ChirpsTelemetry.SourceName)
            // Without these a trace through a grain has gaps, and does not cross the call at all.
            .AddSource(Orleans.Diagnostics.ActivitySources.ApplicationGrainActivitySourceName)
            .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(Exporter("traces"))))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, cancellationToken);

    public void Dispose()
    {
        Interlocked.Exchange(ref _metrics, null)?.Dispose();
        Interlocked.Exchange(ref _traces, null)?.Dispose();
    }

    private OtlpExporterOptions Exporter(string signal)
    {
        var isGrpc = options.Protocol == OtlpProtocol.Grpc;
        return new OtlpExporterOptions
        {
            Endpoint = isGrpc ? new Uri(options.Endpoint) : new Uri($"{options.Endpoint.TrimEnd('/')}/v1/{signal}"),
            Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = options.Headers.Length > 0 ? options.Headers : null,
        };
    }
}
