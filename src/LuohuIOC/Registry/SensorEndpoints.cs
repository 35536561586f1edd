using System.Globalization;
using System.Text.Json.Serialization;
using LuohuIOC.Http;
using LuohuIOC.Registry.Exchange;
using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Registry;

/// <summary>When a sensor leaves service.</summary>
/// <param name="RetiredAt">ISO 8601 or Unix milliseconds, without an offset Shanghai's; none, or one that is over, means at once.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RetireRequest([property: JsonConverter(typeof(TimeMember))] DateTimeOffset? RetiredAt = null);

/// <summary>Sensors over HTTP: lists, one sensor, retirement. Import is in <see cref="ImportEndpoint"/>.</summary>
internal static class SensorEndpoints
{
    public static void Map(WebApplication app)
    {
        var sensors = app.MapGroup("/api/v1/sensors").WithTags("sensors");
        sensors.MapGet("", ListAsync).RequireAuthorization("viewer").WithName("ListSensors")
            .Gives<SensorPage>(SensorGeoJson.MediaType, SensorCsv.MediaType).ProducesProblem(400).Asks(SensorQuery.Names);
        sensors.MapGet("/{id}", Get).RequireAuthorization("viewer").WithName("GetSensor").Produces<SensorDetail>().ProducesProblem(404);
        sensors.MapPost("/import", ImportEndpoint.ImportAsync).RequireAuthorization("administrator").WithName("ImportSensors")
            .Produces<ImportView>().ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503).Asks("datum").TakesFile(SensorCsv.MediaType, SensorGeoJson.MediaType);
        sensors.MapPost("/{id}/retire", RetireAsync).RequireAuthorization("administrator").WithName("RetireSensor")
            .Produces<SensorDetail>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(503);
    }

    /// <summary>
    /// Sensors by <c>kind</c> (several by comma), <c>street</c> (name or code), <c>bbox=west,south,east,north</c> (WGS84), <c>gateway</c>,
    /// <c>q</c> (part of id or name), <c>retired</c> (true or false; else both). JSON comes in pages of <c>limit</c> (200, at most 10,000) after
    /// <c>after</c>. <c>Accept: application/geo+json</c> or <c>text/csv</c> gives all of them at once; <c>bom=true</c> makes CSV open right in Excel.
    /// </summary>
    private static async Task<IResult> ListAsync(HttpContext context, SensorRegistry registry, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = SensorQuery.Parse(context.Request.Query, time.GetUtcNow(), out var fault);
        if (query is null) return fault!.In(context);
        var sensors = query.Limit is { } limit ? query.Run(registry).Take(limit) : query.Run(registry);
        switch (FormatOf(context.Request))
        {
            case SensorGeoJson.MediaType:
                context.Response.ContentType = SensorGeoJson.MediaType;
                await SensorGeoJson.WriteAsync(sensors, context.Response.Body, cancellationToken);
                return Results.Empty;
            case SensorCsv.MediaType:
                context.Response.ContentType = $"{SensorCsv.MediaType}; charset=utf-8; header=present";
                context.Response.Headers.ContentDisposition = "attachment; filename=sensors.csv";
                await SensorCsv.WriteAsync(sensors, context.Response.Body, query.HasMark, cancellationToken);
                return Results.Empty;
            default:
                return Results.Ok(query.Page(registry));
        }
    }

    /// <summary>One sensor, its neighbours in the drainage network and its metrics.</summary>
    private static IResult Get(string id, HttpContext context, SensorRegistry registry) =>
        registry.TryFind(id, out var sensor)
            ? Results.Ok(SensorDetail.Of(sensor, registry.Network))
            : Problem.Of(context, 404, "sensor-unknown", id);

    /// <summary>Takes a sensor out of service, at once or when the body says: it may publish no more, its number and history stay. Again changes nothing; once it is out of service a later time is refused.</summary>
    private static async Task<IResult> RetireAsync(
        string id, RetireRequest? request, HttpContext context, RegistryChanges changes, SensorRegistry registry, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var retired = await changes.MakeAsync(r => r.Retire(id, time.GetUtcNow(), request?.RetiredAt), cancellationToken);
            if (retired is null) return Problem.Of(context, 404, "sensor-unknown", id);
            return request?.RetiredAt > time.GetUtcNow() && retired.IsRetired(time.GetUtcNow())
                ? Problem.Of(context, 409, "sensor-retired", id, retired.RetiredAt!.Value.ToOffset(TimeParameter.ShanghaiOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))
                : Results.Ok(SensorDetail.Of(retired, registry.Network));
        }
        catch (ChangeNotMadeException e)
        {
            return Problem.Of(context, 503, "registry-not-made", e.Message);
        }
        catch (IOException e)
        {
            return Problem.Of(context, 503, "registry-not-stored", e.Message);
        }
    }

    // text/csv;q=0.8, application/geo+json: the format with the best quality, the first of equals; JSON unless one is asked for.
    private static string FormatOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return "";
        foreach (var type in accepted.OrderByDescending(a => a.Quality ?? 1))
            if (type.MediaType.Value?.ToLowerInvariant() is (SensorGeoJson.MediaType or SensorCsv.MediaType) and var asked) return asked;
            else if (type.MediaType.Value?.ToLowerInvariant() is "application/json" or "*/*" or "application/*") return "";
        return "";
    }
}
