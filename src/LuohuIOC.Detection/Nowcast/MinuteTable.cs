namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// What a set of stations said, one row a minute, the newest <paramref name="kept"/> rows. A level's column has the latest value of the
/// minute, a rain gauge's the millimetres of the minute; NaN where nothing came. Minutes count from 0 and are never renumbered.
/// </summary>
/// <param name="columns">Values a row.</param>
/// <param name="kept">Rows kept; asking for older ones gives NaN.</param>
public sealed class MinuteTable(int columns, int kept)
{
    private readonly double[] _values = new double[columns * kept];

    // Sum and count of all values up to a minute, so that a sum over any span costs two look-ups.
    private readonly double[] _sums = new double[columns * kept];
    private readonly int[] _counts = new int[columns * kept];

    public int Columns { get; } = columns;

    /// <summary>Minutes appended so far; the newest is <c>Count − 1</c>.</summary>
    public int Count { get; private set; }

    public void Append(ReadOnlySpan<double> row)
    {
        if (row.Length != Columns) throw new ArgumentException($"{row.Length} values for {Columns} columns", nameof(row));
        for (var c = 0; c < row.Length; c++)
        {
            var present = double.IsFinite(row[c]);
            var at = Place(c, Count);
            var (sum, count) = Count == 0 ? (0, 0) : (_sums[Place(c, Count - 1)], _counts[Place(c, Count - 1)]);
            _values[at] = present ? row[c] : double.NaN;
            _sums[at] = sum + (present ? row[c] : 0);
            _counts[at] = count + (present ? 1 : 0);
        }
        Count++;
    }

    /// <summary>The value of this very minute; NaN where none came or the minute is not kept.</summary>
    public double At(int column, int minute) => Keeps(minute) ? _values[Place(column, minute)] : double.NaN;

    /// <summary>The newest value at this minute or up to <paramref name="back"/> minutes before it.</summary>
    public double Latest(int column, int minute, int back)
    {
        for (var m = minute; m >= minute - back; m--)
            if (At(column, m) is var value && !double.IsNaN(value)) return value;
        return double.NaN;
    }

    /// <summary>
    /// Sum over the <paramref name="span"/> minutes that end with this one, scaled up for missing minutes; NaN when more than half of
    /// them are missing or the first of them is not kept.
    /// </summary>
    public double Sum(int column, int minute, int span)
    {
        if (!Keeps(minute) || (minute - span >= 0 && !Keeps(minute - span))) return double.NaN;
        var (sum, count) = (_sums[Place(column, minute)], _counts[Place(column, minute)]);
        if (minute - span >= 0)
        {
            sum -= _sums[Place(column, minute - span)];
            count -= _counts[Place(column, minute - span)];
        }
        return count * 2 < span ? double.NaN : Math.Max(0, sum * span / count);
    }

    private bool Keeps(int minute) => minute >= 0 && minute < Count && minute >= Count - kept;

    private int Place(int column, int minute) => (minute % kept * Columns) + column;
}
