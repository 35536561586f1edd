using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.History.Queries;

/// <summary>Readings over HTTP. What each parameter means stands in the texts <c>api.{name}.detail</c>, which the API page shows.</summary>
internal static class ReadingEndpoints
{
    /// <summary>What readings can be asked by and counts cannot.</summary>
    private static readonly string[] NotOfCounts = ["metric", "every", "aggregate", "last", "quality", "limit", "after"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var readings = routes.MapGroup("/api/v1").WithTags("readings").RequireAuthorization("viewer");
        readings.MapGet("/sensors/{id}/readings", OfSensor).WithName("ListReadingsOfSensor")
            .GivesEither<ReadingPage<ReadingItem>, ReadingPage<BucketItem>>(CsvAnswer.MediaType).ProducesProblem(400);
        readings.MapGet("/readings", OfSensors).WithName("ListReadings").GivesEither<ReadingPage<ReadingItem>, ReadingPage<BucketItem>>();
        readings.MapGet("/readings/count", Count).WithName("CountReadings").Produces<ReadingCount>();
    }

    private static async Task<IResult> OfSensor(
        string id, HttpContext context, IReadingQueries queries, SensorRegistry registry, TimeProvider time,
        string? metric, string? from, string? to, string? every, string? aggregate, string? last, string? quality, string? limit, string? after, string? format)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
        if (!CsvAnswer.TryRead(context.Request, out var isCsv)) return CsvAnswer.Unknown(context);
        return await AnswerAsync(context, queries, time, [sensor], isCsv);
    }

    private static async Task<IResult> OfSensors(
        HttpContext context, IReadingQueries queries, SensorRegistry registry, TimeProvider time,
        string? sensors, string? metric, string? from, string? to, string? every, string? aggregate, string? last, string? quality, string? limit, string? after)
    {
        var ids = new QueryParameters(context.Request.Query, 0).Words("sensors");
        if (ids.Count == 0) return TooFewOrMany(context, ids);
        return Find(context, registry, ids, out var found) ?? await AnswerAsync(context, queries, time, found, namesSensors: true);
    }

    private static IResult? Find(HttpContext context, SensorRegistry registry, IReadOnlyList<string> ids, out List<Sensor> found)
    {
        found = [];
        if (ids.Count > ReadingRequest.SensorsMax) return TooFewOrMany(context, ids);
        foreach (var id in ids)
        {
            if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", id);
            found.Add(sensor);
        }
        return null;
    }

    private static IResult TooFewOrMany(HttpContext context, IReadOnlyList<string> ids) =>
        Problem.Of(context, StatusCodes.Status400BadRequest, "readings-sensors", ids.Count, ReadingRequest.SensorsMax);

    private static async Task<IResult> AnswerAsync(HttpContext context, IReadingQueries queries, TimeProvider time, IReadOnlyList<Sensor> sensors, bool isCsv = false, bool namesSensors = false)
    {
        var parameters = new QueryParameters(context.Request.Query, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (parameters.Request(sensors) is not { } request)
            return Problem.Of(context, StatusCodes.Status400BadRequest, parameters.Fault!.Code, parameters.Fault.Arguments);
        request = request with { NamesSensors = namesSensors };
        var cancel = context.RequestAborted;
        if (isCsv)
        {
            var language = TextBook.LanguageOf(context.Request);
            var rowsMax = string.IsNullOrEmpty(context.Request.Query["limit"]) ? ReadingCsv.RowsMax : request.Limit;
            return await GuardAsync(context, () => CsvAnswer.WriteAsync(
                context, $"readings-{sensors[0].Id}", time.GetUtcNow(), ReadingCsv.Heads(request, language), ReadingCsv.RowsAsync(queries, request, rowsMax, language, cancel)));
        }
        return await GuardAsync(context, async () => request.IsAggregated
            ? Results.Ok(await queries.BucketsAsync(request, cancel))
            : Results.Ok(await queries.RawAsync(request, cancel)));
    }

    private static async Task<IResult> Count(
        HttpContext context, IReadingHistory history, IReadingQueries queries, SensorRegistry registry, TimeProvider time,
        string? sensor, string? sensors, string? from, string? to)
    {
        var parameters = new QueryParameters(context.Request.Query, time.GetUtcNow().ToUnixTimeMilliseconds());
        // A count that takes no notice of one of them is a wrong number, and nothing about it looks wrong.
        if (parameters.FirstOf(NotOfCounts) is { } other) return Problem.Of(context, StatusCodes.Status400BadRequest, "readings-count-parameter", other);
        var ids = parameters.Words("sensors");
        if (!string.IsNullOrEmpty(sensor)) ids = [.. ids.Append(sensor).Distinct()];
        if (Find(context, registry, ids, out var found) is { } refused) return refused;
        var cancel = context.RequestAborted;
        if (found.Count == 0 && string.IsNullOrEmpty(from) && string.IsNullOrEmpty(to))
            return await GuardAsync(context, async () => Results.Ok(new ReadingCount(await history.CountAsync(cancel))));
        var (fromMs, toMs) = parameters.Range(long.MaxValue);
        if (parameters.Fault is { } fault) return Problem.Of(context, StatusCodes.Status400BadRequest, fault.Code, fault.Arguments);
        return await GuardAsync(context, async () => Results.Ok(new ReadingCount(await queries.CountAsync(found, fromMs, toMs, cancel))));
    }

    private static async Task<IResult> GuardAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (HistoryUnavailableException) when (!context.Response.HasStarted)
        {
            // Its message names a path of the server: it is in the log and for the administrator.
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "history-unavailable");
        }
    }
}
