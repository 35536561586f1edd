using System.Diagnostics;
using System.Text.Json.Serialization;
using LuohuIOC.Http;
using LuohuIOC.Storage;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Authorization;

namespace LuohuIOC.Alerts;

/// <summary>What an officer sends with a transition.</summary>
/// <param name="Comment">Free text, at most 2,000 characters.</param>
/// <param name="Assignee">Person or unit, for <c>assign</c>, at most 200 characters.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
/// <param name="DueAt">By when it should be dealt with, for <c>assign</c>: ISO 8601, without an offset Shanghai's time; later than now and within 30 days. Without it there is no deadline.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertRequestBody(string? Comment, string? Assignee, int? Version, string? DueAt = null);

/// <summary>An officer's verdict on an alert.</summary>
/// <param name="Verdict"><c>true</c>: something real had happened; <c>false</c>: a false alarm; <c>none</c>: the mark is taken back.</param>
/// <param name="Comment">Free text, at most 2,000 characters.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertMarkBody(string? Verdict, string? Comment, int? Version);

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

/// <summary>HTTP for officers: lists, one alert with its events, transitions, counts, and the check of the hash chain.</summary>
internal static class AlertEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapGroup("/api/v1/alerts").WithTags("alerts");
        alerts.MapGet("", List).RequireAuthorization("viewer")
            .Produces<AlertPage>().Produces(200, null, CsvAnswer.MediaType).ProducesProblem(400).Asks([.. AlertFilter.Names, CsvAnswer.Parameter]);
        alerts.MapGet("/summary", Summary).RequireAuthorization("viewer").Produces<AlertSummary>();
        alerts.MapGet("/verification", (AlertChain chain) => chain.Verify()).RequireAuthorization("administrator");
        alerts.MapGet("/{id}", Detail).RequireAuthorization("viewer").Produces<AlertDetail>();
        alerts.MapPost("/{id}/acknowledge", Transition((grain, request, _) => grain.Acknowledge(request))).RequireAuthorization("duty-officer").Produces<AlertView>();
        alerts.MapPost("/{id}/assign", Transition((grain, request, assignee) => grain.Assign(request, assignee!), Needs.Assignee)).RequireAuthorization("duty-officer").Produces<AlertView>();
        alerts.MapPost("/{id}/comment", Transition((grain, request, _) => grain.Comment(request), Needs.Comment)).RequireAuthorization("duty-officer").Produces<AlertView>();
        alerts.MapPost("/{id}/close", Transition((grain, request, _) => grain.Close(request))).RequireAuthorization("duty-officer").Produces<AlertView>();
        alerts.MapPost("/{id}/mark", Mark).RequireAuthorization("duty-officer").Produces<AlertView>();
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

    private enum Needs
    {
        Nothing,
        Comment,
        Assignee,
    }

    private const int CommentMax = 2000;
    private const int AssigneeMax = 200;
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(30);

    /// <summary>So long a host's sensors may take to stand up elsewhere while an officer waits.</summary>
    private static readonly TimeSpan HeirPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);

    private static Func<string, HttpContext, AlertRequestBody?, AlertBoard, AlertQueries, IGrainFactory, TimeProvider, Task<IResult>> Transition(
        Func<IAlertGrain, AlertRequest, string?, Task<AlertOutcome>> ask, Needs needs = Needs.Nothing) =>
        async (id, context, body, board, queries, grains, clock) =>
        {
            var (comment, assignee) = (body?.Comment?.Trim(), body?.Assignee?.Trim());
            if (comment?.Length > CommentMax || assignee?.Length > AssigneeMax)
                return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-text-too-long", CommentMax, AssigneeMax);
            if (!IfMatch.TryRead(context.Request, out var match)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-if-match-invalid");
            if (needs == Needs.Comment && string.IsNullOrEmpty(comment)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-comment-missing");
            if (!TryDeadline(needs == Needs.Assignee ? body?.DueAt : null, clock.GetUtcNow(), out var dueAt)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-due", DeadlineMax.Days);
            if (needs == Needs.Assignee && string.IsNullOrEmpty(assignee)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-assignee-missing");
            var sensor = board.TryFind(id, out var open) ? open!.SensorId : queries.Find(id)?.Subject.SensorId;
            if (sensor is null) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
            try
            {
                // Who means two versions has not seen one of them: no alert has version 0.
                var seen = match is not null && body?.Version is { } said && said != match ? 0 : match ?? body?.Version;
                var request = new AlertRequest(id, context.User.Identity?.Name ?? "?", comment, seen, dueAt);
                return Answer(
                    context, id, await Moved(() => ask(grains.GetGrain<IAlertGrain>(sensor), request, assignee), context.RequestAborted), isMatched: match is not null);
            }
            catch (Exception e) when (e is TimeoutException or AlertNotStoredException)
            {
                return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "alert-not-stored");
            }
            catch (Exception e) when (PassingFault.Is(e))
            {
                return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "alert-not-reached");
            }
        };

    private static bool TryDeadline(string? text, DateTimeOffset now, out DateTimeOffset? dueAt)
    {
        dueAt = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        if (!TimeParameter.TryParse(text, out var ms)) return false;
        dueAt = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return dueAt > now && dueAt <= now + DeadlineMax;
    }

    /// <summary>A host that dies takes its sensors' alerts with it for some seconds, until they stand up elsewhere: the officer need not ask twice for that.</summary>
    private static async Task<AlertOutcome> Moved(Func<Task<AlertOutcome>> ask, CancellationToken cancellation)
    {
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await ask();
            }
            // Not for a database that is away, which has its own cause: that is told at once.
            catch (OrleansException e) when (e.InnerException is null && PassingFault.Is(e) && Stopwatch.GetElapsedTime(begun) < HeirPatience)
            {
                await Task.Delay(BetweenAttempts, cancellation);
            }
        }
    }

    private static Task<IResult> Mark(
        string id, HttpContext context, AlertMarkBody? body, AlertBoard board, AlertQueries queries, IGrainFactory grains, TimeProvider clock, IEnumerable<IMarkListener> listeners)
    {
        var verdict = AlertWords.VerdictOf(body?.Verdict);
        if (verdict is null && body?.Verdict != AlertWords.NoVerdict)
            return Task.FromResult(Problem.Of(context, StatusCodes.Status400BadRequest, "alert-verdict"));
        var mark = Transition(async (grain, request, _) =>
        {
            var outcome = await (verdict is { } said ? grain.Mark(request, said) : grain.Withdraw(request));
            if (outcome is { Refusal: AlertRefusal.None, Alert: { } alert })
                foreach (var listener in listeners) listener.Marked(alert, verdict, request.Actor);
            return outcome;
        });
        return mark(id, context, new AlertRequestBody(body!.Comment, null, body.Version), board, queries, grains, clock);
    }

    private static IResult Answer(HttpContext context, string id, AlertOutcome outcome, bool isMatched) => outcome.Refusal switch
    {
        AlertRefusal.None => Done(context, outcome.Alert!),
        AlertRefusal.NotOpen => Problem.Of(context, StatusCodes.Status409Conflict, "alert-closed", id),
        AlertRefusal.VersionConflict => Problem.Of(
            context, isMatched ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status409Conflict, "alert-changed", outcome.Alert!.Version),
        AlertRefusal.AcknowledgedByAnother => Problem.Of(context, StatusCodes.Status409Conflict, "alert-acknowledged", outcome.Alert!.AcknowledgedBy),
        AlertRefusal.CommentRequired => Problem.Of(context, StatusCodes.Status400BadRequest, "alert-condition-holds"),
        _ => throw new InvalidOperationException($"Alert {id}: unknown refusal {outcome.Refusal}."),
    };

    private static IResult Done(HttpContext context, AlertView alert)
    {
        IfMatch.Tell(context.Response, alert.Version);
        return Results.Ok(alert.In(TextBook.LanguageOf(context.Request)));
    }
}
