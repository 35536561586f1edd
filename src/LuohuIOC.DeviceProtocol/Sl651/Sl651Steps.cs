using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>
/// How many values of an element follow a time step. The standard's text was not at hand; an audit of stations that quotes it (6.6.4.4) has a HEX report with a step carry one element, all of whose
/// values have one length. So when the rest can be such values, it is, unless it goes on as elements of table C.1 where a next value would be a jump that no series makes: stations are known that add
/// their battery. When it cannot, the values go on to where the rest reads as elements.
/// </summary>
internal static class Sl651Steps
{
    // More than two days of five-minute values do not fit into a frame.
    private const int StepsMax = 600;

    /// <summary>A jump is more than this share of the value before it, and more than so many of the steps before.</summary>
    private const double LargeShare = 0.4, LargeSteps = 8;

    /// <summary>What one body may cost: a series of a day with ten elements behind it takes some hundred, and a hostile body would take seconds.</summary>
    public const int EffortMax = 50_000;

    /// <summary>Values in front of what <paramref name="data"/> goes on with; 0 when nothing fits.</summary>
    public static int CountOf(ReadOnlySpan<byte> data, int width, ref int effort)
    {
        if (IsSeries(data, width)) return CountBeforeJump(data, width, ref effort) is var whole and > 0 ? whole : data.Length / width;
        // 12.11 V: 12 11 is a definition of element 12, too. Values of equal steps change little, so that what begins as the value before it is one more value.
        var count = CountOf(data, width, mayBeginAlike: false, ref effort);
        return count > 0 ? count : CountOf(data, width, mayBeginAlike: true, ref effort);
    }

    // pH 7.98, 8.10: 08 10 is a definition of element 8, too, but 8.10 is near; 14.42 m, 38121.220 m is not: a battery of 12.20 V.
    private static int CountBeforeJump(ReadOnlySpan<byte> data, int width, ref int effort)
    {
        var (last, step) = (double.NaN, 0.0);
        for (var count = 0; count <= StepsMax && count * width < data.Length && effort > 0; count++)
        {
            if (!Sl651Number.TryRead(data.Slice(count * width, width), 0, out var value)) continue;
            var change = Math.Abs(value - last);
            if (change > LargeShare * Math.Abs(last) && change > LargeSteps * step && data[count * width] != Sl651Elements.Extension && ReadsAsElements(data[(count * width)..], ref effort)) return count;
            if (change > step) step = change;
            last = value;
        }
        return 0;
    }

    private static int CountOf(ReadOnlySpan<byte> data, int width, bool mayBeginAlike, ref int effort)
    {
        for (var count = 1; count <= StepsMax && count * width < data.Length && effort > 0; count++)
            if ((mayBeginAlike || data[count * width] != data[(count - 1) * width]) && ReadsAsElements(data[(count * width)..], ref effort)) return count;
        return 0;
    }

    private static bool IsSeries(ReadOnlySpan<byte> data, int width)
    {
        if (data.Length % width != 0) return false;
        for (; !data.IsEmpty; data = data[width..])
            if (!Sl651Number.IsWritten(data[..width])) return false;
        return true;
    }

    private static bool ReadsAsElements(ReadOnlySpan<byte> rest, ref int effort)
    {
        while (!rest.IsEmpty)
        {
            if (--effort < 0 || rest.Length < 3) return false;
            var id = rest[0];
            // A time is followed by elements; a station, text, a picture and a section's velocities are told by two bytes.
            if (id == Sl651Elements.ObservationTime)
            {
                if (rest.Length < 7 || rest[1] != id || !BcdTime.Of(rest.Slice(2, 5)).TryUnixMs(out _)) return false;
                rest = rest[7..];
                continue;
            }
            if (id is Sl651Elements.StationAddress or Sl651Elements.ManualText or Sl651Elements.Picture) return rest[1] == id;
            if (id == Sl651Elements.VelocityBatch) return rest[1] == 0xF6;
            var head = id == Sl651Elements.Extension ? 3 : 2;
            var definition = rest[head - 1];
            var length = definition >> 3;
            if (length == 0 || rest.Length < head + length || (head == 2 ? Sl651Elements.Of(id)?.Fits(definition) != true : length > Sl651Elements.BytesMax)) return false;
            var isNumber = id != Sl651Elements.StationState && !Sl651Elements.IsHourSeries(id);
            if (isNumber && !Sl651Number.IsWritten(rest.Slice(head, length))) return false;
            // What a further step's values are is asked there.
            if (id == Sl651Elements.TimeStep) return true;
            rest = rest[(head + length)..];
        }
        return true;
    }
}
