using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.Alerts;

/// <summary>
/// The stored form of alerts: properties in the order in which they are declared, no white space, absent values left out. Events are
/// hashed in this form, so it only ever grows: a new property goes to the end and is absent in what was written before.
/// </summary>
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertEvent))]
[JsonSerializable(typeof(StoredWatch))]
internal sealed partial class AlertJson : JsonSerializerContext
{
    public static AlertJson Stored { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Chinese stays readable in the file; nothing of this goes into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter<Severity>(),
            new JsonStringEnumConverter<AlertState>(),
            new JsonStringEnumConverter<AlertEventType>(),
            new JsonStringEnumConverter<AlertVerdict>(),
            new JsonStringEnumConverter<NeighbourSide>(),
            new JsonStringEnumConverter<NeighbourVerdict>(),
            new JsonStringEnumConverter<SurroundingsLean>(),
            new JsonStringEnumConverter<SurroundingsSubject>(),
        },
    });
}

/// <summary>A <see cref="RuleWatch"/> on disk; its open alert has a row of its own.</summary>
internal sealed record StoredWatch(string Rule, Severity? Condition, long ForgottenMs, long[] Keys)
{
    public static StoredWatch Of(RuleWatch watch) => new(watch.Rule, watch.Condition, watch.Seen.ForgottenMs, [.. watch.Seen.Keys]);

    public RuleWatch With(Alert? open) => new(Rule) { Condition = Condition, Seen = new ChangeMemory(ForgottenMs, [.. Keys]), Open = open };
}
