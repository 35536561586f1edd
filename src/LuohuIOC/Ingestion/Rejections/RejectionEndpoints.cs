using System.Text;
using System.Text.RegularExpressions;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Lorawan;
using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Ingestion.Rejections;

/// <summary>One rejection as the API shows it; the first bytes as text where they are, else in hex.</summary>
public sealed record RejectionView(
    long Id, DateTimeOffset At, string Gateway, string Topic, string Reason, string ReasonText, string? Sensor, int? Index, string? Metric,
    int PayloadBytes, string? FirstText, string? FirstHex);

/// <param name="Items">Newest first.</param>
/// <param name="Next">What to ask for as <c>after</c>; null at the end.</param>
public sealed record RejectionPage(IReadOnlyList<RejectionView> Items, long? Next);

/// <param name="Total">Since the first start.</param>
/// <param name="ByReason">The same by reason; those that have not occurred are left out.</param>
public sealed record RejectionSummary(long Total, IReadOnlyDictionary<string, long> ByReason);

public static partial class RejectionEndpoints
{
    private const int LimitMax = 1_000;
    private const string Lorawan = "/raw/lorawan";

    public static void MapRejections(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/rejections", List).RequireAuthorization("viewer").WithTags("Ingestion")
            .WithSummary("Refused payloads, readings and metrics, newest first").Gives<RejectionPage>().ProducesProblem(400);
        app.MapGet("/api/v1/rejections/summary", Summary).RequireAuthorization("viewer").WithTags("Ingestion")
            .WithSummary("How many were refused for each reason since the first start").Gives<RejectionSummary>();
    }

    private static IResult List(HttpContext context, RejectionStore store, SensorRegistry registry, string? gateway, string? reason, string? sensor, long? after, int limit = 100)
    {
        var wanted = Enum.GetValues<RejectionReason>().Where(r => r != RejectionReason.None && r.WireName() == reason).ToArray();
        if (reason is not null && wanted.Length == 0)
        {
            var known = string.Join(", ", Enum.GetValues<RejectionReason>().Skip(1).Select(r => r.WireName()));
            return Problem.Of(context, 400, "rejection-reason", reason, known);
        }
        if (limit is < 1 or > LimitMax) return Problem.Of(context, StatusCodes.Status400BadRequest, "rejection-limit", limit, LimitMax);
        var language = TextBook.LanguageOf(context.Request);
        var items = store.Read(gateway, wanted.Length == 0 ? null : wanted[0], sensor, after, limit).Select(r => View(r.Id, r.Rejection, registry, language)).ToList();
        return Results.Ok(new RejectionPage(items, items.Count == limit ? items[^1].Id : null));
    }

    private static IResult Summary(RejectionStore store)
    {
        var counts = Enum.GetValues<RejectionReason>().Where(r => store.CountOf(r) > 0).ToDictionary(r => r.WireName(), store.CountOf);
        return Results.Ok(new RejectionSummary(counts.Values.Sum(), counts));
    }

    /// <summary>
    /// Why, and what to do. Of a time that is written in seconds, as most clocks have it, that it is; of what is no JSON or no frame, where; of a metric that a kind has
    /// not, which it has.
    /// </summary>
    internal static string TextOf(Rejection r, SensorRegistry registry, string language) => r.Reason switch
    {
        RejectionReason.TsOutOfRange when Seconds().IsMatch(Encoding.Latin1.GetString(r.FirstBytes)) => TextBook.Get(language, "rejection.ts_out_of_range.seconds"),
        RejectionReason.FrameCrc or RejectionReason.FrameTruncated or RejectionReason.FrameInvalid when FrameFaultText.Of(r, language) is { } told => told,
        RejectionReason.WrongShape when r.Topic.EndsWith("/raw/senml", StringComparison.Ordinal) => TextBook.Get(language, r.Metric.Length > 0 ? "rejection.wrong_shape.senml.record" : "rejection.wrong_shape.senml"),
        RejectionReason.WrongShape when r.Topic.EndsWith(Lorawan, StringComparison.Ordinal) => TextBook.Get(language, "rejection.wrong_shape.lorawan"),
        RejectionReason.FrameInvalid or RejectionReason.FrameTruncated when r.Metric.Length > 0 && r.Topic.EndsWith(Lorawan, StringComparison.Ordinal) =>
            TextBook.Get(language, $"rejection.{r.Reason.WireName()}.item", r.Metric),
        RejectionReason.ProtocolUnsupported when r.Topic.EndsWith(Lorawan, StringComparison.Ordinal) =>
            TextBook.Get(language, "rejection.protocol_unsupported.codec", r.Metric, string.Join(TextBook.Get(language, "comma"), LorawanCodec.Names.Order(StringComparer.Ordinal))),
        RejectionReason.NotJson => JsonFault.TextOf(language, r.FirstBytes, r.PayloadBytes),
        RejectionReason.MetricUnknown when registry.TryFind(r.Sensor, out var free) && free.Kind == SensorKind.Generic =>
            Topic.IsMetricName(Encoding.UTF8.GetBytes(r.Metric)) && free.Layout.Names.Count >= MetricLayout.MetricsMax
                ? TextBook.Get(language, "rejection.metric_unknown.full", MetricLayout.MetricsMax)
                : TextBook.Get(language, "rejection.metric_unknown.name", Topic.IdLengthMax),
        RejectionReason.MetricUnknown when registry.TryFind(r.Sensor, out var sensor) =>
            TextBook.Get(language, "rejection.metric_unknown.known", string.Join(TextBook.Get(language, "comma"), sensor.Layout.Names)),
        _ => TextBook.Get(language, $"rejection.{r.Reason.WireName()}"),
    };

    // "ts":1732262400 — ten digits, since 2001
    [GeneratedRegex("\"ts\"\\s*:\\s*[1-9][0-9]{8,9}(?![0-9])")]
    private static partial Regex Seconds();

    private static RejectionView View(long id, Rejection r, SensorRegistry registry, string language)
    {
        var isText = System.Text.Unicode.Utf8.IsValid(r.FirstBytes) && !r.FirstBytes.Any(b => b is < 32 and not (9 or 10 or 13));
        return new RejectionView(id, DateTimeOffset.FromUnixTimeMilliseconds(r.At), r.Gateway, r.Topic, r.Reason.WireName(),
            TextOf(r, registry, language), r.Sensor.Length == 0 ? null : r.Sensor, r.Index < 0 ? null : r.Index,
            r.Metric.Length == 0 ? null : r.Metric, r.PayloadBytes,
            isText ? Encoding.UTF8.GetString(r.FirstBytes) : null, isText ? null : Convert.ToHexStringLower(r.FirstBytes));
    }
}
