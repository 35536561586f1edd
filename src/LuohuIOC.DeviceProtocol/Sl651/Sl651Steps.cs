using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>
/// How many values of an element follow a time step: the standard's text at hand does not say. They go on to where the rest reads as elements
/// of table C.1, and to the end when there is no such place and all of them are numbers.
/// </summary>
internal static class Sl651Steps
{
    // More than two days of five-minute values do not fit into a frame.
    private const int StepsMax = 600;

    /// <summary>What one body may cost: a series of a day with ten elements behind it takes some hundred, and a hostile body would take seconds.</summary>
    public const int EffortMax = 50_000;

    /// <summary>Values in front of what <paramref name="data"/> goes on with; 0 when nothing fits.</summary>
    public static int CountOf(ReadOnlySpan<byte> data, int width, ref int effort)
    {
        // 12.11 V: 12 11 is a definition of element 12, too. Values of equal steps change little, so that what begins as the value before it is one more value.
        var count = CountOf(data, width, mayBeginAlike: false, ref effort);
        if (count > 0) return count;
        return IsSeries(data, width) ? data.Length / width : CountOf(data, width, mayBeginAlike: true, ref effort);
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
            if (length == 0 || rest.Length < head + length || (head == 2 && Sl651Elements.Of(id)?.Fits(definition) != true)) return false;
            var isNumber = id != Sl651Elements.StationState && !Sl651Elements.IsHourSeries(id);
            if (isNumber && !Sl651Number.IsWritten(rest.Slice(head, length))) return false;
            // What a further step's values are is asked there.
            if (id == Sl651Elements.TimeStep) return true;
            rest = rest[(head + length)..];
        }
        return true;
    }
}
