namespace LuohuIOC.Detection.Chart;

/// <summary>
/// One metric's way from home and back. While a metric is held its reference creeps after the fault, as far as the metric wanders, and
/// when the fault is over the value would look as far off as the reference has crept. So the place it left is remembered: a metric that
/// has come most of the way back is at home again, and is followed freely until it has settled, which is seldom quite where it was.
/// A departure far beyond the noise is over when three values in a row are back; where values do not show it so plainly, the average tells.
/// </summary>
internal struct Excursion
{
    /// <summary>Rows for which a metric that came back is not held: twice those over which a reference follows.</summary>
    private const int SettleRows = 60;

    /// <summary>A value within so many deviations of the noise from home is at home itself: one row is a poor measure of a new place.</summary>
    private const double HomeNoises = 2;

    private double _farthest;
    private int _settling;

    // The last three distances from home, and the farthest that their median was in this excursion: no lone spike moves it.
    private double _latest;
    private double _second;
    private double _third;
    private double _farthestMedian;

    /// <summary>Where the metric's reference was in the last hundred or so rows that it was not held, standardised.</summary>
    public double Home { get; private set; }

    /// <summary>Moving average of the deviations from home.</summary>
    public double Average { get; private set; }

    public void Begin(double home, double average)
    {
        (Home, Average) = (home, average);
        _farthest = _farthestMedian = 0;
        _settling = 0;
    }

    /// <summary>True where an excursion ends with the latest row. <paramref name="held"/> is lifted then, and until the metric has settled.</summary>
    /// <param name="distance">The row's value from home.</param>
    /// <param name="average">The moving average of such distances with it.</param>
    /// <param name="noise">Deviation of values from row to row.</param>
    /// <param name="held">Whether the metric is held away from its reference.</param>
    /// <param name="reference">Where it is expected while it is not.</param>
    /// <param name="options">Of the chart.</param>
    public bool Ends(double distance, double average, double noise, ref bool held, double reference, ChartOptions options)
    {
        Average = average;
        (_third, _second, _latest) = (_second, _latest, distance);
        if (_settling > 0)
        {
            _settling--;
            held = false;
        }
        if (!held)
        {
            _farthest = _farthestMedian = 0;
            Home += (reference - Home) / options.HomeRows;
            return false;
        }
        _farthest = Math.Max(_farthest, Math.Abs(average));
        var median = Math.Max(Math.Min(_latest, _second), Math.Min(Math.Max(_latest, _second), _third));
        _farthestMedian = Math.Max(_farthestMedian, Math.Abs(median));
        var plain = _farthestMedian > options.PlainNoises * noise;
        if (plain ? !AllWithin(options.HomeShare * _farthestMedian) : Math.Abs(average) >= options.HomeShare * _farthest) return false;
        // The average still carries what is left of the fault; where values tell the return, they tell the place as well.
        var left = plain ? median : average;
        Begin(plain && Math.Abs(left) < HomeNoises * noise ? Home : Home + left, 0);
        _settling = SettleRows;
        held = false;
        return true;
    }

    private readonly bool AllWithin(double distance) =>
        Math.Abs(_latest) < distance && Math.Abs(_second) < distance && Math.Abs(_third) < distance;

    public readonly void Save(BinaryWriter to)
    {
        to.Write(Home);
        to.Write(Average);
        to.Write(_farthest);
        to.Write(_settling);
        to.Write(_latest);
        to.Write(_second);
        to.Write(_third);
        to.Write(_farthestMedian);
    }

    /// <param name="from">The snapshot.</param>
    /// <param name="values">It has the last values; before, they begin anew.</param>
    public void Load(BinaryReader from, bool values)
    {
        Home = from.ReadDouble();
        Average = from.ReadDouble();
        _farthest = from.ReadDouble();
        _settling = from.ReadInt32();
        if (!values) return;
        _latest = from.ReadDouble();
        _second = from.ReadDouble();
        _third = from.ReadDouble();
        _farthestMedian = from.ReadDouble();
    }
}
