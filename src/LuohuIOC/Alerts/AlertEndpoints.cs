using LuohuIOC.Http;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Authorization;

namespace LuohuIOC.Alerts;

/// <summary>One page of alerts.</summary>
/// <param name="Items">Newest raised first.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null at the end.</param>
public sealed record AlertPage(IReadOnlyList<AlertView> Items, string? Next);

/// <summary>One step in an alert's life; <c>evidenceText</c> is its evidence as a sentence in the reader's language.</summary>
public sealed record AlertEventView(
    int Sequence, string Type, DateTimeOffset At, string Actor, string? Comment, string? Assignee, string? From, string? To,
    string? Metric, double? Value, double? Threshold, DateTimeOffset? ObservedAt, string? Evidence, string? Verdict, string? EvidenceText, DateTimeOffset? DueAt, NoticeDelivery[]? Notices);

/// <summary>An alert with everything that happened to it, oldest first, and what stood around it when it was raised (null until that has been looked at).</summary>
public sealed record AlertDetail(AlertView Alert, IReadOnlyList<AlertEventView> Events, SurroundingsView? Surroundings);

/// <summary>Open alerts counted.</summary>
public sealed record AlertSummary(
    int Open, int Unacknowledged, IReadOnlyDictionary<string, int> BySeverity, IReadOnlyDictionary<string, int> ByStreet, IReadOnlyDictionary<string, int> ByKind);

/// <summary>HTTP for officers: lists, one alert with its events, counts, and the check of the hash chain. What they do about one is in <see cref="AlertStepEndpoints"/>.</summary>
internal static class AlertEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapGroup("/api/v1/alerts").WithTags("alerts");
        alerts.MapGet("", List).RequireAuthorization("viewer")
            .Gives<AlertPage>(CsvAnswer.MediaType).ProducesProblem(400).Asks([.. AlertFilter.Names, CsvAnswer.Parameter]);
        alerts.MapGet("/summary", Summary).RequireAuthorization("viewer").Produces<AlertSummary>();
        alerts.MapGet("/verification", (AlertChain chain) => chain.Verify()).RequireAuthorization("administrator");
        alerts.MapGet("/{id}", Detail).RequireAuthorization("viewer").Produces<AlertDetail>().ProducesProblem(404);
        AlertStepEndpoints.Map(alerts);
    }

    private static async Task<IResult> List(HttpContext context, AlertQueries queries, AlertStore store, TimeProvider time)
    {
        if (!CsvAnswer.TryRead(context.Request, out var isCsv)) return CsvAnswer.Unknown(context);
        if (AlertFilter.TryParse(context.Request.Query, out var filter) is { } parameter)
            return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-filter", parameter, context.Request.Query[parameter].ToString());
        if (filter.FromMs > filter.ToMs || filter.HeldFromMs > filter.HeldToMs) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-range");
        var language = TextBook.LanguageOf(context.Request);
        await store.SettledAsync(context.RequestAborted);
        if (isCsv)
        {
            var rowsMax = string.IsNullOrEmpty(context.Request.Query["limit"]) ? AlertCsv.RowsMax : filter.Limit;
            return await CsvAnswer.WriteAsync(context, "alerts", time.GetUtcNow(), AlertCsv.Heads(language), AlertCsv.Rows(queries, filter, rowsMax, language).ToAsyncEnumerable());
        }
        var (items, next) = queries.List(filter);
        return Results.Ok(new AlertPage([.. items.Select(alert => AlertView.Of(alert, language))], next?.ToString()));
    }

    private static AlertSummary Summary(AlertBoard board)
    {
        var open = board.Open.ToArray();
        Dictionary<string, int> Count(Func<AlertView, string> key) => open.CountBy(key).OrderByDescending(c => c.Value).ToDictionary();
        var bySeverity = Enum.GetValues<Severity>().Reverse().Select(AlertWords.Of).ToDictionary(s => s, s => open.Count(alert => alert.Severity == s));
        return new AlertSummary(open.Length, open.Count(alert => alert.State == AlertWords.Of(AlertState.Raised)), bySeverity, Count(a => a.Street), Count(a => a.Kind));
    }

    private static async Task<IResult> Detail(string id, HttpContext context, AlertQueries queries, AlertStore store, IAuthorizationService authorization)
    {
        await store.SettledAsync(context.RequestAborted);
        if (queries.Find(id) is not { } alert) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        // Walls in a hall show who was told; whole addresses are for those who keep the watch.
        var isOfficer = (await authorization.AuthorizeAsync(context.User, "duty-officer")).Succeeded;
        IfMatch.Tell(context.Response, alert.Version);
        return Results.Ok(new AlertDetail(
            AlertView.Of(alert, language), [.. queries.EventsOf(id).Select(e => View(e, alert.Subject.Kind, language, isOfficer))], alert.Surroundings is { } found ? SurroundingsView.Of(alert, found, language) : null));
    }

    private static AlertEventView View(AlertEvent happened, string kind, string language, bool isOfficer) => new(
        happened.Sequence, happened.Type.ToString().ToLowerInvariant(), happened.At, happened.Actor, happened.Comment, happened.Assignee,
        happened.From is { } from ? AlertWords.Of(from) : null, happened.To is { } to ? AlertWords.Of(to) : null,
        happened.Metric, happened.Value, happened.Threshold, happened.ObservedAt, happened.Evidence,
        happened.Verdict is { } verdict ? AlertWords.Of(verdict) : null,
        EvidenceWords.Of(language, kind, happened.Metric ?? "", happened.Value, happened.Threshold, happened.Evidence), happened.DueAt,
        isOfficer ? happened.Notices : happened.Notices?.Select(notice => notice.Masked()).ToArray());
}
