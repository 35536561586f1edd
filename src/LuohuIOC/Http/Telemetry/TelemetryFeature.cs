using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LuohuIOC.Http.Telemetry;

/// <summary>Metrics for Prometheus; with <c>Telemetry:Otlp:Endpoint</c> metrics and traces for a collector.</summary>
internal static class TelemetryFeature
{
    private static readonly string[] Meters = ["LuohuIOC.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.Otlp.Endpoint.Length == 0 || EndpointOf(o) is not null, "Telemetry:Otlp:Endpoint must be an address like http://collector:4318.").ValidateOnStart();
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        var endpoint = EndpointOf(options);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(r => r.AddService("luohu-ioc", serviceInstanceId: $"{Environment.MachineName}:{builder.Configuration["Http:Port"] ?? "8080"}"));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddPrometheusExporter();
            if (endpoint is not null) metrics.AddOtlpExporter(o => Aim(o, endpoint, options, "v1/metrics"));
        });
        // Without a collector nothing listens, and nothing is spent.
        if (endpoint is null) return;
        telemetry.WithTracing(traces => traces
            .AddSource("LuohuIOC.*").SetSampler(new AlwaysOnSampler())
            .AddAspNetCoreInstrumentation(web => web.Filter = context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            .AddOtlpExporter(o => Aim(o, endpoint, options, "v1/traces")));
    }

    private static Uri? EndpointOf(TelemetryOptions options) =>
        Uri.TryCreate(options.Otlp.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static void Aim(OtlpExporterOptions exporter, Uri endpoint, TelemetryOptions options, string path)
    {
        exporter.Protocol = options.Otlp.Protocol;
        exporter.Endpoint = options.Otlp.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/"), path) : endpoint;
    }
}
