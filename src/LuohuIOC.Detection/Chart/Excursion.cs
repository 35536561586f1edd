namespace LuohuIOC.Detection.Chart;

/// <summary>
/// One metric's way from home and back. While a metric is held its reference creeps after the fault, as far as the metric wanders, and
/// when the fault is over the value would look as far off as the reference has crept. So the place it left is remembered: a metric that
/// has come most of the way back is at home again, and is followed freely until it has settled, which is seldom quite where it was.
/// </summary>
internal struct Excursion
{
    /// <summary>Rows for which a metric that came back is not held: twice those over which a reference follows.</summary>
    private const int SettleRows = 60;

    private double _farthest;
    private int _settling;

    /// <summary>Where the metric's reference was in the last hundred or so rows that it was not held, standardised.</summary>
    public double Home { get; private set; }

    /// <summary>Moving average of the deviations from home.</summary>
    public double Average { get; private set; }

    public void Begin(double home, double average)
    {
        (Home, Average) = (home, average);
        _farthest = 0;
        _settling = 0;
    }

    /// <summary>
    /// Takes the average after the latest row; true where an excursion ends with it. <paramref name="held"/> is lifted then, and until the metric has settled.
    /// </summary>
    public bool Ends(double average, ref bool held, double reference, ChartOptions options)
    {
        Average = average;
        if (_settling > 0)
        {
            _settling--;
            held = false;
        }
        if (!held)
        {
            _farthest = 0;
            Home += (reference - Home) / options.HomeRows;
            return false;
        }
        _farthest = Math.Max(_farthest, Math.Abs(average));
        if (Math.Abs(average) >= options.HomeShare * _farthest) return false;
        Begin(Home + average, 0);
        _settling = SettleRows;
        held = false;
        return true;
    }

    public readonly void Save(BinaryWriter to)
    {
        to.Write(Home);
        to.Write(Average);
        to.Write(_farthest);
        to.Write(_settling);
    }

    public void Load(BinaryReader from)
    {
        Home = from.ReadDouble();
        Average = from.ReadDouble();
        _farthest = from.ReadDouble();
        _settling = from.ReadInt32();
    }
}
