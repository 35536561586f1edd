using System.Text.Json.Nodes;
using LuohuIOC.History;
using LuohuIOC.History.Queries;
using LuohuIOC.Http;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;
using LuohuIOC.Texts;
using Microsoft.Extensions.Options;

namespace LuohuIOC.SensorThings;

/// <summary>OGC SensorThings API 1.1, reading part, under <c>/sta/v1.1</c>: registry and history in the open standard's words.</summary>
public static class SensorThingsFeature
{
    private const string Root = "/sta/v1.1";

    private static readonly string[] Collections =
        ["Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations", "FeaturesOfInterest"];

    private const string Requirements = "http://www.opengis.net/spec/iot_sensing/1.1/req/";
    private const string Updates = "receive-updates-via-mqtt/receive-updates";

    // Each that is kept, by its name in the standard. Ordering is not: Observations are ordered by their time only.
    private static readonly string[] Served =
    [
        "datamodel", "resource-path/resource-path-to-entities",
        .. new[] { "expand", "select", "skip", "top", "count", "filter", "built-in-filter-operations", "built-in-query-functions", "pagination", "status-code", "query-status-code" }.Select(r => $"request-data/{r}"),
    ];

    public static WebApplicationBuilder AddSensorThings(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<StaFeed>();
        return builder;
    }

    public static WebApplication MapSensorThings(this WebApplication app)
    {
        app.MapGet(Root, Describe).RequireAuthorization("viewer").WithTags("SensorThings").WithSummary("OGC SensorThings 1.1: the collections, and what of the standard is served").Produces<JsonObject>();
        app.MapGet(Root + "/{**path}", Read).Asks("$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$skiptoken", "$count").RequireAuthorization("viewer").WithTags("SensorThings").WithSummary("OGC SensorThings 1.1: an entity, a collection, a neighbour's, or a property")
            .WithName("ReadSensorThings").Produces<JsonObject>();
        return app;
    }

    private static IResult Describe(HttpContext context, IOptions<MqttOptions> mqtt)
    {
        var endpoints = new[] { ("mqtt", mqtt.Value.Tls.Only ? 0 : mqtt.Value.Port), ("mqtts", mqtt.Value.Tls.Port) }.Where(e => e.Item2 > 0).Select(e => $"{e.Item1}://{context.Request.Host.Host}:{e.Item2}").ToArray();
        var served = endpoints.Length > 0 ? [.. Served, Updates] : Served;
        var settings = new Dictionary<string, object> { ["conformance"] = served.Select(s => Requirements + s) };
        if (endpoints.Length > 0) settings[Requirements + Updates] = new { endpoints };
        return Results.Ok(new { value = Collections.Select(c => new { name = c, url = $"{RootOf(context)}/{c}" }), serverSettings = settings });
    }

    private static async Task<IResult> Read(HttpContext context, SensorRegistry registry, IReadingQueries history, TimeProvider time, string path)
    {
        try
        {
            var query = StaQuery.Parse(context.Request.Query.Select(q => KeyValuePair.Create(q.Key, q.Value.ToString())), time);
            var entities = new StaEntities(registry, RootOf(context), time);
            var answer = await new StaResource(entities, new StaObservations(history, entities), context.RequestAborted).ReadAsync(path, query);
            if (answer is null) return Problem.Of(context, StatusCodes.Status404NotFound, "not-found", path);
            if (answer.Property is { } property) return property.Answer();
            if (answer.Entity is { } entity) return Results.Ok(entity);
            return Results.Ok(Collection(context, path, query, answer.Page!));
        }
        catch (StaQueryException e)
        {
            return Problem.Of(context, StatusCodes.Status400BadRequest, "sta-query", e.In(TextBook.LanguageOf(context.Request)));
        }
        catch (HistoryUnavailableException)
        {
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "history-unavailable");
        }
    }

    private static JsonObject Collection(HttpContext context, string path, StaQuery query, StaPage page)
    {
        var answer = new JsonObject();
        if (query.Count && page.Count is { } count) answer["@iot.count"] = count;
        if (page.Next is { } next)
        {
            // The same question, begun farther on.
            answer["@iot.nextLink"] = $"{RootOf(context)}/{path}?{(query.Written.Length == 0 ? "" : query.Written + "&")}{next}";
        }
        answer["value"] = new JsonArray([.. page.Items]);
        return answer;
    }

    private static string RootOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{Root}";
}
