using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.Http;

/// <summary>One part of the host. <paramref name="Why"/> says in the caller's language what it waits for, or what one should know of it; null when it is well.</summary>
public sealed record PartReadiness(string Part, string Status, string? Why);

/// <summary>Whether the host does its work. <paramref name="Status"/>: <c>ready</c>, <c>degraded</c> (works, something needs care) or <c>not-ready</c>.</summary>
public sealed record HostReadiness(string Status, IReadOnlyList<PartReadiness> Parts);

/// <summary>
/// <c>/healthz/live</c> says that the process answers and needs no token. <c>/healthz/ready</c> runs every health check that the features have
/// registered: 200 when all are well or degraded, 503 when one is not ready. A check's description is a text key under <c>ready.</c>, or plain text.
/// </summary>
internal static class Readiness
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("host");
        health.MapGet("/live", () => TypedResults.Text("live\n")).AllowAnonymous().WithName("GetLive");
        // Some load balancers ask with HEAD.
        health.MapMethods("/live", [HttpMethods.Head], () => TypedResults.Ok()).AllowAnonymous().ExcludeFromDescription();
        health.MapGet("/ready", GetReady).RequireAuthorization("viewer").WithName("GetReady")
            .Produces<HostReadiness>().Produces<HostReadiness>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<JsonHttpResult<HostReadiness>> GetReady(HealthCheckService checks, HttpContext context)
    {
        var report = await checks.CheckHealthAsync(context.RequestAborted);
        var language = TextBook.LanguageOf(context.Request);
        var parts = report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new PartReadiness(e.Key, NameOf(e.Value.Status), e.Value.Status == HealthStatus.Healthy && e.Value.Description is null ? null : WhyOf(language, e.Value)))
            .ToList();
        var status = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return TypedResults.Json(new HostReadiness(NameOf(report.Status), parts), statusCode: status);
    }

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
