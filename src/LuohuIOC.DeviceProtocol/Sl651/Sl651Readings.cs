using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>Takes the values of a body in order. A struct, so that calls are direct.</summary>
public interface ISl651Sink
{
    /// <summary>One element at one time, Unix ms. What the station marks as missing does not come.</summary>
    void Value(ushort element, long unixMs, double value);

    /// <summary>An element whose data is neither a number nor the mark of a missing one.</summary>
    void NotANumber(ushort element, long unixMs);

    /// <summary>An element that the station marks as missing.</summary>
    /// <param name="element">Identifier; of a user extension FF00 + its second byte.</param>
    void Missing(ushort element);

    /// <summary>An identifier of an ASCII frame that table C.1 does not have.</summary>
    /// <param name="name">As sent.</param>
    void Unknown(scoped ReadOnlySpan<byte> name);
}

/// <summary>From a frame to values at times: series are spread over their times, a value without observation time takes the send time.</summary>
public static class Sl651Readings
{
    private const long FiveMinutesMs = 5 * 60_000;
    private const long HourMs = 60 * 60_000;

    // Of a station that counts an hour from its time on: twelve values, the last of them after 55 minutes, and twenty minutes to be sent.
    private const long SentWithinMs = 75 * 60_000;

    /// <summary>
    /// Reads the body of a frame, or of all packets of a message put together (<paramref name="content"/> is what follows serial and send time).
    /// Bodies without elements give nothing and no fault.
    /// </summary>
    public static FrameFault Read<TSink>(in Sl651Frame frame, ReadOnlySpan<byte> content, ref TSink sink)
        where TSink : ISl651Sink, allows ref struct
    {
        if (frame.IsDown || frame.PacketIndex > 1 || Sl651Function.BodyOf(frame.Function) != Sl651BodyKind.Elements) return FrameFault.None;
        if (!frame.HasHeading) return FrameFault.Body;
        // A send time that is none matters only where no observation time stands.
        var sentMs = frame.SendTime.TryUnixMs(out var ms) ? ms : (long?)null;
        return frame.IsAscii ? ReadAscii(content, sentMs, ref sink) : ReadHex(content, frame.Function, sentMs, ref sink);
    }

    /// <summary>
    /// The same for the first of several packets (<paramref name="content"/> may be that of more) when the last ones are missing: the elements that
    /// stand whole, since it ends within one. Of a function with steps nothing, because nobody knows how many values were to come.
    /// </summary>
    public static FrameFault ReadBeginning<TSink>(in Sl651Frame frame, ReadOnlySpan<byte> content, ref TSink sink)
        where TSink : ISl651Sink, allows ref struct
    {
        if (frame.IsAscii || frame.Function is Sl651Function.Uniform or Sl651Function.QueryPeriod) return FrameFault.None;
        _ = Read(frame, content, ref sink);
        return FrameFault.None;
    }

    private static FrameFault ReadHex<TSink>(ReadOnlySpan<byte> content, byte function, long? sentMs, ref TSink sink)
        where TSink : ISl651Sink, allows ref struct
    {
        var items = new Sl651Items(content, function);
        var (known, atMs) = (default(BcdTime?), sentMs ?? 0);
        while (items.MoveNext())
        {
            var item = items.Current;
            if (!item.HasTime && sentMs is null) return FrameFault.Body;
            if (item.HasTime && item.Time != known)
            {
                known = item.Time;
                if (!item.Time.TryUnixMs(out atMs)) return FrameFault.Body;
            }
            if (item.Kind == Sl651ItemKind.State) sink.Value(item.Id, atMs, item.Bits);
            if (item.Kind is not (Sl651ItemKind.Value or Sl651ItemKind.Series)) continue;
            var firstMs = Sl651Elements.IsHourSeries(item.Id) ? FirstOfHour(atMs, item.LastMeasured, item.Count, sentMs) : atMs;
            for (var i = 0; i < item.Count; i++)
            {
                var valueMs = firstMs + (i * item.StepMinutes * 60_000L);
                if (item.TryValue(i, out var value)) sink.Value(item.Id, valueMs, value);
                else if (item.IsWritten(i)) sink.Missing(item.Id);
                else sink.NotANumber(item.Id, valueMs);
            }
        }
        return items.Fault;
    }

    private static FrameFault ReadAscii<TSink>(ReadOnlySpan<byte> content, long? sentMs, ref TSink sink)
        where TSink : ISl651Sink, allows ref struct
    {
        var items = new Sl651AsciiItems(content);
        while (items.MoveNext())
        {
            var item = items.Current;
            if (item.Element is not { } element)
            {
                sink.Unknown(item.Name);
                continue;
            }
            if (!item.HasTime && sentMs is null) return FrameFault.Body;
            var atMs = sentMs ?? 0;
            if (item.HasTime && !item.Time.TryUnixMs(out atMs)) return FrameFault.Body;
            if (item.IsStep || item.IsText) continue;
            atMs += item.Index * item.StepMinutes * 60_000L;
            if (item.IsSeries) atMs = FirstOfHour(atMs, item.LastMeasured, item.Count, sentMs);
            for (var i = 0; i < item.Count; i++)
            {
                var valueMs = atMs + (i * FiveMinutesMs);
                if (item.TryValue(i, out var value)) sink.Value(element.Id, valueMs, value);
                else if (item.IsWritten(i)) sink.Missing(element.Id);
                else sink.NotANumber(element.Id, valueMs);
            }
        }
        return items.Fault;
    }

    // F0F0 18:00 of a report sent at 18:00:03 is the end of its hour, 17:05 … 18:00, since nothing is measured after it is sent. Of one sent at 19:00:03 it is the
    // beginning, 18:00 … 18:55, as stations are known to write it; one sent later than such a station sends is late, and says what the standard has it say. Five past
    // is no hour's end: what is measured by then is of the hour that begins, however late it is sent.
    private static long FirstOfHour(long atMs, int lastMeasured, int count, long? sentMs) =>
        sentMs is { } sent && (atMs + (lastMeasured * FiveMinutesMs) > sent || (sent - atMs > SentWithinMs && atMs % HourMs != FiveMinutesMs)) ? atMs - ((count - 1) * FiveMinutesMs) : atMs;
}
