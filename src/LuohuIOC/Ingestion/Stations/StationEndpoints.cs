using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>One station on the line.</summary>
public sealed record StationView(string Protocol, string Address, string? Sensor, string Remote, DateTimeOffset Since, DateTimeOffset HeardAt);

/// <param name="Items">By protocol and address.</param>
/// <param name="Next">Always null: they are one page.</param>
public sealed record StationsPage(IReadOnlyList<StationView> Items, string? Next);

internal static class StationEndpoints
{
    public static void MapStations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/stations", List).RequireAuthorization("viewer").WithTags("Ingestion").WithSummary("Stations that are on the line over TCP").Gives<StationsPage>();
        app.MapPost("/api/v1/stations/{protocol}/{address}/ask/{question}", Ask).RequireAuthorization("duty-officer").WithTags("Ingestion")
            .WithSummary("Asks a station on the line for its values, sets its clock, or checks that the guard is there")
            .Produces(202).ProducesProblem(404).ProducesProblem(409);
    }

    private static IResult List(StationBoard board, StationBook book) => Results.Ok(new StationsPage(
        [.. board.All.OrderBy(s => s.Form).ThenBy(s => s.Address, StringComparer.Ordinal)
            .Select(s => new StationView(s.Form.WireName(), s.Address, book.SensorOf(s.Form, s.Address), s.Line.Remote, s.Line.Since, s.Line.HeardAt))],
        null));

    private static async Task<IResult> Ask(HttpContext context, StationBoard board, StationBook book, TimeProvider time, string protocol, string address, string question)
    {
        if (!PayloadForms.TryParseRaw(protocol, out var form)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", $"{protocol}/{address}");
        var isKnown = board.Of(form, address) is not null || book.Knows(form, address);
        if (!isKnown) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", $"{protocol}/{address}");
        if (!Enum.TryParse<StationQuestion>(question, true, out var asked) || !StationQuestions.Of(form).Contains(asked))
            return Problem.Of(context, StatusCodes.Status404NotFound, "station-question", protocol, question, string.Join(", ", StationQuestions.Of(form)).ToLowerInvariant());
        if (board.Of(form, address) is not { } line || StationQuestions.Write(form, line.LastFrame, asked, time.GetUtcNow().ToUnixTimeMilliseconds()) is not { } frame)
            return OffLine(context, board, form, address);
        await line.Send(frame, context.RequestAborted);
        return Results.Accepted();
    }

    private static IResult OffLine(HttpContext context, StationBoard board, PayloadForm form, string address)
    {
        if (board.GoneAt(form, address) is not { } gone) return Problem.Of(context, StatusCodes.Status409Conflict, "station-never-on-line", address);
        var since = gone.ToOffset(TimeParameter.ShanghaiOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return Problem.Of(context, StatusCodes.Status409Conflict, "station-off-line", address, since);
    }
}
