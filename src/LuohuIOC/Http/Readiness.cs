using System.Text.Json.Serialization;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.Http;

/// <summary>One part of the host. <paramref name="Why"/> says in the caller's language what it waits for, or what one should know of it; null when it is well.</summary>
public sealed record PartReadiness(string Part, string Status, string? Why);

/// <summary>Whether the host does its work.</summary>
/// <param name="Status"><c>ready</c>, <c>degraded</c> (works, something needs care) or <c>not-ready</c>.</param>
/// <param name="Parts">Left out for callers without a token.</param>
public sealed record HostReadiness(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PartReadiness>? Parts);

/// <summary>
/// <c>/healthz/live</c> says that the process answers and needs no token. <c>/healthz/ready</c> runs every health check that the features have
/// registered: 200 when all are well or degraded, 503 when one is not ready. Load balancers ask without a token and hear no more than that; parts and
/// reasons may name servers and folders. A check's description is a text key under <c>ready.</c>, or plain text.
/// </summary>
internal static class Readiness
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("host");
        health.MapGet("/live", () => TypedResults.Text("live\n")).AllowAnonymous().WithName("GetLive").GivesOnly("text/plain");
        health.MapGet("/ready", GetReady).AllowAnonymous().WithName("GetReady")
            .Produces<HostReadiness>().Produces<HostReadiness>(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> GetReady(HealthCheckService checks, LastReport last, HttpContext context)
    {
        var caller = await context.AuthenticateAsync();
        if (caller.Failure is not null) return Results.Challenge();
        if (!caller.Succeeded) return Answer(await last.GetAsync(), null);
        var report = await checks.CheckHealthAsync(context.RequestAborted);
        var language = TextBook.LanguageOf(context.Request);
        var parts = report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new PartReadiness(e.Key, NameOf(e.Value.Status), e.Value.Status == HealthStatus.Healthy && e.Value.Description is null ? null : WhyOf(language, e.Value)))
            .ToList();
        return Answer(report, parts);
    }

    private static IResult Answer(HealthReport report, IReadOnlyList<PartReadiness>? parts) => TypedResults.Json(
        new HostReadiness(NameOf(report.Status), parts),
        statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);

    private static string NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Degraded => "degraded",
        _ => "not-ready",
    };

    /// <summary>An exception's message stays in the log: it may name paths and hosts.</summary>
    private static string WhyOf(string language, HealthReportEntry entry)
    {
        if (entry.Exception is not null || string.IsNullOrEmpty(entry.Description)) return TextBook.Get(language, "ready.check-failed");
        var key = $"ready.{entry.Description}";
        var text = TextBook.Get(language, key);
        return text == key ? entry.Description : text;
    }
}

/// <summary>The report that callers without a token get: one a second at most, so that nobody can make the host ask its database at will.</summary>
internal sealed class LastReport(HealthCheckService checks, TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<HealthReport>? _report;
    private long _begunAt;

    public Task<HealthReport> GetAsync()
    {
        lock (_gate)
        {
            if (_report is { IsFaulted: false } && (!_report.IsCompleted || clock.GetElapsedTime(_begunAt) < KeptFor)) return _report;
            _begunAt = clock.GetTimestamp();
            return _report = checks.CheckHealthAsync();
        }
    }
}
