using System.IO.Compression;
using System.Net;
using LuohuIOC.Http.Telemetry;
using LuohuIOC.Http.Tls;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders;

namespace LuohuIOC.Http;

/// <summary>The shell around every endpoint: listener, JSON, problems, headers, compression, health, metrics, API description.</summary>
public static class HttpFeature
{
    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<HttpOptions>>((kestrel, http) => Listen(kestrel, http.Value));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<HttpOptions>>((forwarded, http) => Believe(forwarded, http.Value));
        builder.WebHost.UseKestrelHttpsConfiguration();
        services.ConfigureHttpJsonOptions(json => HttpJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddExceptionHandler<Failures>();
        services.AddHealthChecks();
        services.AddSingleton<LastReport>();
        services.AddHttpContextAccessor();
        services.AddResponseCompression(Compress);
        // Speed over size: the wall's frames and lists are built thousands of times, over a local network.
        services.Configure<BrotliCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        builder.AddTelemetry();
        services.AddApiDescription();
        LogTimes(builder);
        // ASP.NET Core's own request lines hold the query string, and under /hubs a token in it.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        StartupPhase.Quieten(builder);
        return builder;
    }

    /// <summary>An inquiry asks when: every line says so, in the host's own time with its offset, unless the configuration wants another form.</summary>
    private static void LogTimes(WebApplicationBuilder builder) => builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = new Dictionary<string, string?> { ["Logging:Console:FormatterName"] = "simple", ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-dd HH:mm:ss.fff zzz " },
    });

    /// <summary>First of all MapX: its middleware wraps whatever comes after.</summary>
    public static WebApplication MapHttp(this WebApplication app)
    {
        app.Services.GetRequiredService<StartupPhase>().EndWith(app.Lifetime);
        app.UseForwardedHeaders();
        app.UseMiddleware<RequestLog>();
        app.UseExceptionHandler(_ => { });
        app.Use(SecurityHeaders.Add);
        app.UseResponseCompression();
        app.UseStatusCodePages(pages => Failures.DescribeAsync(pages.HttpContext));
        app.Use(HeadRequests.Answer);
        app.Use(BodyEncoding.Check);
        app.Use(BodyCharset.Check);
        app.UseRouting();
        app.UseMiddleware<RequestsAtStop>();
        app.UseMiddleware<UnknownParameters>();
        app.MapHealth();
        // By itself it answers any method.
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).RequireAuthorization("viewer");
        app.MapApiDescription();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, HttpOptions http)
    {
        // Kestrel's limits hold for the MQTT listener's connections too, so no limit on connections here.
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = http.BodyBytesMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        if (http.Tls.Only) kestrel.ListenLocalhost(http.Port);
        else Listen(kestrel, http.Bind, http.Port, _ => { });
        if (http.Tls.Port > 0) Listen(kestrel, http.Bind, http.Tls.Port, listen => listen.UseTls("Http:Tls", http.Tls));
    }

    private static void Listen(KestrelServerOptions kestrel, string bind, int port, Action<ListenOptions> how)
    {
        if (bind == "localhost" && port > 0) kestrel.ListenLocalhost(port, how);
        else if (bind == "*") kestrel.ListenAnyIP(port, how);
        else kestrel.Listen(IPAddress.TryParse(bind, out var address) ? address : IPAddress.Loopback, port, how);
    }

    // Loopback is among the known ones already. The name in the address needs no header of its own: proxies hand the Host on as it came.
    private static void Believe(ForwardedHeadersOptions forwarded, HttpOptions http)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        foreach (var network in http.ProxyNetworks) forwarded.KnownIPNetworks.Add(network);
    }

    private static void Compress(ResponseCompressionOptions compression)
    {
        compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "application/geo+json", "text/csv", "image/svg+xml"];
    }
}
