using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>One line of a station's record. Name and text in the reader's language where the table has one.</summary>
public sealed record StationRecordLine(string? Id, string? Name, string? Text, double? Value, string? Unit);

/// <summary>A picture: its size, whether JPEG's first and last marks are there, and what stands behind the last one.</summary>
public sealed record StationPicture(int Bytes, bool HasStart, bool HasEnd, int? BytesBehindEnd, string Href);

/// <summary>What a station has told of itself.</summary>
/// <param name="Id">Of the row; what <c>next</c> of the page gives as <c>after</c>.</param>
/// <param name="ReceivedAt">By this host's clock.</param>
/// <param name="SentAt">By the station's clock; null when that was no time.</param>
/// <param name="Sensor">Whose topic or station it came for.</param>
/// <param name="Function">Two hex digits.</param>
/// <param name="Kind">settings, version, events, clock, text, picture or bytes.</param>
/// <param name="Serial">The station's number of the message.</param>
/// <param name="Complete">False when the body broke off or did not keep the rules.</param>
/// <param name="Items">Line by line, in the body's order.</param>
/// <param name="Picture">Of a picture only.</param>
public sealed record StationRecordView(
    long Id, DateTimeOffset ReceivedAt, DateTimeOffset? SentAt, string Sensor, string Function, string Kind, int Serial, bool Complete,
    IReadOnlyList<StationRecordLine> Items, StationPicture? Picture);

/// <param name="Items">Newest first.</param>
/// <param name="Next">What to ask for as <c>after</c>; null at the end.</param>
public sealed record StationRecordPage(IReadOnlyList<StationRecordView> Items, long? Next);

/// <summary>For duty officers: a station's settings name its other centres and telephone numbers. Passwords are never shown.</summary>
internal static class StationRecordEndpoints
{
    private const int LimitMax = 200;

    public static void MapStationRecords(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/stations/{protocol}/{address}/records", List).RequireAuthorization("duty-officer").WithTags("Ingestion")
            .WithSummary("What a station has told of itself, newest first").Gives<StationRecordPage>();
        app.MapGet("/api/v1/stations/{protocol}/{address}/records/{id}/picture", Picture).RequireAuthorization("duty-officer").WithTags("Ingestion")
            .WithSummary("The picture of a record").GivesOnly("image/jpeg", "application/octet-stream").ProducesProblem(400).ProducesProblem(404);
    }

    private static IResult List(HttpContext context, StationRecords records, string protocol, string address, long? after, int limit = 50)
    {
        if (!IsKnown(protocol)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", protocol);
        if (limit < 1) return Problem.Of(context, StatusCodes.Status400BadRequest, "limit-out-of-range", limit, LimitMax);
        limit = Math.Min(limit, LimitMax);
        var language = TextBook.LanguageOf(context.Request);
        var items = records.Read(address, null, after, limit).Select(r => View(r, language)).ToList();
        return Results.Ok(new StationRecordPage(items, items.Count == limit ? items[^1].Id : null));
    }

    private static IResult Picture(HttpContext context, StationRecords records, string protocol, string address, long id)
    {
        var found = IsKnown(protocol) ? records.Read(address, id, null, 1).Select(Read).FirstOrDefault()?.Picture : null;
        if (found is null) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", $"{protocol}/{address}/{id}");
        return Results.Bytes(found.Bytes, found.IsWhole ? "image/jpeg" : "application/octet-stream");
    }

    private static bool IsKnown(string protocol) => PayloadForms.TryParseRaw(protocol, out var form) && form == PayloadForm.Sl651;

    private static Sl651Record Read(StationRecord r) => Sl651Record.Read(r.Message.Function, r.Message.IsAscii, r.Message.Content);

    private static StationRecordView View(StationRecord r, string language)
    {
        var record = Read(r);
        string? Say(Sl651Name? words) => language == TextBook.English ? words?.En : words?.Zh;
        var lines = record.Items.Select(i => new StationRecordLine(i.Id.Length == 0 ? null : i.Id, Say(i.Name), Say(i.Text), i.Value, i.Unit)).ToList();
        var picture = record.Picture is not { } p ? null : new StationPicture(
            p.Bytes.Length, p.HasStart, p.BytesBehindEnd >= 0, p.BytesBehindEnd >= 0 ? p.BytesBehindEnd : null, $"/api/v1/stations/sl651/{r.Message.Address}/records/{r.Id}/picture");
        return new StationRecordView(r.Id, DateTimeOffset.FromUnixTimeMilliseconds(r.ReceivedMs), r.Message.SentMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.Message.SentMs),
            r.Sensor, $"{r.Message.Function:X2}", record.Kind.ToString().ToLowerInvariant(), r.Message.Serial, record.IsComplete, lines, picture);
    }
}
