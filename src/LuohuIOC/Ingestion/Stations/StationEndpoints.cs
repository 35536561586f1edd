using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>One station on the line.</summary>
public sealed record StationView(string Protocol, string Address, string? Sensor, string Remote, DateTimeOffset Since, DateTimeOffset HeardAt);

internal static class StationEndpoints
{
    public static void MapStations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/stations", List).RequireAuthorization("viewer").WithTags("Ingestion").WithSummary("Stations that are on the line over TCP");
        app.MapPost("/api/v1/stations/{protocol}/{address}/ask/{question}", Ask).RequireAuthorization("duty-officer").WithTags("Ingestion")
            .WithSummary("Asks a station on the line for its values, sets its clock, or checks that the guard is there");
    }

    private static IResult List(StationBoard board, StationBook book) => Results.Ok(new
    {
        items = board.All.OrderBy(s => s.Form).ThenBy(s => s.Address, StringComparer.Ordinal)
            .Select(s => new StationView(s.Form.WireName(), s.Address, book.SensorOf(s.Form, s.Address), s.Line.Remote, s.Line.Since, s.Line.HeardAt)).ToList(),
        next = (string?)null,
    });

    private static async Task<IResult> Ask(HttpContext context, StationBoard board, TimeProvider time, string protocol, string address, string question)
    {
        if (!PayloadForms.TryParseRaw(protocol, out var form) || board.Of(form, address) is not { } line)
            return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", $"{protocol}/{address}");
        if (!Enum.TryParse<StationQuestion>(question, true, out var asked) || !Enum.IsDefined(asked)
            || StationQuestions.Write(form, line.LastFrame, asked, time.GetUtcNow().ToUnixTimeMilliseconds()) is not { } frame)
            return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", question);
        await line.Send(frame, context.RequestAborted);
        return Results.Accepted();
    }
}
