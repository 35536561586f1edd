using System.Diagnostics;
using LuohuIOC.Http;
using LuohuIOC.Storage;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>HTTP for what officers do about an alert: acknowledge, assign, comment, close, mark. Each takes what belongs to it and nothing else.</summary>
internal static class AlertStepEndpoints
{
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(30);

    /// <summary>So long a host's sensors may take to stand up elsewhere while an officer waits.</summary>
    private static readonly TimeSpan HeirPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>What every step needs of the host.</summary>
    private sealed record Desk(AlertBoard Board, AlertQueries Queries, IGrainFactory Grains, TimeProvider Clock);

    /// <summary>What an officer has said.</summary>
    private sealed record Step(string Id, string? Comment, int? Version)
    {
        public string? Comment { get; } = Comment?.Trim();

        /// <summary>Null where nobody is assigned.</summary>
        public string? Assignee { get; init; }

        public string? DueAt { get; init; }

        public bool NeedsComment { get; init; }
    }

    /// <param name="alerts">The group of the alerts.</param>
    public static void Map(RouteGroupBuilder alerts)
    {
        var steps = alerts.MapGroup("/{id}").RequireAuthorization("duty-officer");
        Describe(steps.MapPost("/acknowledge", Acknowledge));
        Describe(steps.MapPost("/assign", Assign));
        Describe(steps.MapPost("/comment", Comment));
        Describe(steps.MapPost("/close", Close));
        Describe(steps.MapPost("/mark", Mark));
    }

    private static void Describe(RouteHandlerBuilder step) => step.Produces<AlertView>().Heeds("If-Match")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).ProducesProblem(415).ProducesProblem(503);

    private static Task<IResult> Acknowledge(string id, HttpContext context, AlertStepBody? body, [AsParameters] Desk desk) =>
        TakeAsync(context, desk, new Step(id, body?.Comment, body?.Version), (grain, request) => grain.Acknowledge(request));

    private static Task<IResult> Assign(string id, HttpContext context, AlertAssignBody? body, [AsParameters] Desk desk)
    {
        var assignee = body?.Assignee?.Trim() ?? "";
        return TakeAsync(context, desk, new Step(id, body?.Comment, body?.Version) { Assignee = assignee, DueAt = body?.DueAt }, (grain, request) => grain.Assign(request, assignee));
    }

    private static Task<IResult> Comment(string id, HttpContext context, AlertNoteBody? body, [AsParameters] Desk desk) =>
        TakeAsync(context, desk, new Step(id, body?.Comment, body?.Version) { NeedsComment = true }, (grain, request) => grain.Comment(request));

    private static Task<IResult> Close(string id, HttpContext context, AlertStepBody? body, [AsParameters] Desk desk) =>
        TakeAsync(context, desk, new Step(id, body?.Comment, body?.Version), (grain, request) => grain.Close(request));

    private static Task<IResult> Mark(string id, HttpContext context, AlertMarkBody? body, [AsParameters] Desk desk, IEnumerable<IMarkListener> listeners)
    {
        var verdict = AlertWords.VerdictOf(body?.Verdict);
        if (verdict is null && body?.Verdict != AlertWords.NoVerdict) return Task.FromResult(Problem.Of(context, StatusCodes.Status400BadRequest, "alert-verdict"));
        return TakeAsync(context, desk, new Step(id, body!.Comment, body.Version), async (grain, request) =>
        {
            var outcome = await (verdict is { } said ? grain.Mark(request, said) : grain.Withdraw(request));
            if (outcome is { Refusal: AlertRefusal.None, Alert: { } alert })
                foreach (var listener in listeners) listener.Marked(alert, verdict, request.Actor);
            return outcome;
        });
    }

    private static async Task<IResult> TakeAsync(HttpContext context, Desk desk, Step step, Func<IAlertGrain, AlertRequest, Task<AlertOutcome>> ask)
    {
        if ((OfficerText.FaultOfComment(context, step.Comment) ?? OfficerText.FaultOfAssignee(context, step.Assignee)) is { } fault) return fault;
        if (!IfMatch.TryRead(context.Request, out var match)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-if-match-invalid");
        if (step.NeedsComment && string.IsNullOrEmpty(step.Comment)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-comment-missing");
        if (!TryDeadline(step.DueAt, desk.Clock.GetUtcNow(), out var dueAt)) return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-due", DeadlineMax.Days);
        if (step.Assignee is "") return Problem.Of(context, StatusCodes.Status400BadRequest, "alert-assignee-missing");
        var sensor = desk.Board.TryFind(step.Id, out var open) ? open!.SensorId : desk.Queries.Find(step.Id)?.Subject.SensorId;
        if (sensor is null) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", step.Id);
        try
        {
            // Who means two versions has not seen one of them: no alert has version 0.
            var seen = match is not null && step.Version is { } said && said != match ? 0 : match ?? step.Version;
            var request = new AlertRequest(step.Id, context.User.Identity?.Name ?? "?", step.Comment, seen, dueAt);
            return Answer(context, step.Id, await Moved(() => ask(desk.Grains.GetGrain<IAlertGrain>(sensor), request), context.RequestAborted), isMatched: match is not null);
        }
        catch (Exception e) when (e is TimeoutException or AlertNotStoredException)
        {
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "alert-not-stored");
        }
        catch (Exception e) when (PassingFault.Is(e))
        {
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "alert-not-reached");
        }
    }

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
