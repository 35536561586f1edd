using System.Globalization;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History.Queries;

/// <summary>Where a page ended: sensor, then the place among its readings or buckets. For the caller it is a word to hand back.</summary>
internal readonly record struct PageMark(int Sensor, RowKey Key)
{
    /// <summary>Writes <c>{sensor}.{time}.{device time}[.{sequence}]</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Sensor}.{Key.TimeMs}.{Key.DeviceMs}{(Key.Sequence == ReadingGroup.NoSequence ? "" : "." + Key.Sequence.ToString(CultureInfo.InvariantCulture))}");

    public static bool TryParse(string text, out PageMark mark)
    {
        mark = default;
        var parts = text.Split('.');
        if (parts.Length is not (3 or 4)) return false;
        var sequence = ReadingGroup.NoSequence;
        if (!TryInt64(parts[0], out var sensor) || sensor is < 0 or > int.MaxValue || !TryInt64(parts[1], out var time)
            || !TryInt64(parts[2], out var device) || (parts.Length == 4 && !TryInt64(parts[3], out sequence))) return false;
        mark = new PageMark((int)sensor, new RowKey(time, sequence, device));
        return true;
    }

    private static bool TryInt64(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
