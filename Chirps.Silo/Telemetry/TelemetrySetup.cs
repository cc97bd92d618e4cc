using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Chirps.Silo.Telemetry;

/// <summary>Puts logs and export into a host, as the options say.</summary>
internal static class TelemetrySetup
{
    /// <summary>Logs to the console, as text or as JSON.</summary>
    public static void AddConsole(this ILoggingBuilder logging, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            logging.Services.TryAddSingleton(TimeProvider.System);
            logging.AddConsole(console => console.FormatterName = JsonLineFormatter.FormatterName);
            logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
    }

    /// <summary>Exports metrics and traces, if an endpoint is configured. Call after the silo was added: the export needs its node.</summary>
    public static void AddOtlp(this IServiceCollection services, OtlpOptions options)
    {
        if (options.Endpoint.Length > 0)
        {
            services.AddSingleton(options);
            services.AddHostedService<OtlpExport>();
        }
    }
}
