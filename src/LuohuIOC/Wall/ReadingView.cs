using System.Text.Json;
using System.Text.Json.Serialization;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using MessagePack;
using MessagePack.Formatters;

namespace LuohuIOC.Wall;

/// <summary>
/// The latest reading of one sensor as browsers get it, in JSON and MessagePack alike:
/// <code>{"sensorId":"wl-001","ts":1732262400000,"values":{"depth":0.31},"quality":"good","reason":null}</code>
/// <c>ts</c> Unix ms; <c>values</c> in the metrics' units, metrics never heard of left out; <c>quality</c> good, doubtful or bad;
/// <c>reason</c> out-of-range, impossible-rate, stuck, spike, clock, device, stale, drift, bias, deaf or null. Where it is said of some metrics only, these
/// follow: <code>"metrics":["battery"]</code>; the others are good. Values that are older than the newest
/// message by more than <see cref="OlderBy"/> say when they were measured, at the end; without such values the field is left out: <code>"times":{"depth":1732260000000}</code>
/// Writes itself from the board's entry without a copy.
/// </summary>
[JsonConverter(typeof(ReadingViewJson)), MessagePackFormatter(typeof(ReadingViewMessagePack))]
public readonly record struct ReadingView(Sensor Sensor, LatestReading Latest)
{
    /// <summary>Batteries come with every tenth message: what is a little older is not worth 40 bytes a reading.</summary>
    public static readonly TimeSpan OlderBy = TimeSpan.FromMinutes(1);

    internal string Quality => Latest.Mark.Grade switch
    {
        QualityGrade.Good => "good",
        QualityGrade.Doubtful => "doubtful",
        _ => "bad",
    };

    internal string? Reason => Latest.Mark.Reason switch
    {
        QualityReason.None => null,
        QualityReason.OutOfRange => "out-of-range",
        QualityReason.ImpossibleRate => "impossible-rate",
        QualityReason.Stuck => "stuck",
        QualityReason.Spike => "spike",
        QualityReason.Clock => "clock",
        QualityReason.Device => "device",
        QualityReason.Stale => "stale",
        QualityReason.Drift => "drift",
        QualityReason.Bias => "bias",
        QualityReason.Deaf => "deaf",
        _ => "other",
    };

    /// <summary>Slots that have a value and a name; a generic sensor's layout may have grown since the reading.</summary>
    internal bool Has(int slot) => slot < Sensor.Layout.Names.Count && double.IsFinite(Latest.Values[slot]);

    /// <summary>Metrics that <see cref="Quality"/> is said of; 0 when it is said of the whole reading, or good.</summary>
    internal int Marked => IsOfSome ? Enumerable.Range(0, Sensor.Layout.Names.Count).Count(IsMarked) : 0;

    internal bool IsMarked(int slot) => IsOfSome && ((Latest.Mark.Slots >> slot) & 1) != 0;

    private bool IsOfSome => Latest.Mark.Grade != QualityGrade.Good && Latest.Mark.Slots != ulong.MaxValue;

    /// <summary>Slots whose value is older than the newest message.</summary>
    internal bool IsOlder(int slot) => Latest.Times is not null && Has(slot) && Latest.TimeMs - Latest.TimeOf(slot) > OlderBy.TotalMilliseconds;

    internal int Older
    {
        get
        {
            if (Latest.Times is null) return 0;
            var count = 0;
            for (var slot = 0; slot < Latest.Values.Length; slot++)
                if (IsOlder(slot)) count++;
            return count;
        }
    }
}

internal sealed class ReadingViewJson : JsonConverter<ReadingView>
{
    public override void Write(Utf8JsonWriter writer, ReadingView value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("sensorId"u8, value.Sensor.Id);
        writer.WriteNumber("ts"u8, value.Latest.TimeMs);
        writer.WriteStartObject("values"u8);
        for (var slot = 0; slot < value.Latest.Values.Length; slot++)
            if (value.Has(slot)) writer.WriteNumber(value.Sensor.Layout.Names[slot], value.Latest.Values[slot]);
        writer.WriteEndObject();
        writer.WriteString("quality"u8, value.Quality);
        writer.WriteString("reason"u8, value.Reason);
        if (value.Marked > 0)
        {
            writer.WriteStartArray("metrics"u8);
            for (var slot = 0; slot < value.Sensor.Layout.Names.Count; slot++)
                if (value.IsMarked(slot)) writer.WriteStringValue(value.Sensor.Layout.Names[slot]);
            writer.WriteEndArray();
        }
        if (value.Older > 0)
        {
            writer.WriteStartObject("times"u8);
            for (var slot = 0; slot < value.Latest.Values.Length; slot++)
                if (value.IsOlder(slot)) writer.WriteNumber(value.Sensor.Layout.Names[slot], value.Latest.TimeOf(slot));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    public override ReadingView Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("The wall sends readings, it takes none.");
}

internal sealed class ReadingViewMessagePack : IMessagePackFormatter<ReadingView>
{
    public void Serialize(ref MessagePackWriter writer, ReadingView value, MessagePackSerializerOptions options)
    {
        var (older, marked) = (value.Older, value.Marked);
        writer.WriteMapHeader(5 + (older > 0 ? 1 : 0) + (marked > 0 ? 1 : 0));
        writer.Write("sensorId");
        writer.Write(value.Sensor.Id);
        writer.Write("ts");
        writer.Write(value.Latest.TimeMs);
        writer.Write("values");
        var values = value.Latest.Values;
        var count = 0;
        for (var slot = 0; slot < values.Length; slot++)
            if (value.Has(slot)) count++;
        writer.WriteMapHeader(count);
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (!value.Has(slot)) continue;
            writer.Write(value.Sensor.Layout.Names[slot]);
            writer.Write(values[slot]);
        }
        writer.Write("quality");
        writer.Write(value.Quality);
        writer.Write("reason");
        writer.Write(value.Reason);
        if (marked > 0)
        {
            writer.Write("metrics");
            writer.WriteArrayHeader(marked);
            for (var slot = 0; slot < value.Sensor.Layout.Names.Count; slot++)
                if (value.IsMarked(slot)) writer.Write(value.Sensor.Layout.Names[slot]);
        }
        if (older == 0) return;
        writer.Write("times");
        writer.WriteMapHeader(older);
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (!value.IsOlder(slot)) continue;
            writer.Write(value.Sensor.Layout.Names[slot]);
            writer.Write(value.Latest.TimeOf(slot));
        }
    }

    public ReadingView Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        throw new NotSupportedException("The wall sends readings, it takes none.");
}
